/** The samples of events in the contracts, for tests of those who announce and those who hear. */
import { readFileSync } from 'node:fs';
import type { Envelope } from '@membership/contracts/event';

const FOLDER = new URL('../../../contracts/samples/', import.meta.url);

/** The sample of an event's type. Throws when there is none. */
export const sampleOf = (type: string): Envelope =>
  JSON.parse(readFileSync(new URL(`${type}.json`, FOLDER), 'utf8')) as Envelope;

/** That a fact looks as its sample says: the same fields, of the same kinds where neither is null. */
export function expectLikeSample(fact: Envelope): void {
  const sample = sampleOf(fact.type);
  expect({ type: fact.type, envelope: Object.keys(fact).sort() }).toEqual({
    type: sample.type,
    envelope: Object.keys(sample).sort(),
  });
  expect(kindsOf(fact.data, sample.data)).toEqual(kindsOf(sample.data, fact.data));
}

/** Names and kinds of fields; one that is null in either is only named. */
const kindsOf = (data: Record<string, unknown>, other: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.keys(data)
      .sort()
      .map((name) => [name, data[name] === null || other[name] === null ? 'null' : typeof data[name]]),
  );
