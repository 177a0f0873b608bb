/** Collections of the vip service and their indexes: each list query of the contracts is covered by one. */
import { Schema, type Connection } from 'mongoose';
import { TenantCollection } from '@membership/platform/mongo';
import { IN_ANY_CASE } from '@membership/platform/spelling';
import type { HistoryEntry } from './holdings/history.ts';
import type { UserTagDocument } from './holdings/user-tag-repository.ts';
import type { PointsRate } from './purchases/points-rate-repository.ts';
import type { Purchase } from './purchases/purchase.ts';
import type { Tag } from './tags/tag.ts';

const plain = { strict: false, versionKey: false, id: false, minimize: false } as const;
const tenantId = { type: Number, required: true } as const;

const tags = () =>
  new Schema({ _id: Number, tenantId }, plain)
    .index({ tenantId: 1, code: 1 }, { unique: true, partialFilterExpression: { isRetired: false } })
    .index({ tenantId: 1, code: 1 }, { name: 'code_in_any_case', collation: IN_ANY_CASE })
    .index({ tenantId: 1, isRetired: 1, level: -1, name: 1, _id: 1 })
    .index({ tenantId: 1, isRetired: 1, level: 1, _id: 1 })
    .index({ tenantId: 1, isRetired: 1, name: 1, _id: 1 })
    .index({ tenantId: 1, isRetired: 1, code: 1, _id: 1 })
    .index({ tenantId: 1, isRetired: 1, createdAt: 1, _id: 1 })
    .index({ tenantId: 1, isRetired: 1, updatedAt: 1, _id: 1 });

const userTags = () =>
  new Schema({ _id: Number, tenantId }, plain)
    .index({ tenantId: 1, memberId: 1, tagId: 1 }, { unique: true })
    .index({ tenantId: 1, grantedAt: 1, _id: 1 })
    .index({ tenantId: 1, expiresAt: 1, _id: 1 })
    .index({ tenantId: 1, tagId: 1, grantedAt: 1, _id: 1 })
    .index({ tenantId: 1, tagId: 1, expiresAt: 1, _id: 1 })
    .index({ tenantId: 1, status: 1, grantedAt: 1, _id: 1 })
    .index({ tenantId: 1, status: 1, expiresAt: 1, _id: 1 })
    .index({ tenantId: 1, dueAt: 1 })
    // All that the census looks at, so that it reads no document.
    .index({ tenantId: 1, tagId: 1, status: 1, memberId: 1, expiresAt: 1, graceEndsAt: 1 })
    // The clock looks over all tenants for what is due, and auto-renewal for what is to be renewed.
    .index({ dueAt: 1, _id: 1 })
    .index({ 'renewal.at': 1 }, { partialFilterExpression: { 'renewal.at': { $type: 'date' } } });

const history = () =>
  new Schema({ _id: Number, tenantId }, plain).index(
    { tenantId: 1, userTagId: 1, sequence: -1 },
    { unique: true },
  );

const pointsRates = () => new Schema({ _id: Number, tenantId }, plain);

const purchases = () =>
  new Schema({ _id: Number, tenantId }, plain)
    .index({ tenantId: 1, createdAt: -1, _id: -1 })
    .index({ tenantId: 1, memberId: 1, createdAt: -1, _id: -1 })
    .index({ tenantId: 1, tagId: 1, createdAt: -1, _id: -1 })
    .index({ tenantId: 1, status: 1, createdAt: -1, _id: -1 })
    // Whether a purchase of a tag is on its way.
    .index({ tenantId: 1, memberId: 1, tagId: 1 }, { partialFilterExpression: { status: 'requested' } })
    // However often the renewal of one end is started, it is bought once.
    .index(
      { tenantId: 1, renewsUserTagId: 1, renewsEnd: 1 },
      { unique: true, partialFilterExpression: { renewsEnd: { $type: 'date' } } },
    )
    // The timeout looks over all tenants for what nobody settled.
    .index({ dueAt: 1 }, { partialFilterExpression: { status: 'requested' } });

/** Declares the collections on a connection. */
export const modelsOf = (connection: Connection) => ({
  tags: new TenantCollection<Tag>(connection, 'tags', tags()),
  userTags: new TenantCollection<UserTagDocument>(connection, 'user_tags', userTags()),
  history: new TenantCollection<HistoryEntry>(connection, 'user_tag_history', history()),
  pointsRates: new TenantCollection<PointsRate>(connection, 'points_rates', pointsRates()),
  purchases: new TenantCollection<Purchase>(connection, 'purchases', purchases()),
});
