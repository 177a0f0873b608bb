/**
 * Collections of the points service and their indexes: each list query of the contracts is covered by one, and each is named in
 * `test/index-uses.test.ts` with what needs it.
 */
import { Schema, type Connection } from 'mongoose';
import { TenantCollection } from '@membership/platform/mongo';
import { IN_ANY_CASE } from '@membership/platform/spelling';
import type { Hold } from './domain/hold.ts';
import type { PurchaseHold } from './domain/purchase-hold.ts';
import type { Activity, Participation } from './domain/activity.ts';
import type { Benefit, BenefitUse, UseCount } from './domain/benefit.ts';
import type { Level } from './domain/level.ts';
import type { Order } from './domain/order.ts';
import type { MemberLevel } from './domain/member-level.ts';
import type { LevelOperation } from './domain/level-operation.ts';
import type { MemberDetails } from './domain/preferences.ts';
import type { DayTotals } from './domain/day-totals.ts';
import type { Lot } from './domain/lots.ts';
import type { PointsRecord } from './domain/record.ts';
import type { Profile } from './domain/profile.ts';
import type { KeptSums } from './domain/record-sums.ts';
import type { TagDefinition, TagProjection } from './domain/member-tag.ts';
import type { Redemption, RedemptionItem, Taking } from './domain/redemption.ts';
import type { Award, RuleGiven } from './domain/award.ts';
import type { Rule } from './domain/rule.ts';
import type { PointsSettings } from './domain/points-settings.ts';
import type { HandledWebhook } from './domain/webhook.ts';

/** What a member has used of a quota in one of its periods. */
export type QuotaUse = {
  /** `<member>:<quota>:<period>` */
  readonly _id: string;
  readonly tenantId: number;
  readonly memberId: number;
  readonly quota: string;
  readonly used: number;
  /** Absent: never. */
  readonly forgetAt?: Date;
};

const plain = { strict: false, versionKey: false, id: false, minimize: false } as const;
const tenantId = { type: Number, required: true } as const;

// Every movement changes its profile's balances, and MongoDB 6 looks at all indexes of a document when one of them changes, in a
// transaction at each in the whole catalogue of the collection: each index here costs every movement, also of what never changes.
const profiles = () =>
  new Schema({ _id: Number, tenantId, username: String, email: String, levelId: Number }, plain)
    .index({ tenantId: 1, total: -1, _id: -1 })
    .index({ tenantId: 1, createdAt: -1, _id: -1 })
    .index({ tenantId: 1, _id: 1 })
    // Searched by a part of either name, key by key; no movement changes them.
    .index({ tenantId: 1, username: 1, email: 1 })
    .index({ tenantId: 1, levelId: 1, total: -1, _id: -1 })
    // Whether a member level may be removed: who has it, or was given it and therefore has one. Most members have the first,
    // which is not written down.
    .index(
      { tenantId: 1, memberLevelId: 1, memberLevelFloorId: 1 },
      { partialFilterExpression: { memberLevelId: { $type: 'number' } } },
    )
    // Nearly all are enabled: those are found by the total alone.
    .index(
      { tenantId: 1, isEnabled: 1, total: -1, _id: -1 },
      { partialFilterExpression: { isEnabled: false } },
    )
    .index({ nextExpiryAt: 1 }, { partialFilterExpression: { nextExpiryAt: { $type: 'date' } } });
const records = () =>
  new Schema({ _id: Number, tenantId, memberId: Number }, plain)
    .index({ tenantId: 1, createdAt: -1, _id: -1 })
    .index({ tenantId: 1, memberId: 1, createdAt: -1, _id: -1 })
    .index({ tenantId: 1, memberId: 1, ordinal: 1 }, { unique: true })
    // The lots of a member that hold points, in the order in which a spending takes them.
    .index(
      { tenantId: 1, memberId: 1, 'lot.endsAt': 1, _id: 1 },
      { partialFilterExpression: { 'lot.isOpen': true } },
    )
    .index({ tenantId: 1, type: 1, createdAt: -1, _id: -1 })
    .index({ tenantId: 1, category: 1, createdAt: -1, _id: -1 })
    .index({ tenantId: 1, sourceType: 1, createdAt: -1, _id: -1 })
    .index(
      { tenantId: 1, status: 1, createdAt: -1, _id: -1 },
      { partialFilterExpression: { status: { $in: ['expired', 'cancelled'] } } },
    )
    .index(
      { tenantId: 1, batchId: 1, createdAt: -1, _id: -1 },
      { partialFilterExpression: { batchId: { $type: 'string' } } },
    )
    // A member's list by type. Most records are earnings, which are found by the time alone and would cost an entry each.
    .index(
      { tenantId: 1, memberId: 1, type: 1, createdAt: -1, _id: -1 },
      { partialFilterExpression: { type: { $in: ['spend', 'adjust', 'expire'] } } },
    )
    .index(
      { tenantId: 1, statusChangedAt: 1 },
      { partialFilterExpression: { statusChangedAt: { $type: 'date' } } },
    )
    .index(
      { tenantId: 1, memberId: 1, statusChangedAt: 1 },
      { partialFilterExpression: { statusChangedAt: { $type: 'date' } } },
    );
