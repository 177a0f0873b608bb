/** The collections of this service. Every index of a list leads with the tenant; the others say why they do not. */
import { Schema, type Connection } from 'mongoose';
import { TenantCollection } from '@membership/platform/mongo';
import { IN_ANY_DIVISION } from '@membership/platform/spelling';
import type { Assignment } from './domain/assignment.ts';
import type { AssignmentBatch } from './domain/assignment-batch.ts';
import type { ApplicationRow } from './domain/application-row.ts';
import type { Plan, Product } from './domain/product.ts';
import type { Device } from './domain/device.ts';
import { endedWithDevices, forJobs, hasLease } from './job-indexes.ts';
import type { License } from './domain/license.ts';
import type { MemberActivity, MemberDay, PlanDay } from './domain/tally.ts';
import type { UsageInterval } from './usage/usage.ts';

const options = { versionKey: false, id: false, minimize: false } as const;
const tenantId = { type: Number, required: true } as const;
const newestFirst = { createdAt: -1, _id: -1 } as const;
const latestAssigned = { assignedAt: -1, _id: -1 } as const;

const products = () =>
  new Schema(
    {
      _id: Number,
      tenantId,
      name: String,
      version: String,
      description: String,
      applicationId: Number,
      isActive: Boolean,
      isRetired: Boolean,
      sequence: Number,
      createdAt: Date,
      updatedAt: Date,
    },
    options,
  )
    .index({ tenantId: 1, ...newestFirst })
    .index({ tenantId: 1, name: 1, _id: 1 })
    .index({ tenantId: 1, applicationId: 1, ...newestFirst });

const plans = () =>
  new Schema(
    {
      _id: Number,
      tenantId,
      productId: Number,
      name: String,
      description: String,
      features: Schema.Types.Mixed,
      defaultLimits: Schema.Types.Mixed,
      policy: Schema.Types.Mixed,
      leaseGivenAt: Date,
      isActive: Boolean,
      isRetired: Boolean,
      sequence: Number,
      createdAt: Date,
      updatedAt: Date,
    },
    options,
  )
    .index({ tenantId: 1, ...newestFirst })
    .index({ tenantId: 1, name: 1, _id: 1 })
    .index({ tenantId: 1, productId: 1, ...newestFirst })
    .index({ leaseGivenAt: 1, _id: 1 }, { partialFilterExpression: { leaseGivenAt: { $type: 'date' } } });

const licenses = () =>
  new Schema(
    {
      _id: Number,
      tenantId,
      productId: Number,
      planId: Number,
      licenseKey: String,
      maxActivations: Number,
      boundDevices: Number,
      openAssignments: Number,
      status: String,
      expiresAt: Date,
      notes: String,
      revokedAt: Date,
      revokeReason: String,
      isRemoved: Boolean,
      endsMoveSince: Date,
      sequence: Number,
      createdAt: Date,
      updatedAt: Date,
    },
    options,
  )
    // A key names its licence over the whole platform: it is what finds the tenant.
    .index({ licenseKey: 1 }, { unique: true })
    .index({ licenseKey: 1 }, { name: 'key_in_any_spelling', collation: IN_ANY_DIVISION })
    .index({ tenantId: 1, ...newestFirst })
    .index({ tenantId: 1, expiresAt: -1, _id: -1 })
    .index({ tenantId: 1, status: 1, ...newestFirst })
    .index({ tenantId: 1, status: 1, expiresAt: -1, _id: -1 })
    .index({ tenantId: 1, productId: 1, ...newestFirst })
    .index({ tenantId: 1, planId: 1, ...newestFirst })
    .index({ expiresAt: 1, _id: 1 }, { partialFilterExpression: { status: 'active', ...forJobs } })
    // What may be nearly full: its keys change when a second device comes, and not with each.
    .index(
      { tenantId: 1, ...newestFirst },
      {
        name: 'several_devices',
        partialFilterExpression: { status: 'active', boundDevices: { $gte: 2 } },
      },
    )
    .index({ endsMoveSince: 1, _id: 1 }, { partialFilterExpression: { endsMoveSince: { $type: 'date' } } })
    .index({ openAssignments: 1, _id: 1 }, { partialFilterExpression: { status: 'revoked', ...forJobs } });

const assignments = () =>
  new Schema(
    {
      _id: Number,
      tenantId,
      memberId: Number,
      licenseId: Number,
      productId: Number,
      planId: Number,
      status: String,
      isOpen: Boolean,
      suspendedFrom: String,
      type: { type: String },
      assignedAt: Date,
      activatedAt: Date,
      lastUsedAt: Date,
      expiresAt: Date,
      ownExpiresAt: Date,
      reason: String,
      notes: String,
      statusReason: String,
      maxConcurrentDevices: Number,
      boundDevices: Number,
      recentBindings: [Date],
      recentDevices: [Schema.Types.Mixed],
      usedSeconds: Number,
      sequence: Number,
      updatedAt: Date,
    },
    options,
  )
    // A member holds a licence once.
    .index(
      { tenantId: 1, memberId: 1, licenseId: 1 },
      { unique: true, partialFilterExpression: { isOpen: true } },
    )
    .index({ tenantId: 1, ...latestAssigned })
    .index({ tenantId: 1, activatedAt: -1, _id: -1 })
    .index({ tenantId: 1, expiresAt: -1, _id: -1 })
    .index({ tenantId: 1, memberId: 1, ...latestAssigned })
    .index({ tenantId: 1, licenseId: 1, ...latestAssigned })
    .index({ tenantId: 1, status: 1, ...latestAssigned })
    .index({ tenantId: 1, status: 1, expiresAt: -1, _id: -1 })
    .index({ tenantId: 1, isOpen: 1, expiresAt: 1 })
    .index({ expiresAt: 1, _id: 1 }, { partialFilterExpression: { isOpen: true, ...forJobs } })
    .index({ boundDevices: 1, _id: 1 }, { partialFilterExpression: { ...endedWithDevices, ...forJobs } });

