/** What events mean to a projector: a list of rules, one an event type. */
import type { DataOf, Envelope, EventDefinition } from '@membership/contracts/event';

export type Rule<Meaning> = {
  readonly event: EventDefinition;
  readonly mean: (data: never) => Meaning;
};
/** An event with what it means. */
export type Read<Meaning> = { readonly envelope: Envelope; readonly meaning: Meaning };
export type Reading<Meaning> = {
  readonly read: Read<Meaning>[];
  /** Their data is not what their type says: they must not hold up what follows, nor be guessed at. */
  readonly unreadable: Envelope[];
};

export const rule = <E extends EventDefinition, Meaning>(
  event: E,
  mean: (data: DataOf<E>) => Meaning,
): Rule<Meaning> => ({ event, mean });
export const rules = <E extends EventDefinition, Meaning>(
  events: readonly E[],
  mean: (data: DataOf<E>) => Meaning,
): Rule<Meaning>[] => events.map((event) => rule(event, mean));

/** Projectors share the events that they read, and so what their data is by its schema: checked once for all of them. */
const checked = new WeakMap<Envelope, { readonly event: EventDefinition; readonly data: unknown }>();
/** The data of an event by the schema of its type; null where it is something else. */
function dataOf(envelope: Envelope, event: EventDefinition): unknown {
  const known = checked.get(envelope);
  if (known?.event === event) return known.data;
  const { data = null } = event.data.safeParse(envelope.data);
  checked.set(envelope, { event, data });
  return data;
}

/** Reads events by a list of rules; those that no rule is about are left out. */
export function readerOf<Meaning>(
  all: readonly Rule<Meaning>[],
): (events: readonly Envelope[]) => Reading<Meaning> {
  const byType = new Map(all.map((one) => [one.event.type, one]));
  return (events) => {
    const reading: Reading<Meaning> = { read: [], unreadable: [] };
    for (const envelope of events) {
      const found = byType.get(envelope.type);
      if (!found) continue;
      const data = dataOf(envelope, found.event);
      if (data === null) reading.unreadable.push(envelope);
      else reading.read.push({ envelope, meaning: found.mean(data as never) });
    }
    return reading;
  };
}