const recordSums = () =>
  new Schema({ _id: String, tenantId, memberId: Number }, plain).index({ tenantId: 1, memberId: 1 });
const lots = () =>
  new Schema({ _id: Number, tenantId, memberId: Number }, plain).index(
    { tenantId: 1, memberId: 1, endsAt: 1, _id: 1 },
    { partialFilterExpression: { remaining: { $gt: 0 } } },
  );
const holds = () =>
  new Schema({ _id: Number, tenantId, memberId: Number, status: String }, plain)
    .index({ tenantId: 1, createdAt: -1, _id: -1 })
    .index({ tenantId: 1, status: 1, createdAt: -1, _id: -1 })
    .index({ tenantId: 1, memberId: 1, createdAt: -1, _id: -1 })
    .index({ tenantId: 1, memberId: 1, status: 1, createdAt: -1, _id: -1 });
const days = () =>
  new Schema({ _id: String, tenantId, memberId: Number, day: String }, plain).index({
    tenantId: 1,
    memberId: 1,
    day: -1,
  });
const levels = () =>
  new Schema({ _id: Number, tenantId, code: String }, plain)
    .index({ tenantId: 1, code: 1 }, { unique: true })
    .index({ tenantId: 1, order: 1, _id: 1 });
const memberLevels = () =>
  new Schema({ _id: Number, tenantId, code: String }, plain)
    .index({ tenantId: 1, code: 1 }, { unique: true })
    .index({ tenantId: 1, requiredSpent: 1, _id: 1 });
const levelOperations = () =>
  new Schema({ _id: Number, tenantId, memberId: Number }, plain).index({
    tenantId: 1,
    memberId: 1,
    createdAt: -1,
  });
const memberDetails = () => new Schema({ _id: Number, tenantId }, plain).index({ tenantId: 1, _id: 1 });
const orders = () =>
  new Schema({ _id: String, tenantId, memberId: Number }, plain).index({
    tenantId: 1,
    memberId: 1,
    createdAt: -1,
  });
const webhooks = () =>
  new Schema({ _id: String, tenantId, memberId: Number }, plain)
    .index({ tenantId: 1, memberId: 1 })
    .index({ forgetAt: 1 }, { expireAfterSeconds: 0 });
const redemptionItems = () =>
  new Schema({ _id: Number, tenantId, code: String }, plain)
    .index({ tenantId: 1, code: 1 }, { unique: true })
    .index({ tenantId: 1, code: 1 }, { name: 'code_in_any_case', collation: IN_ANY_CASE })
    .index({ tenantId: 1, createdAt: -1, _id: -1 })
    .index({ tenantId: 1, cost: 1, _id: 1 });
const takings = () =>
  new Schema({ _id: String, tenantId, memberId: Number }, plain).index({ tenantId: 1, memberId: 1 });
const redemptions = () =>
  new Schema({ _id: Number, tenantId, memberId: Number, status: String }, plain)
    .index({ tenantId: 1, createdAt: -1, _id: -1 })
    .index({ tenantId: 1, memberId: 1, createdAt: -1, _id: -1 })
    .index({ tenantId: 1, status: 1, createdAt: -1, _id: -1 })
    .index({ tenantId: 1, itemId: 1, status: 1 });
const benefits = () =>
  new Schema({ _id: Number, tenantId, code: String }, plain)
    .index({ tenantId: 1, code: 1 }, { unique: true })
    .index({ tenantId: 1, code: 1 }, { name: 'code_in_any_case', collation: IN_ANY_CASE });
const benefitCounts = () =>
  new Schema({ _id: String, tenantId, memberId: Number }, plain).index({ tenantId: 1, memberId: 1 });
const benefitUses = () =>
  new Schema({ _id: String, tenantId, memberId: Number, orderId: String }, plain).index({
    tenantId: 1,
    orderId: 1,
  });
