/** Each index is named with the question that needs it: one that none needs costs every write. */
import { IN_ANY_CASE } from '@membership/platform/spelling';
import {
  DIRECTORY_USES,
  indexFaults,
  type IndexUse,
  type IndexUses,
} from '@membership/platform/testing/index-uses';
import { dueBy } from '../src/ledger/expire-due-points.ts';
import { recordQuery } from '../src/ledger/record-filter.ts';
import { changedAfter } from '../src/ledger/record-sums-repository.ts';
import { askedBy } from '../src/levels/follow-levels.ts';
import { whoHave } from '../src/member-levels/change-member-level.ts';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

let ledger: LedgerKit;
beforeAll(async () => {
  ledger = await startLedgerKit();
});
afterAll(() => ledger?.stop());

const now = new Date();
const all = { tenantId: 1 };
const own = { ...all, memberId: 5 };
const newest = { createdAt: -1, _id: -1 } as const;
const records = (filter: Parameters<typeof recordQuery>[0]) => ({
  filter: { ...all, ...recordQuery(filter) },
  sort: newest,
});
const erasure: IndexUse = { why: 'the erasure of a tenant', filter: all };
const byCode: IndexUse = {
  why: 'a code in any case',
  filter: { ...all, code: 'gift' },
  collation: IN_ANY_CASE,
};

const USES: IndexUses = {
  ...DIRECTORY_USES,
  profiles: {
    'tenantId_1_total_-1__id_-1': {
      why: 'listProfiles by total_points',
      filter: all,
      sort: { total: -1, _id: -1 },
    },
    'tenantId_1_createdAt_-1__id_-1': { why: 'listProfiles by created_at', filter: all, sort: newest },
    tenantId_1__id_1: { why: 'listProfiles by member', filter: all, sort: { _id: 1 } },
    tenantId_1_username_1_email_1: {
      why: 'listProfiles with search, which names it',
      filter: { ...all, $or: [{ username: /john/i }, { email: /john/i }] },
      projection: { _id: 1 },
      isHinted: true,
    },
    'tenantId_1_levelId_1_total_-1__id_-1': {
      why: 'listProfiles of a level',
      filter: { ...all, levelId: 2 },
      sort: { total: -1, _id: -1 },
    },
    tenantId_1_memberLevelId_1_memberLevelFloorId_1: {
      why: 'whether anybody has a member level that is to be removed',
      filter: { ...all, ...whoHave(5)[1] },
    },
    'tenantId_1_isEnabled_1_total_-1__id_-1': {
      why: 'listProfiles of those that are disabled',
      filter: { ...all, isEnabled: false },
      sort: { total: -1, _id: -1 },
    },
    nextExpiryAt_1: { why: 'the job that ends what is due', filter: dueBy(now), sort: { nextExpiryAt: 1 } },
  },
  records: {
    'tenantId_1_createdAt_-1__id_-1': { why: 'listPointsRecords', filter: all, sort: newest },
    'tenantId_1_memberId_1_createdAt_-1__id_-1': {
      why: 'listPointsRecords of a member',
      ...records({ memberId: 5 }),
    },
    'tenantId_1_memberId_1_lot.endsAt_1__id_1': {
      why: 'a spending, which takes the lots that end soonest',
      filter: { ...own, 'lot.isOpen': true },
      sort: { 'lot.endsAt': 1, _id: 1 },
    },
    'tenantId_1_type_1_createdAt_-1__id_-1': {
      why: 'listPointsRecords of a type',
      ...records({ type: 'earn' }),
    },
    'tenantId_1_category_1_createdAt_-1__id_-1': {
      why: 'listPointsRecords of a category',
      ...records({ category: 'login' }),
    },
    'tenantId_1_sourceType_1_createdAt_-1__id_-1': {
      why: 'listPointsRecords of a source',
      ...records({ sourceType: 'system' }),
    },
    'tenantId_1_status_1_createdAt_-1__id_-1': {
      why: 'listPointsRecords that were cancelled, or have expired',
      ...records({ status: 'cancelled' }),
    },
    'tenantId_1_batchId_1_createdAt_-1__id_-1': {
      why: 'listPointsRecords of a batch',
      ...records({ batchId: 'BAT1' }),
    },
    'tenantId_1_memberId_1_type_1_createdAt_-1__id_-1': {
      why: 'listPointsTransactions of a type',
      ...records({ memberId: 5, type: 'spend' }),
    },
    tenantId_1_statusChangedAt_1: {
      why: 'summarizePointsRecords: what has changed since the kept sums',
      filter: { ...all, ...changedAfter(now) },
    },
    tenantId_1_memberId_1_statusChangedAt_1: {
      why: 'summarizePointsRecords of a member: what has changed since the kept sums',
      filter: { ...own, ...changedAfter(now) },
    },
  },
  record_sums: { tenantId_1_memberId_1: erasure },
  lots: {
    tenantId_1_memberId_1_endsAt_1__id_1: {
      why: 'a spending from lots that are documents of their own',
      filter: { ...own, remaining: { $gt: 0 } },
      sort: { endsAt: 1, _id: 1 },
    },
  },
  holds: {
    'tenantId_1_createdAt_-1__id_-1': { why: 'listTenantHolds', filter: all, sort: newest },
    'tenantId_1_status_1_createdAt_-1__id_-1': {
      why: 'listTenantHolds by status',
      filter: { ...all, status: 'held' },
      sort: newest,
    },
    'tenantId_1_memberId_1_createdAt_-1__id_-1': { why: 'listHolds', filter: own, sort: newest },
    'tenantId_1_memberId_1_status_1_createdAt_-1__id_-1': {
      why: 'listHolds by status',
      filter: { ...own, status: 'held' },
      sort: newest,
    },
  },
  day_totals: {
    'tenantId_1_memberId_1_day_-1': {
      why: 'getProfileSummary, and what a day still allows',
      filter: { ...own, day: { $gte: '2026-01-01' } },
    },
  },
  user_levels: {
    tenantId_1_order_1__id_1: {
      why: 'definitions of a tenant: its ladder in order',
      filter: all,
      sort: { order: 1, _id: 1 },
    },
  },
  member_levels: {
    tenantId_1_requiredSpent_1__id_1: {
      why: 'definitions of a tenant: its member levels in order',
      filter: all,
      sort: { requiredSpent: 1 },
    },
  },
  member_level_operations: {
    'tenantId_1_memberId_1_createdAt_-1': {
      why: 'the newest time that a level was set by hand',
      filter: own,
      sort: { createdAt: -1 },
    },
  },
  member_details: { tenantId_1__id_1: erasure },
  orders: {
    'tenantId_1_memberId_1_createdAt_-1': { why: 'verify-ledger: what a member spent', filter: own },
  },
  webhooks: { tenantId_1_memberId_1: erasure },
  redemption_items: {
    code_in_any_case: byCode,
    'tenantId_1_createdAt_-1__id_-1': { why: 'listRedemptionItems', filter: all, sort: newest },
    tenantId_1_cost_1__id_1: {
      why: 'listRedemptionItems by points_cost',
      filter: all,
      sort: { cost: 1, _id: 1 },
    },
  },
  redemption_takings: { tenantId_1_memberId_1: erasure },
  redemptions: {
    'tenantId_1_createdAt_-1__id_-1': { why: 'listRedemptions', filter: all, sort: newest },
    'tenantId_1_memberId_1_createdAt_-1__id_-1': {
      why: 'listRedemptions of a member',
      filter: own,
      sort: newest,
    },
    'tenantId_1_status_1_createdAt_-1__id_-1': {
      why: 'listRedemptions by status',
      filter: { ...all, status: 'requested' },
      sort: newest,
    },
    tenantId_1_itemId_1_status_1: {
      why: 'whether an item that is to be withdrawn has open redemptions',
      filter: { ...all, itemId: 3, status: { $in: ['requested', 'shipped'] } },
    },
  },
  benefits: { code_in_any_case: byCode },
  benefit_counts: { tenantId_1_memberId_1: erasure },
  benefit_uses: {
    tenantId_1_orderId_1: {
      why: 'what a refunded order used',
      filter: { ...all, orderId: 'ORD1', memberId: 5 },
    },
  },
  activities: {
    'tenantId_1_startsAt_-1__id_-1': {
      why: 'pageActivities',
      filter: all,
      sort: { startsAt: -1, _id: -1 },
    },
    'tenantId_1_isActive_1_startsAt_-1__id_-1': {
      why: 'listActivities, and what runs when something is bought',
      filter: { ...all, isActive: true },
      sort: { startsAt: -1, _id: -1 },
    },
  },
  participations: { 'tenantId_1_memberId_1_createdAt_-1': erasure },
  award_rules: {
    tenantId_1_order_1__id_1: { why: 'listRules', filter: all, sort: { order: 1, _id: 1 } },
  },
  awards: {
    tenantId_1_ruleId_1_memberId_1: {
      why: 'what a rule with caps has given a member',
      filter: { ...own, ruleId: 2 },
    },
  },
  tag_definitions: { tenantId_1: { why: 'definitions of a tenant: what its tags give', filter: all } },
  member_tags: { tenantId_1_memberId_1: { why: 'the tags of a profile', filter: own } },
  rule_given: { tenantId_1_ruleId_1: erasure },
  quota_uses: { tenantId_1_memberId_1: erasure },
  points_settings: {
    'levelsToFollow.since_1': {
      why: 'the job that follows a changed ladder',
      filter: askedBy(now),
    },
    definitionsChangedAt_1: {
      why: 'each process, once a second: whose definitions have changed',
      filter: { definitionsChangedAt: { $gte: now, $type: 'date' } },
    },
  },
  purchase_holds: { tenantId_1_memberId_1: erasure },
};

