/** Each index is named with the question that needs it: one that none needs costs every write. */
import { IN_ANY_DIVISION } from '@membership/platform/spelling';
import { DIRECTORY_USES, indexFaults, type IndexUses } from '@membership/platform/testing/index-uses';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { endedWithDevices, forJobs, hasLease } from '../src/job-indexes.ts';
import { licensesService } from '../src/service.ts';

let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(licensesService);
});
afterAll(() => kit?.stop());

const now = new Date();
const all = { tenantId: 1 };
const newest = { createdAt: -1, _id: -1 } as const;
const assigned = { assignedAt: -1, _id: -1 } as const;
const lastEnd = { expiresAt: -1, _id: -1 } as const;
const byName = { name: 1, _id: 1 } as const;
const latest = { lastEventAt: -1, memberId: -1 } as const;

const USES: IndexUses = {
  ...DIRECTORY_USES,
  products: {
    'tenantId_1_createdAt_-1__id_-1': { why: 'listProducts', filter: all, sort: newest },
    tenantId_1_name_1__id_1: { why: 'listProducts by name', filter: all, sort: byName },
    'tenantId_1_applicationId_1_createdAt_-1__id_-1': {
      why: 'listProducts of an application',
      filter: { ...all, applicationId: 7 },
      sort: newest,
    },
  },
  plans: {
    'tenantId_1_createdAt_-1__id_-1': { why: 'listPlans', filter: all, sort: newest },
    tenantId_1_name_1__id_1: { why: 'listPlans by name', filter: all, sort: byName },
    'tenantId_1_productId_1_createdAt_-1__id_-1': {
      why: 'listPlans of a product',
      filter: { ...all, productId: 3 },
      sort: newest,
    },
    leaseGivenAt_1__id_1: {
      why: 'the job that gives leases',
      filter: { leaseGivenAt: { $lte: now, $type: 'date' } },
      sort: { leaseGivenAt: 1, _id: 1 },
    },
  },
  licenses: {
    key_in_any_spelling: {
      why: 'a key in any spelling',
      filter: { licenseKey: 'abc def ghi' },
      collation: IN_ANY_DIVISION,
    },
    'tenantId_1_createdAt_-1__id_-1': { why: 'listLicenses', filter: all, sort: newest },
    'tenantId_1_expiresAt_-1__id_-1': { why: 'listLicenses by expires_at', filter: all, sort: lastEnd },
    'tenantId_1_status_1_createdAt_-1__id_-1': {
      why: 'listLicenses by status',
      filter: { ...all, status: 'revoked' },
      sort: newest,
    },
    'tenantId_1_status_1_expiresAt_-1__id_-1': {
      why: 'listLicenses by status and expires_at',
      filter: { ...all, status: 'revoked' },
      sort: lastEnd,
    },
    'tenantId_1_productId_1_createdAt_-1__id_-1': {
      why: 'listLicenses of a product',
      filter: { ...all, productId: 3 },
      sort: newest,
    },
    'tenantId_1_planId_1_createdAt_-1__id_-1': {
      why: 'listLicenses of a plan',
      filter: { ...all, planId: 4 },
      sort: newest,
    },
    expiresAt_1__id_1: {
      why: 'the job that ends licences',
      filter: { ...forJobs, status: 'active', expiresAt: { $lte: now } },
      sort: { expiresAt: 1, _id: 1 },
    },
    several_devices: {
      why: 'listLicenses that are nearly full',
      filter: { ...all, status: 'active', boundDevices: { $gte: 2 } },
      sort: newest,
    },
    endsMoveSince_1__id_1: {
      why: 'the job that gives assignments another end',
      filter: { endsMoveSince: { $type: 'date' } },
      sort: { endsMoveSince: 1, _id: 1 },
    },
    openAssignments_1__id_1: {
      why: 'the job that finishes revocations',
      filter: { ...forJobs, status: 'revoked', openAssignments: { $gt: 0 } },
      sort: { openAssignments: 1, _id: 1 },
    },
  },
  assignments: {
    'tenantId_1_assignedAt_-1__id_-1': { why: 'listAssignments', filter: all, sort: assigned },
    'tenantId_1_activatedAt_-1__id_-1': {
      why: 'listAssignments by activated_at',
      filter: all,
      sort: { activatedAt: -1, _id: -1 },
    },
    'tenantId_1_expiresAt_-1__id_-1': { why: 'listAssignments by expires_at', filter: all, sort: lastEnd },
    'tenantId_1_memberId_1_assignedAt_-1__id_-1': {
      why: 'listMyLicenses',
      filter: { ...all, memberId: 5 },
      sort: assigned,
    },
    'tenantId_1_licenseId_1_assignedAt_-1__id_-1': {
      why: 'listAssignments of a licence',
      filter: { ...all, licenseId: 6 },
      sort: assigned,
    },
    'tenantId_1_status_1_assignedAt_-1__id_-1': {
      why: 'listAssignments by status',
      filter: { ...all, status: 'revoked' },
      sort: assigned,
    },
    'tenantId_1_status_1_expiresAt_-1__id_-1': {
      why: 'listAssignments by status and expires_at',
      filter: { ...all, status: 'revoked' },
      sort: lastEnd,
    },
    tenantId_1_isOpen_1_expiresAt_1: {
      why: 'the report of what ends soon',
      filter: { ...all, isOpen: true, expiresAt: { $gt: now } },
      sort: { expiresAt: 1 },
    },
    expiresAt_1__id_1: {
      why: 'the job that ends assignments',
      filter: { ...forJobs, isOpen: true, expiresAt: { $lte: now } },
      sort: { expiresAt: 1, _id: 1 },
    },
    boundDevices_1__id_1: {
      why: 'the job that unbinds devices of what has ended',
      filter: { ...forJobs, ...endedWithDevices },
      sort: { boundDevices: 1, _id: 1 },
    },
  },
  assignment_batches: {
    'tenantId_1_createdAt_-1__id_-1': { why: 'listBatches', filter: all, sort: newest },
    createdAt_1__id_1: {
      why: 'the batch that is to be done next',
      filter: { isRunning: true },
      sort: { createdAt: 1, _id: 1 },
      isWhole: true,
    },
  },
  devices: {
    tenantId_1_assignmentId_1_boundAt_1__id_1: {
      why: 'getAssignment: its devices',
      filter: { ...all, assignmentId: 8 },
      sort: { boundAt: 1, _id: 1 },
    },
    tenantId_1_licenseId_1_hardwareFingerprint_1: {
      why: 'validateLicense: which device software runs on',
      filter: { ...all, licenseId: 6, hardwareFingerprint: 'f' },
    },
    leaseUntil_1__id_1: {
      why: 'the job that frees the slots of devices which were not heard from',
      filter: { leaseUntil: { ...hasLease.leaseUntil, $lte: now } },
      sort: { leaseUntil: 1, _id: 1 },
    },
  },
  usage_intervals: {
    'tenantId_1_assignmentId_1_endedAt_-1__id_-1': {
      why: 'getAssignment: its latest usage',
      filter: { ...all, assignmentId: 8 },
      sort: { endedAt: -1, _id: -1 },
    },
    tenantId_1_assignmentId_1_deviceId_1_endedAt_1: {
      why: 'reportUsage: what an interval touches',
      filter: { ...all, assignmentId: 8, deviceId: 'd', endedAt: { $gte: now } },
    },
  },
  plan_days: {
    tenantId_1_day_1_productId_1: {
      why: 'reports of a period',
      filter: { ...all, day: { $gte: '2026-01-01' } },
    },
  },
  member_days: {
    tenantId_1_memberId_1_day_1: {
      why: 'the report of members, one by one',
      filter: { ...all, memberId: { $in: [5, 6] }, day: { $gte: '2026-01-01' } },
    },
  },
  member_activity: {
    'tenantId_1_lastEventAt_-1_memberId_-1': {
      why: 'the report of members: the latest first',
      filter: { ...all, lastEventAt: { $gte: now } },
      sort: latest,
    },
    members_with_devices: {
      why: 'the report of members: those who still have devices',
      filter: { ...all, lastEventAt: { $lt: now }, boundDevices: { $gt: 0 } },
      sort: latest,
    },
    'tenantId_1_lastUsedAt_-1_memberId_-1': {
      why: 'the report of activity: who used something last',
      filter: all,
      sort: { lastUsedAt: -1, memberId: -1 },
    },
  },
  applications: { tenantId_1__id_1: { why: 'the erasure of a tenant', filter: all } },
};

test('every index is named with a question that needs it', async () => {
  expect(await indexFaults(kit.connection, USES)).toEqual([]);
});
