/** What arrives: read, or found unreadable; and what failing writes on it. */
import type { Message } from 'amqplib';
import { anyEnvelope, type Envelope } from '@membership/contracts/event';

/** A message that no attempt can ever handle. */
export class Unreadable extends Error {
  constructor(reason: string, cause?: unknown) {
    super(reason, { cause });
    this.name = 'Unreadable';
  }
}

/** The envelope of a message. Throws Unreadable. */
export function readEnvelope(content: Buffer): Envelope {
  let json: unknown;
  try {
    json = JSON.parse(content.toString('utf8'));
  } catch (error) {
    throw new Unreadable(`not JSON: ${(error as Error).message}`, error);
  }
  const parsed = anyEnvelope.safeParse(json);
  if (!parsed.success) throw new Unreadable(`no event envelope: ${problemsOf(parsed.error)}`, parsed.error);
  return parsed.data as Envelope;
}

/** The first few problems of a zod error, with their paths. */
export function problemsOf(error: { issues: readonly { path: PropertyKey[]; message: string }[] }): string {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.map(String).join('.') || 'it'}: ${message.split('\u0001').at(-1)}`)
    .join('; ');
}

export const headers = {
  /** Failed attempts so far. */
  retryCount: 'x-retry-count',
  firstFailedAt: 'x-first-failed-at',
  parkedAt: 'x-parked-at',
  error: 'x-error',
  stack: 'x-stack',
  /** `unreadable` or `failed`. What the broker parks itself (a process died with it 20 times) has its own x-death instead. */
  reason: 'x-reason',
  routingKey: 'x-original-routing-key',
} as const;
const OURS: ReadonlySet<string> = new Set(Object.values(headers));
/** The broker's own account of expiry in delay queues; it would pile up. */
const BROKERS = /^x-(death|first-death|last-death|delivery-count|acquired-count|opt-)/;

/** Headers of a message without any trace of retries: what its producer gave it. */
export function originalHeaders(message: Message): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(message.properties.headers ?? {}).filter(
      ([name]) => !OURS.has(name) && !BROKERS.test(name),
    ),
  );
}

export const retriesOf = (message: Message): number => {
  const count = Number(message.properties.headers?.[headers.retryCount] ?? 0);
  return Number.isInteger(count) && count > 0 ? count : 0;
};

export const originalRoutingKey = (message: Message): string =>
  String(message.properties.headers?.[headers.routingKey] ?? message.fields.routingKey);

const bounded = (text: string, most: number) => (text.length > most ? `${text.slice(0, most)}…` : text);

/** Headers of a message that failed once more: how often, since when, why. */
export function failureHeaders(message: Message, error: unknown, now = new Date()): Record<string, unknown> {
  const failure = error instanceof Error ? error : new Error(String(error));
  const since = message.properties.headers?.[headers.firstFailedAt];
  const original = originalHeaders(message);
  return {
    // A table of headers may have 64 kB; somebody else's large ones must not keep a message from being parked.
    ...(JSON.stringify(original).length > 32_000 ? {} : original),
    [headers.retryCount]: retriesOf(message) + 1,
    [headers.firstFailedAt]: typeof since === 'string' ? since : now.toISOString(),
    [headers.error]: bounded(`${failure.name}: ${failure.message}`, 500),
    [headers.stack]: bounded(failure.stack ?? '', 4_000),
    [headers.routingKey]: originalRoutingKey(message),
  };
}

/** Headers of a message that is parked. */
export function parkedHeaders(message: Message, error: unknown, now = new Date()): Record<string, unknown> {
  return {
    ...failureHeaders(message, error, now),
    [headers.reason]: error instanceof Unreadable ? 'unreadable' : 'failed',
    [headers.parkedAt]: now.toISOString(),
  };
}