test('every index is named with a question that needs it', async () => {
  expect(await indexFaults(ledger.kit.connection, USES)).toEqual([]);
});

test('an index that no question needs is told, and one that another serves as well', async () => {
  const holds = ledger.kit.connection.collection('holds');
  const unnamed = await holds.createIndex({ tenantId: 1, settledAt: 1 });
  const spare = await holds.createIndex({ tenantId: 1, memberId: 1 });
  const uses = { ...USES, holds: { ...USES.holds, [spare]: { why: 'holds of a member', filter: own } } };
  try {
    expect(await indexFaults(ledger.kit.connection, uses)).toEqual([
      `holds: no question is named that needs ${unnamed}`,
      expect.stringContaining(`holds: ${spare} is not needed for “holds of a member”`),
    ]);
  } finally {
    for (const index of [unnamed, spare]) await holds.dropIndex(index);
  }
});

test('indexes that a version before had and nothing needs are dropped at each start: such a process may have made them again', async () => {
  for (const _time of [1, 2]) {
    const of = (name: string) => ledger.kit.connection.collection(name);
    for (const name of ['awards', 'benefit_uses'])
      await of(name).createIndex({ tenantId: 1, memberId: 1, createdAt: -1 });
    for (const field of ['memberLevelId', 'memberLevelFloorId']) {
      const partialFilterExpression = { [field]: { $type: 'number' } };
      await of('profiles').createIndex({ tenantId: 1, [field]: 1 }, { partialFilterExpression });
    }
    await (await ledger.kit.replica()).stop();
    expect(await indexFaults(ledger.kit.connection, USES)).toEqual([]);
  }
});