const activities = () =>
  new Schema({ _id: Number, tenantId }, plain)
    .index({ tenantId: 1, startsAt: -1, _id: -1 })
    .index({ tenantId: 1, isActive: 1, startsAt: -1, _id: -1 });
const participations = () =>
  new Schema({ _id: String, tenantId, memberId: Number }, plain).index({
    tenantId: 1,
    memberId: 1,
    createdAt: -1,
  });
const rules = () =>
  new Schema({ _id: Number, tenantId, eventType: String }, plain).index({ tenantId: 1, order: 1, _id: 1 });
const awards = () =>
  new Schema({ _id: String, tenantId, memberId: Number, ruleId: Number }, plain).index({
    tenantId: 1,
    ruleId: 1,
    memberId: 1,
  });
const tagDefinitions = () => new Schema({ _id: Number, tenantId }, plain).index({ tenantId: 1 });
const tags = () =>
  new Schema({ _id: Number, tenantId, memberId: Number }, plain).index({ tenantId: 1, memberId: 1 });
const given = () =>
  new Schema({ _id: String, tenantId, ruleId: Number }, plain).index({ tenantId: 1, ruleId: 1 });
const quotaUses = () =>
  new Schema({ _id: String, tenantId, memberId: Number }, plain)
    .index({ tenantId: 1, memberId: 1 })
    .index({ forgetAt: 1 }, { expireAfterSeconds: 0 });
const settings = () =>
  new Schema({ _id: Number, tenantId }, plain)
    .index(
      { 'levelsToFollow.since': 1 },
      { partialFilterExpression: { 'levelsToFollow.since': { $type: 'date' } } },
    )
    // Once a second each process asks which tenants have changed their definitions.
    .index(
      { definitionsChangedAt: 1 },
      { partialFilterExpression: { definitionsChangedAt: { $type: 'date' } } },
    );

const purchaseHolds = () =>
  new Schema({ _id: Number, tenantId, memberId: Number }, plain).index({ tenantId: 1, memberId: 1 });

export type Models = ReturnType<typeof modelsOf>;
export function modelsOf(connection: Connection) {
  return {
    profiles: new TenantCollection<Profile>(connection, 'profiles', profiles()),
    records: new TenantCollection<PointsRecord>(connection, 'records', records()),
    recordSums: new TenantCollection<KeptSums>(connection, 'record_sums', recordSums()),
    lots: new TenantCollection<Lot>(connection, 'lots', lots()),
    holds: new TenantCollection<Hold>(connection, 'holds', holds()),
    purchaseHolds: new TenantCollection<PurchaseHold>(connection, 'purchase_holds', purchaseHolds()),
    days: new TenantCollection<DayTotals>(connection, 'day_totals', days()),
    levels: new TenantCollection<Level>(connection, 'user_levels', levels()),
    memberLevels: new TenantCollection<MemberLevel>(connection, 'member_levels', memberLevels()),
    levelOperations: new TenantCollection<LevelOperation>(
      connection,
      'member_level_operations',
      levelOperations(),
    ),
    memberDetails: new TenantCollection<MemberDetails>(connection, 'member_details', memberDetails()),
    orders: new TenantCollection<Order>(connection, 'orders', orders()),
    webhooks: new TenantCollection<HandledWebhook>(connection, 'webhooks', webhooks()),
    redemptionItems: new TenantCollection<RedemptionItem>(connection, 'redemption_items', redemptionItems()),
    takings: new TenantCollection<Taking>(connection, 'redemption_takings', takings()),
    redemptions: new TenantCollection<Redemption>(connection, 'redemptions', redemptions()),
    benefits: new TenantCollection<Benefit>(connection, 'benefits', benefits()),
    benefitCounts: new TenantCollection<UseCount>(connection, 'benefit_counts', benefitCounts()),
    benefitUses: new TenantCollection<BenefitUse>(connection, 'benefit_uses', benefitUses()),
    activities: new TenantCollection<Activity>(connection, 'activities', activities()),
    participations: new TenantCollection<Participation>(connection, 'participations', participations()),
    rules: new TenantCollection<Rule>(connection, 'award_rules', rules()),
    awards: new TenantCollection<Award>(connection, 'awards', awards()),
    tags: new TenantCollection<TagProjection>(connection, 'member_tags', tags()),
    tagDefinitions: new TenantCollection<TagDefinition>(connection, 'tag_definitions', tagDefinitions()),
    given: new TenantCollection<RuleGiven>(connection, 'rule_given', given()),
    quotaUses: new TenantCollection<QuotaUse>(connection, 'quota_uses', quotaUses()),
    settings: new TenantCollection<PointsSettings>(connection, 'points_settings', settings()),
  };
}
