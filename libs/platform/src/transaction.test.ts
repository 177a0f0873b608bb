import { z } from 'zod';
import { defineEvent } from '@membership/contracts/event';
import { allEvents } from '@membership/contracts/events/index';
import { scopeOfJob } from './scope.ts';
import { waitingFact } from './transaction.ts';

const noted = defineEvent('thing.noted.v1', {
  producer: 'points',
  aggregate: 'thing',
  description: { zh: '测试', en: 'For tests' },
  data: z.object({ value: z.int(), note: z.string().optional(), tags: z.array(z.string()) }),
});
const factOf = (data: unknown) =>
  JSON.parse(
    waitingFact('points', scopeOfJob(1, 'points', 'test'), noted, {
      subject: 1,
      sequence: 1,
      data: data as never,
    }).content,
  ).data;

test('what is undefined is not in a fact, as if nobody had named it: whoever reads it finds no null', () => {
  expect(factOf({ value: 1, note: undefined, tags: ['a'] })).toEqual({ value: 1, tags: ['a'] });
});

test.each([
  ['an item of a list', { value: 1, tags: ['a', undefined] }],
  ['what must be told', { value: undefined, tags: [] }],
])(
  '%s that is undefined undoes the transaction: JSON would make null of it, or leave it out',
  (_what, data) => {
    expect(() => factOf(data)).toThrow();
  },
);

/** What the lists in a schema hold, however deep. */
function* itemsIn(schema: unknown, seen = new Set<unknown>()): Generator<z.ZodType> {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return;
  seen.add(schema);
  const { def } = schema as { def?: { type: string; element?: z.ZodType; shape?: object } };
  if (def?.type === 'array' && def.element) yield def.element;
  const inner = def ? [...Object.values(def), ...Object.values(def.shape ?? {})] : Object.values(schema);
  if (def || Array.isArray(schema)) for (const one of inner) yield* itemsIn(one, seen);
}

test('no list of any event may hold what is undefined', () => {
  const items = allEvents.flatMap(({ data }) => [...itemsIn(data)]);
  expect(items.length).toBeGreaterThan(3);
  expect(items.filter((item) => item.safeParse(undefined).success)).toEqual([]);
});
