/** Orders, decided without a database: what they earn and count, and what a refund undoes. */
import fc from 'fast-check';
import {
  completing,
  earning,
  LedgerWorld,
  refunding,
  spending,
  standardDefinitions,
} from '../../../test/ledger-world.ts';
import type { Command } from '../command.ts';
import type { Profile } from '../../domain/profile.ts';

let world: LedgerWorld;
beforeEach(() => {
  world = LedgerWorld.of(1, 2);
});
afterEach(() => expect(world.faults()).toEqual([]));

test('an order earns its points and counts, once', () => {
  const { order, memberLevelChange, profile } = world.do(completing(1, 'A', 60_000));
  expect(order).toEqual({ award: { points: 600, recordId: expect.any(Number) }, skipped: null });
  expect(memberLevelChange).toMatchObject({ changed: true, current: { code: 'BRONZE' } });
  expect(profile).toMatchObject({ total: 600, moneySpent: 60_000, orderCount: 1 });
  expect(world.refusal(completing(1, 'A', 60_000))).toBe('CONFLICT');
  expect(world.refusal(completing(2, 'A', 60_000))).toBe('CONFLICT');
});

test('activities multiply its points; one that costs nothing earns nothing and counts', () => {
  expect(world.do(completing(1, 'A', 1_050, 2)).order?.award.points).toBe(21);
  expect(world.do(completing(1, 'B', 0)).order).toEqual({
    award: { points: 0, recordId: null },
    skipped: null,
  });
  expect(world.profile(1)).toMatchObject({ total: 21, orderCount: 2 });
});

test('points that the ledger refuses are skipped, and the order counts', () => {
  world.definitions = standardDefinitions({ dailyLimits: { payment: 100 } });
  expect(world.do(completing(1, 'A', 10_100)).order?.skipped).toBe('DAILY_LIMIT_EXCEEDED');
  world.profiles.set(1, { ...world.profile(1), isEnabled: false });
  expect(world.do(completing(1, 'B', 100)).order?.skipped).toBe('POINTS_DISABLED');
  expect(world.profile(1)).toMatchObject({ total: 0, moneySpent: 10_200, orderCount: 2 });
});

test('refunds in parts undo what they are a part of, and no more than all', () => {
  world.do(completing(1, 'A', 9_999));
  expect(world.refusal(refunding(1, 'A', 10_000))).toBe('CONFLICT');
  const undone = [3_333, 3_333, 3_333].map(
    (amount) => world.do(refunding(1, 'A', amount)).refund?.taken.points,
  );
  expect(undone).toEqual([33, 34, 33]);
  expect(world.profile(1)).toMatchObject({ total: 0, moneySpent: 0, orderCount: 0 });
  expect(world.refusal(refunding(1, 'A'))).toBe('INVALID_STATE');
  expect(world.refusal(completing(1, 'A', 9_999))).toBe('INVALID_STATE');
});

test('what was spent of it meanwhile is owed', () => {
  world.do(completing(1, 'A', 10_000));
  world.do(spending(1, 70));
  expect(world.do(refunding(1, 'A')).refund?.taken).toMatchObject({ points: 30, owed: 70 });
  world.do(earning(1, 100));
  expect(world.profile(1).total).toBe(30);
});

test('nobody refunds somebody else’s', () => {
  world.do(completing(1, 'A', 100));
  expect(world.refusal(refunding(2, 'A'))).toBe('CONFLICT');
});

