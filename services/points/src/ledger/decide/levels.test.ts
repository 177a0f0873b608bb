/** Both ladders, and the orders that one of them counts, decided without a database. */
import {
  completing,
  earning,
  LedgerWorld,
  refunding,
  spending,
  standardDefinitions,
} from '../../../test/ledger-world.ts';
import type { Command } from '../command.ts';

const DAY = 86_400_000;
let world: LedgerWorld;
beforeEach(() => {
  world = LedgerWorld.of(1);
});
const level = () => world.definitions.levels.find(({ _id }) => _id === world.profile(1).levelId)?.code;
const changes = () =>
  world.facts
    .filter(({ event }) => event.type === 'level.changed.v1')
    .map(({ announcement: { data } }) => data as Record<string, unknown>);
test('points that reach a level give it at once', () => {
  expect(world.do(earning(1, 999)).levelChange.upgraded).toBe(false);
  expect(world.do(earning(1, 1)).levelChange).toMatchObject({ upgraded: true, current: { code: 'SILVER' } });
  expect(changes()).toMatchObject([{ isUpgrade: true, reason: 'points' }]);
});

test.each([
  ['none', 'GOLD'],
  ['recompute', 'BRONZE'],
] as const)('points that are gone: %s leaves %s', (downgrade, code) => {
  world.definitions = standardDefinitions({ levelPolicy: { basis: 'total', downgrade, reviewDays: 30 } });
  world.do(earning(1, 2_500));
  world.do(spending(1, 2_400));
  expect(level()).toBe(code);
});

test('one step at a time, each at its review', () => {
  world.definitions = standardDefinitions({
    levelPolicy: { basis: 'total', downgrade: 'one_step', reviewDays: 30 },
  });
  world.do(earning(1, 2_500, { expiresAt: null }));
  world.do(spending(1, 2_400));
  const seen = [level()];
  for (let review = 0; review < 3; review++) {
    world.later(30 * DAY);
    world.do({ kind: 'expire', memberId: 1 });
    seen.push(level());
  }
  expect(seen).toEqual(['GOLD', 'SILVER', 'BRONZE', 'BRONZE']);
});

test('a level set by hand is a floor until it is set again; one that is unknown is refused', () => {
  const set = (levelId: number | null): Command => ({
    ...{ kind: 'set_level', memberId: 1, levelId, reason: '补偿' },
  });
  expect(world.do(set(3)).levelChange).toMatchObject({ upgraded: true, current: { code: 'GOLD' } });
  world.do(earning(1, 1_000));
  expect(level()).toBe('GOLD');
  world.do(set(null));
  expect(level()).toBe('SILVER');
  expect(world.refusal(set(99))).toBe('VALIDATION_ERROR');
});

test('what orders cost gives the member level, and a refund takes from it', () => {
  world.definitions = standardDefinitions({
    levelPolicy: { basis: 'total', downgrade: 'recompute', reviewDays: 30 },
  });
  expect(world.do(completing(1, 'A', 60_000)).memberLevelChange).toMatchObject({
    changed: true,
    current: { code: 'BRONZE' },
  });
  expect(world.profile(1)).toMatchObject({ moneySpent: 60_000, orderCount: 1 });
  expect(world.do(refunding(1, 'A', 20_000)).memberLevelChange).toMatchObject({ current: { code: 'BASIC' } });
  world.do(refunding(1, 'A'));
  expect(world.profile(1)).toMatchObject({ moneySpent: 0, orderCount: 0 });
});

test('an earning after its order is multiplied by the level that the order gave, in one batch', () => {
  const [, earned] = world.ask(completing(1, 'A', 500_000), earning(1, 10));
  expect(earned).toMatchObject({ record: { points: 15 } });
});
