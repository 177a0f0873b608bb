/** What the broker's log holds, for whoever compares it with something: nothing is counted, and no offset is stored. */
import type { ConsumeMessage } from 'amqplib';
import type { Envelope } from '@membership/contracts/event';
import type { Bus } from './bus.ts';
import { readEnvelope, Unreadable } from './bus/delivery.ts';

/** An entry of the log; null where it is no event. */
export type LogEntry = { readonly offset: number; readonly event: Envelope | null };

const AT_ONCE = 500;
/** A log that gives nothing for so long has nothing more. */
const QUIET_MILLISECONDS = 10_000;

/**
 * Entries from the first that the log still holds up to an offset, a batch at a time. Throws where the log ends before that: it is not
 * the one in which the offset was counted.
 */
export async function* logEntries(
  bus: Bus,
  until: number,
  { quietMilliseconds = QUIET_MILLISECONDS } = {},
): AsyncGenerator<readonly LogEntry[]> {
  const channel = await bus.openChannel('consume');
  const arrived: ConsumeMessage[] = [];
  let woken = Promise.withResolvers<void>();
  let isOver = false;
  const wake = () => woken.resolve();
  channel.on('close', () => {
    isOver = true;
    wake();
  });
  try {
    await channel.prefetch(2 * AT_ONCE);
    await channel.consume(
      bus.names.log,
      (message) => {
        if (message) arrived.push(message);
        else isOver = true;
        wake();
      },
      { noAck: false, arguments: { 'x-stream-offset': 'first' } },
    );
    for (let reached = -1; reached < until; ) {
      const quiet = setTimeout(wake, quietMilliseconds);
      if (arrived.length === 0) await woken.promise;
      clearTimeout(quiet);
      woken = Promise.withResolvers<void>();
      const messages = arrived.splice(0, AT_ONCE);
      const last = messages.at(-1);
      if (!last || isOver)
        throw new Error(
          `The broker's log ${isOver ? 'was broken off' : 'ends'} at ${reached}; ${until} was read of it before.`,
        );
      const entries = messages.map(entryOf).filter(({ offset }) => offset <= until);
      reached = offsetOf(last);
      yield entries;
      channel.ack(last, true);
    }
  } finally {
    await channel.close().catch(() => undefined);
  }
}

const offsetOf = ({ properties }: ConsumeMessage): number => Number(properties.headers?.['x-stream-offset']);

function entryOf(message: ConsumeMessage): LogEntry {
  const offset = offsetOf(message);
  try {
    return { offset, event: readEnvelope(message.content) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { offset, event: null };
  }
}
