/** Holding, capturing and releasing points, decided without a database. */
import { earning, holding, LedgerWorld, spending } from '../../../test/ledger-world.ts';

let world: LedgerWorld;
beforeEach(() => {
  world = LedgerWorld.of(1, 2);
  world.do(earning(1, 100, { expiresAt: new Date(world.now.getTime() + 60_000) }));
});
afterEach(() => expect(world.faults()).toEqual([]));
const hold = (points: number, expiresAt: Date | null = null) =>
  world.do(holding(1, points, expiresAt)).hold?._id as number;
const capture = (holdId: number, points?: number) =>
  ({ kind: 'capture', memberId: 1, holdId, points }) as const;
const release = (holdId: number) => ({ kind: 'release', memberId: 1, holdId }) as const;

test('what is held is not available, and spent by its capture; the rest comes back', () => {
  const id = hold(40);
  expect(world.profile(1)).toMatchObject({ total: 100, available: 60, frozen: 40 });
  expect(world.refusal(spending(1, 61))).toBe('INSUFFICIENT_POINTS');
  const { hold: captured, record } = world.do(capture(id, 25));
  expect(captured).toMatchObject({ status: 'captured', captured: 25, released: 15, recordId: record?._id });
  expect(world.profile(1)).toMatchObject({ total: 75, available: 75, frozen: 0 });
});

test('a hold is settled once, by its own member alone, and for no more than it holds', () => {
  const id = hold(40);
  expect(world.refusal(capture(id, 41))).toBe('VALIDATION_ERROR');
  expect(world.refusal({ kind: 'release', memberId: 2, holdId: id })).toBe('BIZ_001');
  world.do(release(id));
  expect(world.refusal(release(id))).toBe('INVALID_STATE');
  expect(world.refusal(capture(id))).toBe('INVALID_STATE');
});

test('held points outlast their lot: a capture spends them, a release lets them end', () => {
  const [one, other] = [hold(30), hold(20)];
  world.later(120_000);
  world.do(capture(one));
  expect(world.profile(1)).toMatchObject({ total: 20, spentTotal: 30, expiredTotal: 50 });
  world.do(release(other));
  expect(world.profile(1)).toMatchObject({ total: 0, expiredTotal: 70 });
});

test('a hold that ends by itself gives its points back first', () => {
  const id = hold(100, new Date(world.now.getTime() + 1_000));
  world.later(1_000);
  world.do(spending(1, 100));
  expect(world.holds.get(id)).toMatchObject({ status: 'expired', released: 100 });
  expect(world.refusal(capture(id))).toBe('INVALID_STATE');
});

test('in one batch: held, captured and spent', () => {
  world.ask(holding(1, 60), spending(1, 40), holding(1, 1));
  const [id] = [...world.holds.keys()];
  const outcomes = world.ask(capture(id as number, 10), spending(1, 50), spending(1, 1));
  expect(outcomes.map((one) => ('code' in one ? one.code : one.profile.total))).toEqual([
    50,
    0,
    'INSUFFICIENT_POINTS',
  ]);
});
