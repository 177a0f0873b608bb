// A receiver of the platform's webhooks: SECRET=whsec_… node webhook-receiver.ts [port] (Node before 22.18: npx tsx). No packages.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

const secret = process.env['SECRET'];
if (!secret) throw new Error('SECRET is not set: without it anybody could sign');
const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
const OLDEST_SECONDS = 300;
type Event = {
  type: string;
  timestamp: string;
  subject?: string;
  sequence?: number;
  data: Record<string, unknown>;
};
/** Ids that were had. A real receiver keeps them in its database, for as long as a message may be sent again. */
const had = new Set<string>();

/** Whether a message was signed with the secret, and lately. `body` is the raw text: parsed and written again it is another. */
function isOurs(headers: IncomingHttpHeaders, body: string): boolean {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    String(headers[name] ?? ''),
  );
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) < OLDEST_SECONDS)) return false;
  const expected = Buffer.from(
    `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return (signatures ?? '').split(' ').some((text) => {
    const given = Buffer.from(text);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** The work, after the answer. A real receiver puts the event into a queue of its own. */
function handle({ type, subject }: Event): void {
  console.log(`${type} ${subject ?? ''}`.trim());
}

/** A request's whole body; undefined when its sender went away in the middle of it. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

const server = createServer(async (request, response) => {
  const body = await bodyOf(request);
  if (body === undefined) return;
  if (!isOurs(request.headers, body)) return response.writeHead(400).end();
  const id = String(request.headers['webhook-id']);
  response.writeHead(204).end();
  if (had.has(id)) return;
  had.add(id);
  handle(JSON.parse(body) as Event);
});
server.listen(Number(process.argv[2] ?? 9000), () => console.log('listening'));
