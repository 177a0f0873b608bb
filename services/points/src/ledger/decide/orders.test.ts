/** Orders, decided without a database: what they earn and count, and what a refund undoes. */
import {
  completing,
  earning,
  LedgerWorld,
  refunding,
  spending,
  standardDefinitions,
} from '../../../test/ledger-world.ts';

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

test('nobody refunds what is unknown, or somebody else’s', () => {
  expect(world.refusal(refunding(1, 'A'))).toBe('VALIDATION_ERROR');
  world.do(completing(1, 'A', 100));
  expect(world.refusal(refunding(2, 'A'))).toBe('CONFLICT');
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
