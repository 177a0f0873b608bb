// Profiles, records and lots as the points service writes them, many at once, for what is measured over much of them.
import type { ServiceKit } from '@membership/platform/testing/service-kit';
import { newProfile, type Profile } from '../../services/points/src/domain/profile.ts';
import type { PointsRecord } from '../../services/points/src/domain/record.ts';

/** Collections that are filled: their indexes may be dropped meanwhile. */
export const LOADED = ['records', 'profiles'] as const;
export type Filling = { readonly tenantId: number; readonly memberId: number; readonly records: number };

const PER_INSERT = 10_000;
const MEMBERS = 100;
const DAY_MS = 86_400_000;
const CATEGORIES = ['login', 'license', 'referral', 'community', 'payment', 'manual'];

/** The record number `ordinal` of a profile: of four, three give 2 points and one takes 1. */
function recordOf(
  { tenantId, memberId }: Omit<Filling, 'records'>,
  { id, ordinal, before, at }: { id: number; ordinal: number; before: number; at: Date },
): PointsRecord {
  const isEarned = ordinal % 4 !== 0;
  const points = isEarned ? 2 : -1;
  return {
    ...{ _id: id, tenantId, memberId, ordinal, points },
    ...{ type: isEarned ? 'earn' : 'spend', subcategory: null },
    category: isEarned ? (CATEGORIES[ordinal % CATEGORIES.length] as string) : 'vip_upgrade',
    ...{ balanceBefore: before, balanceAfter: before + points, multiplier: 100 },
    originalPoints: Math.abs(points),
    sourceType: ordinal % 10 === 0 ? 'manual' : 'system',
    ...{ sourceId: null, reason: null, operatorId: null, batchId: null, ruleId: null, eventId: null },
    expiresAt: isEarned ? new Date(at.getTime() + 730 * DAY_MS) : null,
    createdAt: at,
    status: isEarned && ordinal % 50 === 1 ? 'expired' : 'active',
    expiredAt: null,
  };
}

/** A profile that so many records of `recordOf` have made. */
function profileAfter(tenantId: number, memberId: number, records: number, now: Date): Profile {
  const spent = Math.floor(records / 4);
  const earned = 2 * (records - spent);
  const member = { username: `m${memberId}`, email: `m${memberId}@example.com`, isActive: true };
  return {
    ...newProfile(memberId, tenantId, null, member, now),
    ...{ total: earned - spent, available: earned - spent, earnedTotal: earned, spentTotal: spent },
    lotsIn: 'records',
    recordCount: records,
    lastPointsUpdate: now,
  };
}

/** A tenant with so many records over the last year, half of them one member's. For lists: there are no lots under them. */
export async function fillTenant(
  kit: ServiceKit,
  { tenantId, records, log }: { tenantId: number; records: number; log: (line: string) => void },
): Promise<Filling> {
  await kit.aTenant({ tenantId });
  const collection = kit.connection.collection<PointsRecord>('records');
  const first = tenantId * 10_000_000;
  const now = Date.now();
  const ofMember = Array.from({ length: MEMBERS }, () => ({ ordinal: 0, total: 0 }));
  for (let from = 0; from < records; from += PER_INSERT) {
    const batch = Array.from({ length: Math.min(PER_INSERT, records - from) }, (_, offset) => {
      const index = from + offset;
      const place = index % 2 === 0 ? 0 : 1 + (((index - 1) / 2) % (MEMBERS - 1));
      const state = ofMember[place] as (typeof ofMember)[number];
      const record = recordOf(
        { tenantId, memberId: first + place },
        {
          id: first + index,
          ordinal: ++state.ordinal,
          before: state.total,
          at: new Date(now - ((records - index) / records) * 365 * DAY_MS),
        },
      );
      state.total = record.balanceAfter;
      return record;
    });
    await collection.insertMany(batch, { ordered: false });
    if ((from / PER_INSERT) % 20 === 19)
      log(`tenant ${tenantId}: ${from + PER_INSERT} of ${records} records`);
  }
  const profiles = ofMember.map(({ ordinal }, place) =>
    profileAfter(tenantId, first + place, ordinal, new Date(now)),
  );
  await kit.connection.collection<Profile>('profiles').insertMany(profiles);
  return { tenantId, memberId: first, records };
}

/** A profile with so many records, each an earning whose lot of 2 points is still whole; returns its member. */
export async function fillProfile(
  kit: ServiceKit,
  { tenantId, memberId, records }: Filling,
): Promise<number> {
  const now = Date.now();
  const first = memberId * 1_000_000;
  const rows = Array.from({ length: records }, (_, index): PointsRecord => {
    const at = new Date(now - (records - index) * 1_000);
    return {
      ...recordOf({ tenantId, memberId }, { id: first + index, ordinal: 1, before: 2 * index, at }),
      ordinal: index + 1,
      status: 'active',
      lot: { initial: 2, remaining: 2, held: 0, isOpen: true, endsAt: new Date(at.getTime() + 730 * DAY_MS) },
    };
  });
  const total = 2 * records;
  const by = <T extends { _id: number }>(name: string) => kit.connection.collection<T>(name);
  await by<PointsRecord>('records').insertMany(rows);
  await by<Profile>('profiles').insertOne({
    ...profileAfter(tenantId, memberId, records, new Date(now)),
    ...{ total, available: total, earnedTotal: total, spentTotal: 0 },
    nextExpiryAt: rows[0]?.lot?.endsAt ?? null,
  });
  return memberId;
}
