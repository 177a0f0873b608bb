import type { Hold } from '../domain/hold.ts';
import { ProfileAudit } from './audit.ts';
import { NEVER, type Lot } from '../domain/lots.ts';
import { newProfile, type Profile } from '../domain/profile.ts';
import type { PointsRecord } from '../domain/record.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
const profile = (more: Partial<Profile> = {}): Profile => ({
  ...newProfile(7, 1, null, { username: 'john', email: 'john@example.com', isActive: true }, at(0)),
  ...{ total: 70, available: 50, frozen: 20, earnedTotal: 100, spentTotal: 30, recordCount: 2 },
  ...more,
});
const record = (ordinal: number, points: number, before: number, more: Partial<PointsRecord> = {}) =>
  ({
    _id: ordinal,
    ...{ tenantId: 1, memberId: 7, ordinal, type: points > 0 ? 'earn' : 'spend', points },
    ...{ balanceBefore: before, balanceAfter: before + points, createdAt: at(ordinal) },
    ...more,
  }) as PointsRecord;
const lot = (more: Partial<Lot> = {}): Lot => ({
  ...{ _id: 1, tenantId: 1, memberId: 7, initial: 100, remaining: 70, held: 20 },
  ...{ endsAt: NEVER, createdAt: at(1), ...more },
});
const hold = { points: 20, parts: [{ lotId: 1, points: 20 }], expiresAt: null } as unknown as Hold;
const story = [record(1, 100, 0), record(2, -30, 100, { taken: [{ lotId: 1, points: 30 }] })];
const rules = (
  given: { profile?: Partial<Profile>; records?: PointsRecord[]; lots?: Lot[]; holds?: Hold[] } = {},
) => {
  const audit = new ProfileAudit(profile(given.profile));
  for (const one of given.records ?? story) audit.hear(one);
  return [...new Set(audit.finish(given.lots ?? [lot()], given.holds ?? [hold]).map(({ rule }) => rule))];
};

test('what adds up has no fault', () => expect(rules()).toEqual([]));

test.each<[string, Parameters<typeof rules>[0]]>([
  ['balance', { profile: { available: 51 } }],
  ['balance', { profile: { earnedTotal: 101 } }],
  ['ledger', { profile: { total: 71, available: 51, earnedTotal: 101 } }],
  ['ledger', { profile: { recordCount: 3 } }],
  ['chain', { records: [record(1, 100, 0), record(3, -30, 100)] }],
  ['chain', { records: [record(1, 100, 0), record(2, -30, 90)] }],
  ['movement', { records: [record(1, 100, 0), record(2, -30, 100, { points: -31 })] }],
  ['lots', { lots: [lot({ remaining: 69 })] }],
  ['lots', { lots: [lot({ held: 19 })] }],
  ['lot', { lots: [lot({ initial: 60 })] }],
  ['holds', { holds: [] }],
  ['lot', { holds: [{ ...hold, parts: [{ lotId: 2, points: 20 }] }] }],
  ['due', { lots: [lot({ endsAt: at(9) })] }],
  ['due', { profile: { nextExpiryAt: at(10) }, lots: [lot({ endsAt: at(9) })] }],
  ['ended', { profile: { nextExpiryAt: at(1) }, lots: [lot({ endsAt: at(2) })] }],
])('a fault of %s is found: %j', (rule, given) => expect(rules(given)).toContain(rule));

test('a reversal counts in the total that it undoes, and a captured hold may spend what ended meanwhile', () => {
  const records = [
    ...story,
    record(3, 30, 70, { type: 'spend', reversalOf: 2 }),
    record(4, -30, 100, { holdId: 5, taken: [{ lotId: 1, points: 30 }], createdAt: at(30) }),
  ];
  expect(
    rules({ profile: { recordCount: 4, nextExpiryAt: at(20) }, records, lots: [lot({ endsAt: at(20) })] }),
  ).toEqual([]);
});
