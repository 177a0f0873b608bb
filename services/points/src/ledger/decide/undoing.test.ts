/** Transfers, reversals and debts, decided without a database. */
import { earning, holding, LedgerWorld, spending, standardDefinitions } from '../../../test/ledger-world.ts';
import type { Command } from '../command.ts';

const DAY = 86_400_000;
let world: LedgerWorld;
beforeEach(() => {
  world = LedgerWorld.of(1, 2);
});
afterEach(() => expect(world.faults()).toEqual([]));
const give = (points: number, toMember = 2): Command => ({
  ...{ kind: 'transfer', memberId: 1, toMember, points, reason: null },
});
const undo = (
  recordId: number | undefined,
  more: { points?: number; counterpart?: number } = {},
): Command => ({
  ...{ kind: 'reverse', memberId: 1, recordId: recordId ?? 0, reason: '更正', ...more },
});
const recordOf = (command: Command) => world.do(command).record?._id;
const inDays = (days: number) => new Date(world.now.getTime() + days * DAY);

test('given points keep their ends, whatever order the batch knows the members in', () => {
  world.do(earning(1, 10, { expiresAt: inDays(5) }));
  world.do(earning(1, 10, { expiresAt: inDays(3) }));
  world.do(earning(1, 10, { expiresAt: inDays(5) }));
  world.do(give(25));
  const received = [...world.lots.values()].filter(({ memberId }) => memberId === 2);
  expect(received.map((lot) => [lot.remaining, lot.endsAt])).toEqual([
    [10, inDays(3)],
    [15, inDays(5)],
  ]);
});

test('a transfer is refused where it is switched off, to oneself, to nobody and beyond what is there', () => {
  world.do(earning(1, 10));
  expect(world.refusal(give(11))).toBe('INSUFFICIENT_POINTS');
  expect(world.refusal(give(1, 1))).toBe('VALIDATION_ERROR');
  expect(world.refusal(give(1, 3))).toBe('VALIDATION_ERROR');
  world.profiles.set(2, { ...world.profile(2), isEnabled: false });
  expect(world.refusal(give(1))).toBe('POINTS_DISABLED');
  world.definitions = standardDefinitions({ transfersEnabled: false });
  expect(world.refusal(give(1))).toBe('TRANSFERS_DISABLED');
});

test('a cancelled transfer is undone on both sides; what was spent meanwhile is owed', () => {
  world.do(earning(1, 100));
  const given = recordOf(give(60));
  world.do({ ...spending(2, 50) });
  world.do(undo(given, { counterpart: 2 }));
  expect(world.profile(1)).toMatchObject({ total: 100, spentTotal: 0 });
  expect(world.profile(2)).toMatchObject({ total: 0, debts: [{ points: 50 }] });
  world.do(earning(2, 70));
  expect(world.profile(2)).toMatchObject({ total: 20, debts: [] });
});

test('an earning is taken back from its own lot, then from others, and the rest is owed', () => {
  const first = recordOf(earning(1, 50));
  world.do(earning(1, 20, { expiresAt: inDays(1) }));
  world.do(spending(1, 60));
  expect(world.do(undo(first))).toMatchObject({ owed: 40, record: { points: -10 } });
  expect(world.profile(1)).toMatchObject({ total: 0, debts: [{ recordId: first, points: 40 }] });
  expect(world.refusal(undo(first))).toBe('INVALID_STATE');
});

test('a spending comes back to its lots, and to a lot of 30 days where they have ended', () => {
  world.do(earning(1, 10, { expiresAt: inDays(1) }));
  world.do(earning(1, 10, { expiresAt: inDays(9) }));
  const spent = recordOf(spending(1, 15));
  world.later(2 * DAY);
  const { record } = world.do(undo(spent));
  expect(record).toMatchObject({ points: 15, expiresAt: inDays(30) });
  expect(world.profile(1)).toMatchObject({ total: 20, expiredTotal: 0, spentTotal: 0 });
});

