/** One sample of every version of every event: what was published once must be readable for ever. */
import { readdirSync, readFileSync } from 'node:fs';
import type { z } from 'zod';
import { anyEnvelope } from './event.ts';
import { allEvents, eventsByType } from './events/index.ts';

const FOLDER = new URL('../samples/', import.meta.url);
const RULE =
  'A published sample is never edited: widen the schema so that it still reads, or publish another version beside this one.';
const readSample = (type: string): unknown =>
  JSON.parse(readFileSync(new URL(`${type}.json`, FOLDER), 'utf8'));
const problems = (result: z.ZodSafeParseResult<unknown>): string[] =>
  result.success
    ? []
    : result.error.issues.map((issue) => `${issue.path.join('.') || 'it'}: ${issue.message}. ${RULE}`);

const files = readdirSync(FOLDER).map((name) => name.replace(/\.json$/, ''));

test('every version of every event has a sample', () => {
  const missing = allEvents
    .filter(({ type }) => !files.includes(type))
    .map(({ type }) => `libs/contracts/samples/${type}.json is missing: add what its producer publishes`);
  expect(missing).toEqual([]);
});

test('every sample is of an event that is defined', () => {
  const unknown = files
    .filter((type) => !eventsByType.has(type))
    .map((type) => `${type} has a sample but is not defined. ${RULE}`);
  expect(unknown).toEqual([]);
});

describe.each(
  allEvents.filter(({ type }) => files.includes(type)).map((event) => [event.type, event] as const),
)('the sample of %s', (type, event) => {
  test('reads as an envelope and as its data', () => {
    const envelope = anyEnvelope.safeParse(readSample(type));
    expect(problems(envelope)).toEqual([]);
    expect(envelope.data).toMatchObject({ type, source: `/services/${event.producer}` });
    expect(problems(event.data.safeParse(envelope.data?.data))).toEqual([]);
  });
});
