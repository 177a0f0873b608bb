/** Each index is named with the question that needs it: one that none needs costs every write. */
import { IN_ANY_CASE } from '@membership/platform/spelling';
import { DIRECTORY_USES, indexFaults, type IndexUses } from '@membership/platform/testing/index-uses';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { vipService } from '../src/service.ts';

let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(vipService);
});
afterAll(() => kit?.stop());

const now = new Date();
const all = { tenantId: 1 };
const offered = { ...all, isRetired: false };
const newest = { createdAt: -1, _id: -1 } as const;
const granted = { grantedAt: 1, _id: 1 } as const;
const ending = { expiresAt: 1, _id: 1 } as const;

const USES: IndexUses = {
  ...DIRECTORY_USES,
  tags: {
    code_in_any_case: {
      why: 'a code in any case',
      filter: { ...all, code: 'gold' },
      collation: IN_ANY_CASE,
    },
    'tenantId_1_isRetired_1_level_-1_name_1__id_1': {
      why: 'listTags as it is, highest level first',
      filter: offered,
      sort: { level: -1, name: 1, _id: 1 },
    },
    tenantId_1_isRetired_1_level_1__id_1: {
      why: 'listTags by level',
      filter: offered,
      sort: { level: 1, _id: 1 },
    },
    tenantId_1_isRetired_1_name_1__id_1: {
      why: 'listTags by name',
      filter: offered,
      sort: { name: 1, _id: 1 },
    },
    tenantId_1_isRetired_1_code_1__id_1: {
      why: 'listTags by code',
      filter: offered,
      sort: { code: 1, _id: 1 },
    },
    tenantId_1_isRetired_1_createdAt_1__id_1: {
      why: 'listTags by created_at',
      filter: offered,
      sort: { createdAt: 1, _id: 1 },
    },
    tenantId_1_isRetired_1_updatedAt_1__id_1: {
      why: 'listTags by updated_at',
      filter: offered,
      sort: { updatedAt: 1, _id: 1 },
    },
  },
  user_tags: {
    tenantId_1_grantedAt_1__id_1: { why: 'listUserTags', filter: all, sort: granted },
    tenantId_1_expiresAt_1__id_1: { why: 'listUserTags by expires_at', filter: all, sort: ending },
    tenantId_1_tagId_1_grantedAt_1__id_1: {
      why: 'listUserTags of a tag',
      filter: { ...all, tagId: 3 },
      sort: granted,
    },
    tenantId_1_tagId_1_expiresAt_1__id_1: {
      why: 'listUserTags of a tag by expires_at',
      filter: { ...all, tagId: 3 },
      sort: ending,
    },
    tenantId_1_status_1_grantedAt_1__id_1: {
      why: 'listUserTags by status',
      filter: { ...all, status: 'revoked' },
      sort: granted,
    },
    tenantId_1_status_1_expiresAt_1__id_1: {
      why: 'listUserTags by status and expires_at',
      filter: { ...all, status: 'revoked' },
      sort: ending,
    },
    tenantId_1_dueAt_1: {
      why: 'listUserTags by status: what the clock has overtaken',
      filter: { ...all, dueAt: { $lte: now } },
    },
    tenantId_1_tagId_1_status_1_memberId_1_expiresAt_1_graceEndsAt_1: {
      why: 'the overview, which reads no document',
      filter: { ...all, tagId: { $gt: 0 } },
      projection: { _id: 0, tagId: 1, status: 1, memberId: 1, expiresAt: 1, graceEndsAt: 1 },
    },
    dueAt_1__id_1: {
      why: 'the job that ends what is due',
      filter: { dueAt: { $lte: now } },
      sort: { dueAt: 1, _id: 1 },
    },
    'renewal.at_1': {
      why: 'the job that renews what is due',
      filter: { 'renewal.at': { $lte: now, $type: 'date' } },
      sort: { 'renewal.at': 1 },
    },
  },
  purchases: {
    'tenantId_1_createdAt_-1__id_-1': { why: 'listPurchases', filter: all, sort: newest },
    'tenantId_1_memberId_1_createdAt_-1__id_-1': {
      why: 'listPurchases of a member',
      filter: { ...all, memberId: 5 },
      sort: newest,
    },
    'tenantId_1_tagId_1_createdAt_-1__id_-1': {
      why: 'listPurchases of a tag',
      filter: { ...all, tagId: 3 },
      sort: newest,
    },
    'tenantId_1_status_1_createdAt_-1__id_-1': {
      why: 'listPurchases by status',
      filter: { ...all, status: 'failed' },
      sort: newest,
    },
    tenantId_1_memberId_1_tagId_1: {
      why: 'whether a purchase of a tag is on its way',
      filter: { ...all, memberId: 5, tagId: 3, status: 'requested' },
    },
    dueAt_1: {
      why: 'the job that ends purchases which nobody settled',
      filter: { status: 'requested', dueAt: { $lte: now } },
      sort: { dueAt: 1 },
    },
  },
};

test('every index is named with a question that needs it', async () => {
  expect(await indexFaults(kit.connection, USES)).toEqual([]);
});