test('parts of a record are undone one after the other, and no more than all of it', () => {
  const earned = recordOf(earning(1, 10));
  for (const [points, total] of [
    [4, 6],
    [4, 2],
    [4, 0],
  ] as const)
    expect(world.do(undo(earned, { points })).profile.total).toBe(total);
  expect(world.records.get(earned as number)?.status).toBe('cancelled');
  expect(world.refusal(undo(earned))).toBe('INVALID_STATE');
});

test('what undoes a record is not undone, nor is a record of somebody else', () => {
  const earned = recordOf(earning(1, 10));
  const undone = recordOf(undo(earned));
  expect(world.refusal(undo(undone))).toBe('INVALID_STATE');
  const theirs = recordOf(earning(2, 10));
  expect(world.refusal(undo(theirs))).toBe('BIZ_001');
});

test('in one batch a record is undone once', () => {
  const earned = recordOf(earning(1, 10));
  const outcomes = world.ask(undo(earned), undo(earned), earning(1, 1));
  expect(outcomes.map((one) => ('code' in one ? one.code : one.profile.total))).toEqual([
    0,
    'INVALID_STATE',
    1,
  ]);
});

describe('points of an earning that has ended', () => {
  const ended = (points = 100) => {
    const earned = recordOf(earning(1, points, { expiresAt: inDays(1) })) as number;
    world.later(2 * DAY);
    world.do({ kind: 'expire', memberId: 1 });
    return { earned, expiry: recordsOf('expire').at(-1) as number };
  };
  const recordsOf = (type: string) =>
    [...world.records.values()].filter((record) => record.type === type).map(({ _id }) => _id);

  test('and were given back are not lost twice when they end again and the earning is undone', () => {
    const earned = recordOf(earning(1, 100, { expiresAt: inDays(1) }));
    const spent = recordOf(spending(1, 100));
    world.later(2 * DAY);
    world.do(undo(spent));
    world.later(31 * DAY);
    world.do({ kind: 'expire', memberId: 1 });
    world.do(earning(1, 40));
    expect(world.do(undo(earned))).toMatchObject({ owed: 0, record: null });
    expect(world.profile(1)).toMatchObject({ total: 40, expiredTotal: 100 });
  });

  test('and were given back are taken from where they are when the earning is undone', () => {
    const earned = recordOf(earning(1, 100, { expiresAt: inDays(1) }));
    const spent = recordOf(spending(1, 60));
    world.later(2 * DAY);
    world.do(undo(spent));
    world.do(earning(1, 5, { expiresAt: inDays(2) }));
    expect(world.do(undo(earned))).toMatchObject({ owed: 0, record: { points: -60 } });
    // Not from what ends sooner: the points are the earning's own.
    expect(world.profile(1)).toMatchObject({ total: 5, available: 5 });
  });

  test.each(['the earning first', 'the expiry first'])(
    'undone with their expiry, %s, come to nothing',
    (order) => {
      const { earned, expiry } = ended();
      const steps = [undo(earned), undo(expiry)];
      for (const step of order === 'the earning first' ? steps : steps.toReversed()) world.do(step);
      expect(world.profile(1)).toMatchObject({ total: 0, earnedTotal: 0, expiredTotal: 0 });
      expect(world.profile(1).debts ?? []).toEqual([]);
    },
  );

  test('undone in part before their expiry is, leave the rest, which can be undone, too', () => {
    const { earned, expiry } = ended();
    world.do(undo(earned, { points: 30 }));
    world.do(undo(expiry));
    expect(world.profile(1).total).toBe(70);
    world.do(undo(earned));
    expect(world.profile(1).total).toBe(0);
  });
});