describe('a refund that is told before its order', () => {
  test('in part: the order earns and counts what is left, and lifts no level for the rest', () => {
    const { keptRefund } = world.do(refunding(1, 'A', 20_000));
    expect(keptRefund).toEqual({ amount: 20_000 });
    const { order, memberLevelChange } = world.do(completing(1, 'A', 60_000));
    expect(order).toEqual({ award: { points: 400, recordId: expect.any(Number) }, skipped: null });
    expect(memberLevelChange).toMatchObject({ changed: false });
    expect(world.profile(1)).toMatchObject({ total: 400, moneySpent: 40_000, orderCount: 1 });
    expect([...world.records.values()].map(({ points, originalPoints }) => [points, originalPoints])).toEqual(
      [[400, 400]],
    );
    expect(world.do(refunding(1, 'A')).refund?.taken.points).toBe(400);
    expect(world.profile(1)).toMatchObject({ total: 0, moneySpent: 0, orderCount: 0 });
  });

  test('in whole: the order earns nothing and counts no more; nothing else is done for it', () => {
    world.do(refunding(1, 'A'));
    expect(world.refusal(refunding(1, 'A', 100))).toBe('INVALID_STATE');
    expect(world.do(completing(1, 'A', 60_000)).order).toEqual({
      award: { points: 0, recordId: null },
      skipped: 'ORDER_REFUNDED',
    });
    expect(world.profile(1)).toMatchObject({ total: 0, moneySpent: 0, orderCount: 0, recordCount: 0 });
    expect(world.refusal(completing(1, 'A', 60_000))).toBe('INVALID_STATE');
    expect(world.facts.map(({ event }) => event.type)).toEqual([
      ...['order.refunded.v1', 'order.completed.v1', 'order.refunded.v1'],
    ]);
  });

  test('of more than the order costs is of all that it costs', () => {
    world.do(refunding(1, 'A', 500));
    world.do(refunding(1, 'A', 700));
    expect(world.do(completing(1, 'A', 1_000)).undoneOrder).toBe('A');
    expect(world.profile(1)).toMatchObject({ total: 0, moneySpent: 0, orderCount: 0 });
  });

  test('counts no more against the day’s limit than is earned', () => {
    world.definitions = standardDefinitions({ dailyLimits: { payment: 100 } });
    world.do(refunding(1, 'A', 4_000));
    expect(world.do(completing(1, 'A', 10_000)).order?.award.points).toBe(60);
    expect(world.do(completing(1, 'B', 4_000)).order?.award.points).toBe(40);
    expect(world.do(completing(1, 'C', 100)).order?.skipped).toBe('DAILY_LIMIT_EXCEEDED');
  });

  test('of nearly all leaves an order that earns no point, and counts', () => {
    world.do(refunding(1, 'A', 9_997));
    expect(world.do(completing(1, 'A', 9_999)).order?.award).toMatchObject({ points: 0 });
    expect(world.profile(1)).toMatchObject({ total: 0, moneySpent: 2, orderCount: 1 });
    world.do(refunding(1, 'A'));
    expect(world.profile(1)).toMatchObject({ total: 0, moneySpent: 0, orderCount: 0 });
  });

  test('is the order of its member', () => {
    world.do(refunding(1, 'A', 100));
    expect(world.refusal(completing(2, 'A', 1_000))).toBe('CONFLICT');
  });

  test('very many parts are not kept', () => {
    world.ask(...Array.from({ length: 100 }, () => refunding(1, 'A', 1)));
    expect(world.refusal(refunding(1, 'A', 1))).toBe('CONFLICT');
    expect(world.do(completing(1, 'A', 10_000)).profile).toMatchObject({ total: 99, moneySpent: 9_900 });
  });

  test('in whatever order and batches an order and its refunds are told, they come to the same', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 1, maxLength: 4 });
    const told = fc.record({
      parts,
      isWhole: fc.boolean(),
      boost: fc.constantFrom(1, 1.5),
      rest: fc.nat(5_000),
    });
    fc.assert(
      fc.property(told, fc.infiniteStream(fc.nat(5)), (story, places) => {
        const { parts: amounts, isWhole, boost, rest } = story;
        const paid = amounts.reduce((sum, amount) => sum + amount, rest);
        const order = completing(1, 'A', paid, boost);
        const refunds = [...amounts, ...(isWhole ? [null] : [])].map((amount) => refunding(1, 'A', amount));
        const shuffled = refunds.reduce<Command[]>(
          (so, one) => so.toSpliced(places.next().value, 0, one),
          [],
        );
        shuffled.splice(places.next().value, 0, order);
        const cut = places.next().value;
        const [inOrder, early] = [LedgerWorld.of(1), LedgerWorld.of(1)];
        inOrder.ask(order, ...refunds);
        early.ask(...shuffled.slice(0, cut));
        early.later(1_000);
        early.ask(...shuffled.slice(cut));
        const end = ({ total, moneySpent, orderCount }: Profile) => [total, moneySpent, orderCount];
        expect(end(early.profile(1))).toEqual(end(inOrder.profile(1)));
        expect(early.faults()).toEqual([]);
      }),
      { numRuns: Number(process.env.STORY_RUNS ?? 200) },
    );
  });
});

test('in one batch: completed, told twice, refunded', () => {
  const outcomes = world.ask(
    completing(1, 'A', 5_000),
    completing(1, 'A', 5_000),
    refunding(1, 'A', 2_500),
    completing(2, 'B', 700),
    refunding(1, 'A'),
  );
  expect(outcomes.map((one) => ('code' in one ? one.code : one.profile.total))).toEqual([
    50,
    'CONFLICT',
    25,
    7,
    0,
  ]);
});
