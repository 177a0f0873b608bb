import { z } from 'zod';
import { defineEvent, type Envelope } from '@membership/contracts/event';
import { Unreadable } from './bus/delivery.ts';
import { defineSubscriptions, matchesPattern, on, onOther, onWanted } from './subscriptions.ts';

const definition = {
  producer: 'points',
  aggregate: 'thing',
  description: { zh: '用于测试。', en: 'For tests.' },
  data: z.object({ value: z.int() }),
} as const;
const made = defineEvent('thing.made.v1', definition);
const ended = defineEvent('thing.ended.v1', definition);
const nothing = async () => undefined;

test.each([
  ['points.earned.v1', 'points.earned.v1', true],
  ['points.earned.v1', 'points.earned.v2', false],
  ['points.*.v1', 'points.earned.v1', true],
  ['points.*', 'points.earned.v1', false],
  ['points.#', 'points.earned.v1', true],
  ['points.#', 'points', true],
  ['#', 'points.earned.v1', true],
  ['#', '', true],
  ['#.v1', 'points.earned.v1', true],
  ['*.#.v1', 'v1', false],
  ['#.earned.#', 'points.earned.v1', true],
])('the pattern %s and the key %s: %s', (pattern, key, expected) => {
  expect(matchesPattern(pattern, key)).toBe(expected);
});

test('the queue is bound to what is listed, and a type goes to its own handler before the catch-all', async () => {
  const [own, other] = [on(made, nothing), onOther(['thing.#', 'thing.made.v1'], nothing)];
  const subscriptions = defineSubscriptions('points', [own, other]);
  expect(await subscriptions.bindings()).toEqual(['thing.made.v1', 'thing.#']);
  expect(subscriptions.handlerOf('thing.made.v1')).toBe(own);
  expect(subscriptions.handlerOf('thing.ended.v1')).toBe(other);
  expect(subscriptions.handlerOf('member.created.v1')).toBeUndefined();
});

test('what is wanted is asked for each time the queue is declared, and whatever comes is taken', async () => {
  const wanted: string[] = [];
  const [own, other] = [on(made, nothing), onWanted(async () => wanted, nothing)];
  const subscriptions = defineSubscriptions('points', [own, other]);
  expect(await subscriptions.bindings()).toEqual(['thing.made.v1']);
  wanted.push('thing.#', 'thing.made.v1');
  expect(await subscriptions.bindings()).toEqual(['thing.made.v1', 'thing.#']);
  expect(subscriptions.handlerOf('thing.made.v1')).toBe(own);
  expect(subscriptions.handlerOf('member.created.v1')).toBe(other);
});

test('two handlers for one type, or two catch-alls, are refused', () => {
  expect(() =>
    defineSubscriptions('points', [on(made, nothing), on(ended, nothing), on(made, nothing)]),
  ).toThrow('points has two handlers for thing.made.v1');
  expect(() => defineSubscriptions('points', [onOther(['a'], nothing), onOther(['b'], nothing)])).toThrow(
    'two handlers for other events',
  );
});

test('data that is not what its type says is unreadable; unknown fields are ignored', () => {
  const subscription = on(made, nothing);
  const envelope = (data: unknown) => ({ type: made.type, data }) as Envelope;
  expect(subscription.read(envelope({ value: 1, added: 'later' }))).toEqual({ value: 1 });
  expect(() => subscription.read(envelope({ value: 'x' }))).toThrow(Unreadable);
  expect(() => subscription.read(envelope({ value: 'x' }))).toThrow(/data of thing.made.v1: value: /);
});