test('whoever owes has nothing to spend: what a hold gives back is taken at once, in whatever way it ends', () => {
  for (const end of ['release', 'capture', 'expire'] as const) {
    world = LedgerWorld.of(1, 2);
    const earned = recordOf(earning(1, 100));
    const { hold } = world.do(holding(1, 80, new Date(world.now.getTime() + 1_000)));
    world.do(undo(earned));
    expect(world.profile(1)).toMatchObject({ total: 80, frozen: 80, debts: [{ points: 80 }] });
    const holdId = hold?._id as number;
    if (end === 'expire') world.later(1_000);
    if (end === 'release') world.do({ kind: 'release', memberId: 1, holdId });
    if (end === 'capture') world.do({ kind: 'capture', memberId: 1, holdId, points: 30 });
    expect(world.refusal(spending(1, 1))).toBe('INSUFFICIENT_POINTS');
    world.do({ kind: 'expire', memberId: 1 });
    const left = end === 'capture' ? 30 : 0;
    expect(world.profile(1)).toMatchObject({ total: 0, available: 0, earnedTotal: left });
    expect(world.faults()).toEqual([]);
  }
});

test('what the platform does by itself is nobody’s doing, whoever’s request was the occasion', () => {
  world.scope = { ...world.scope, actor: { kind: 'user', id: 7 } } as typeof world.scope;
  const earned = recordOf(earning(1, 100, { expiresAt: inDays(1) }));
  world.do(spending(1, 70));
  world.do(undo(earned));
  world.do(earning(1, 90, { expiresAt: inDays(1) }));
  world.later(2 * DAY);
  world.do(earning(1, 1));
  const operators = [...world.records.values()].map(({ type, points, operatorId }) => [
    type,
    points,
    operatorId,
  ]);
  expect(operators).toEqual([
    ['earn', 100, 7],
    ['spend', -70, 7],
    ['earn', -30, 7],
    ['earn', 90, 7],
    ['earn', -70, null],
    ['expire', -20, null],
    ['earn', 1, 7],
  ]);
});

test('a day’s limit is free again when its earning is undone, also when nothing of it could be taken back', () => {
  const limited = { category: 'login' };
  const earned = recordOf(earning(1, 50, limited));
  expect(world.refusal(earning(1, 1, limited))).toBe('DAILY_LIMIT_EXCEEDED');
  world.do(spending(1, 50));
  expect(world.do(undo(earned))).toMatchObject({ owed: 50, record: null });
  world.do(earning(1, 50, limited));
});

test('points given back and forth raise no level that counts what was earned', () => {
  world.definitions = standardDefinitions({
    transfersEnabled: true,
    levelPolicy: { basis: 'earned', downgrade: 'none', reviewDays: 30 },
  });
  world.do(earning(1, 600));
  for (let times = 0; times < 5; times++) {
    world.do(give(600));
    world.do({ ...give(600, 1), memberId: 2 } as Command);
  }
  expect(world.profile(1)).toMatchObject({ earnedTotal: 3_600, receivedTotal: 3_000, levelId: 1 });
  expect(world.profile(2)).toMatchObject({ earnedTotal: 3_000, receivedTotal: 3_000, levelId: 1 });
});

test('a gift that is cancelled when it is spent is owed, and counts as received as it is paid', () => {
  world.do(earning(1, 60));
  const given = recordOf(give(60));
  world.do({ ...spending(2, 60) });
  world.do(undo(given, { counterpart: 2 }));
  expect(world.profile(2)).toMatchObject({ receivedTotal: 60, debts: [{ points: 60 }] });
  world.do(earning(2, 100));
  expect(world.profile(2)).toMatchObject({ receivedTotal: 0, earnedTotal: 100, total: 40 });
});

test('what paid for a tag or an item is undone with it, not by itself', () => {
  world.do(earning(1, 100));
  const purchase = { ...holding(1, 40), sourceType: 'vip_purchase', sourceId: 9 } as Command;
  const { hold } = world.do(purchase);
  const captured = world.do({ kind: 'capture', memberId: 1, holdId: hold?._id as number });
  expect(world.refusal(undo(captured.record?._id))).toBe('INVALID_STATE');
  const redeemed = recordOf(
    spending(1, 10, { category: 'redemption', sourceType: 'redemption', sourceId: 3, isOfPlatform: true }),
  );
  expect(world.refusal(undo(redeemed))).toBe('INVALID_STATE');
  world.do({ ...undo(redeemed), isWithin: true } as Command);
  expect(world.profile(1).total).toBe(60);
});
