/** What a request is known by on its way: its id, its trace. Taken over when they are well formed, else made. */
import { randomUUID } from 'node:crypto';

const REQUEST_ID = /^[\w.:/+=@-]{1,128}$/;
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

export const requestIdFrom = (given: string | undefined): string =>
  given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();

export function traceparentFrom(given: string | undefined): string {
  if (given !== undefined && TRACEPARENT.test(given)) return given;
  const trace = randomUUID().replaceAll('-', '');
  return `00-${trace}-${randomUUID().replaceAll('-', '').slice(0, 16)}-00`;
}
