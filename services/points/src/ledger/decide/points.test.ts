/** Earning, spending, adjusting and ending points, decided without a database. */
import {
  adjusting,
  earning,
  LedgerWorld,
  spending,
  standardDefinitions,
} from '../../../test/ledger-world.ts';

const DAY = 86_400_000;
let world: LedgerWorld;
beforeEach(() => {
  world = LedgerWorld.of(1, 2);
});
afterEach(() => expect(world.faults()).toEqual([]));
const told = () => world.facts.map(({ event, announcement: { sequence } }) => `${event.type} ${sequence}`);
const remaining = () => [...world.lots.values()].map((lot) => lot.remaining);

test('an earning moves the balances, keeps its lot and is told', () => {
  const { record, profile, levelChange } = world.do(earning(1, 120));
  expect(record).toMatchObject({ points: 120, balanceBefore: 0, balanceAfter: 120, ordinal: 1 });
  expect(record?.expiresAt).toEqual(new Date(world.now.getTime() + 730 * DAY));
  expect(profile).toMatchObject({ total: 120, available: 120, today: { earned: { license: 120 } } });
  expect(levelChange).toMatchObject({ upgraded: false, current: { code: 'BRONZE' } });
  expect(told()).toEqual(['points.earned.v1 1']);
});

test('it is multiplied by what the member and its level by spending multiply by, and rounded once', () => {
  world.profiles.set(1, { ...world.profile(1), multiplier: 125, memberLevelId: 4 });
  const { record } = world.do(earning(1, 3));
  expect(record).toMatchObject({ points: 6, originalPoints: 3, multiplier: 187.5 });
});

test('a batch is decided in order, each command seeing those before it', () => {
  const outcomes = world.ask(spending(1, 10), earning(1, 10), spending(1, 6), spending(1, 5), earning(2, 1));
  expect(outcomes.map((one) => ('code' in one ? one.code : one.profile.available))).toEqual([
    'INSUFFICIENT_POINTS',
    10,
    4,
    'INSUFFICIENT_POINTS',
    1,
  ]);
  const chains = [1, 2].map((id) => [...world.records.values()].filter(({ memberId }) => memberId === id));
  expect(chains.map((chain) => chain.map(({ ordinal }) => ordinal))).toEqual([[1, 2], [1]]);
});

test('a spending takes the soonest to end, however many lots it needs', () => {
  for (let day = 9; day > 0; day--)
    world.do(earning(1, 10, { expiresAt: new Date(world.now.getTime() + day * DAY) }));
  world.do(spending(1, 35));
  expect(remaining()).toEqual([10, 10, 10, 10, 10, 5, 0, 0, 0]);
});

test.each([
  ['POINTS_DISABLED', { isEnabled: false }, earning(1, 5)],
  ['POINTS_DISABLED', { isEnabled: false }, spending(1, 5)],
  ['INSUFFICIENT_POINTS', {}, spending(1, 101)],
  ['INSUFFICIENT_POINTS', {}, adjusting(1, -101)],
  ['VALIDATION_ERROR', {}, earning(1, 5, { category: 'unheard' })],
  ['VALIDATION_ERROR', {}, spending(1, 5, { category: 'login' })],
  ['VALIDATION_ERROR', {}, earning(1, 5, { expiresAt: new Date('2026-03-01T04:00:00Z') })],
  ['DAILY_LIMIT_EXCEEDED', {}, earning(1, 51, { category: 'login' })],
  ['BIZ_001', {}, earning(3, 5)],
])('%s: %j refuses %j, and nothing has moved', (code, changes, command) => {
  world.do(earning(1, 100));
  world.profiles.set(1, { ...world.profile(1), ...changes });
  const before = structuredClone([world.profile(1), [...world.records], [...world.lots]]);
  expect(world.refusal(command)).toBe(code);
  expect([world.profile(1), [...world.records], [...world.lots]]).toEqual(before);
});

test('the limit of a day counts what was asked on it, in the tenant’s zone', () => {
  const login = (points: number) => earning(1, points, { category: 'login' });
  world.do(login(30));
  expect(world.refusal(login(21))).toBe('DAILY_LIMIT_EXCEEDED');
  world.do(login(20));
  expect(world.refusal(login(1))).toBe('DAILY_LIMIT_EXCEEDED');
  world.now = new Date('2026-03-01T16:00:00Z');
  world.do(login(50));
  expect(world.profile(1).today).toMatchObject({ day: '2026-03-02', earned: { login: 50 } });
});

test('what has ended is gone before a command is decided, and the record that made it is marked', () => {
  const { record } = world.do(earning(1, 70, { expiresAt: new Date(world.now.getTime() + 1_000) }));
  world.do(earning(1, 30));
  world.later(1_000);
  expect(world.refusal(spending(1, 31))).toBe('INSUFFICIENT_POINTS');
  // A refused command ends nothing either: it has changed nothing at all.
  expect(world.profile(1).total).toBe(100);
  world.do(spending(1, 30));
  expect(world.profile(1)).toMatchObject({ total: 0, expiredTotal: 70, spentTotal: 30 });
  expect(world.records.get(record?._id as number)?.status).toBe('expired');
});

test('a job ends so many lots at once, and the profile stays due until all have ended', () => {
  const end = world.now.getTime() + 1_000;
  world.ask(...Array.from({ length: 600 }, () => earning(1, 1, { expiresAt: new Date(end) })));
  world.later(2_000);
  const left = [0, 1, 2].map(() => world.do({ kind: 'expire', memberId: 1 }).profile.total);
  expect(left).toEqual([100, 0, 0]);
  expect(world.profile(1).nextExpiryAt).toBeNull();
});

test('an adjustment goes in either direction, also for a disabled profile', () => {
  world.profiles.set(1, { ...world.profile(1), isEnabled: false });
  world.do(adjusting(1, 50));
  world.do(adjusting(1, -20));
  expect(world.profile(1)).toMatchObject({ total: 30, earnedTotal: 50, spentTotal: 20 });
});

test('points that end at no time, and those of a tenant whose points never end', () => {
  world.definitions = standardDefinitions({ expiryDays: null });
  expect(world.do(earning(1, 5)).record?.expiresAt).toBeNull();
  expect(world.profile(1).nextExpiryAt).toBeNull();
});