const batches = () =>
  new Schema(
    {
      _id: Number,
      tenantId,
      actor: Schema.Types.Mixed,
      requestId: String,
      language: String,
      commands: [Schema.Types.Mixed],
      results: [Schema.Types.Mixed],
      isRunning: Boolean,
      createdAt: Date,
      completedAt: Date,
    },
    options,
  )
    .index({ tenantId: 1, ...newestFirst })
    // What is to be done next, over all tenants.
    .index({ createdAt: 1, _id: 1 }, { partialFilterExpression: { isRunning: true } })
    .index({ completedAt: 1 }, { expireAfterSeconds: 30 * 24 * 3_600 });

const devices = () =>
  new Schema(
    {
      _id: String,
      tenantId,
      assignmentId: Number,
      licenseId: Number,
      memberId: Number,
      deviceId: String,
      deviceName: String,
      hardwareFingerprint: String,
      osName: String,
      osVersion: String,
      boundAt: Date,
      lastSeenAt: Date,
      awayUntil: Date,
      leaseUntil: Date,
      leftAt: Date,
    },
    options,
  )
    .index({ tenantId: 1, assignmentId: 1, boundAt: 1, _id: 1 })
    // Which device software runs on, when it validates a licence.
    .index({ tenantId: 1, licenseId: 1, hardwareFingerprint: 1 })
    .index({ leaseUntil: 1, _id: 1 }, { partialFilterExpression: hasLease });

const intervals = () =>
  new Schema(
    { _id: Number, tenantId, assignmentId: Number, deviceId: String, startedAt: Date, endedAt: Date },
    options,
  )
    .index({ tenantId: 1, assignmentId: 1, endedAt: -1, _id: -1 })
    // What a reported interval touches.
    .index({ tenantId: 1, assignmentId: 1, deviceId: 1, endedAt: 1 });

const amounts = { assigned: Number, activated: Number, bound: Number, usedSeconds: Number } as const;
const planDays = () =>
  new Schema(
    { _id: String, tenantId, productId: Number, planId: Number, day: String, ...amounts, version: Number },
    options,
  ).index({ tenantId: 1, day: 1, productId: 1 });

const memberDays = () =>
  new Schema(
    { _id: String, tenantId, memberId: Number, productId: Number, planId: Number, day: String, ...amounts },
    options,
  ).index({ tenantId: 1, memberId: 1, day: 1 });

const memberActivity = () =>
  new Schema(
    {
      _id: String,
      tenantId,
      memberId: Number,
      openAssignments: Number,
      boundDevices: Number,
      lastUsedAt: Date,
      lastEventAt: Date,
    },
    options,
  )
    .index({ tenantId: 1, lastEventAt: -1, memberId: -1 })
    // Those who have devices, however long ago anything happened.
    .index(
      { tenantId: 1, lastEventAt: -1, memberId: -1 },
      { name: 'members_with_devices', partialFilterExpression: { boundDevices: { $gt: 0 } } },
    )
    .index({ tenantId: 1, lastUsedAt: -1, memberId: -1 });

const applications = () =>
  new Schema(
    {
      _id: Number,
      tenantId,
      name: String,
      code: String,
      isActive: Boolean,
      isDeleted: Boolean,
      sequence: Number,
    },
    { ...options, strict: false },
  ).index({ tenantId: 1, _id: 1 });

/** Declares the collections on a connection. */
export const modelsOf = (connection: Connection) => ({
  products: new TenantCollection<Product>(connection, 'products', products()),
  plans: new TenantCollection<Plan>(connection, 'plans', plans()),
  licenses: new TenantCollection<License>(connection, 'licenses', licenses()),
  assignments: new TenantCollection<Assignment>(connection, 'assignments', assignments()),
  batches: new TenantCollection<AssignmentBatch>(connection, 'assignment_batches', batches()),
  devices: new TenantCollection<Device>(connection, 'devices', devices()),
  intervals: new TenantCollection<UsageInterval>(connection, 'usage_intervals', intervals()),
  planDays: new TenantCollection<PlanDay>(connection, 'plan_days', planDays()),
  memberDays: new TenantCollection<MemberDay>(connection, 'member_days', memberDays()),
  memberActivity: new TenantCollection<MemberActivity>(connection, 'member_activity', memberActivity()),
  applications: new TenantCollection<ApplicationRow>(connection, 'applications', applications()),
});
export type Models = ReturnType<typeof modelsOf>;
