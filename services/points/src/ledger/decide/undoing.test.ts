/** Transfers, reversals and debts, decided without a database. */
import { earning, LedgerWorld, spending, standardDefinitions } from '../../../test/ledger-world.ts';
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
