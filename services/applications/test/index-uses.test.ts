/** Each index is named with the question that needs it: one that none needs costs every write. */
import { IN_ANY_CASE } from '@membership/platform/spelling';
import { DIRECTORY_USES, indexFaults, type IndexUses } from '@membership/platform/testing/index-uses';
import { kit } from './the-service.ts';

const all = { tenantId: 1 };
const there = { ...all, isDeleted: false };
const of = { ...all, applicationId: 7 };
const newest = { createdAt: -1, _id: -1 } as const;

const USES: IndexUses = {
  ...DIRECTORY_USES,
  applications: {
    code_in_any_case: {
      why: 'a code in any case',
      filter: { ...all, code: 'app' },
      collation: IN_ANY_CASE,
    },
    tenantId_1_isDeleted_1_createdAt_1__id_1_status_1_isActive_1: {
      why: 'listApplications',
      filter: there,
      sort: { createdAt: -1, _id: -1 },
    },
    tenantId_1_isDeleted_1_updatedAt_1__id_1_status_1_isActive_1: {
      why: 'listApplications by updated_at',
      filter: there,
      sort: { updatedAt: 1, _id: 1 },
    },
    tenantId_1_isDeleted_1_name_1__id_1_status_1_isActive_1: {
      why: 'listApplications by name',
      filter: there,
      sort: { name: 1, _id: 1 },
    },
    tenantId_1_isDeleted_1_code_1__id_1_status_1_isActive_1: {
      why: 'listApplications by code',
      filter: there,
      sort: { code: 1, _id: 1 },
    },
  },
  articles: {
    'tenantId_1_author.id_1': {
      why: 'the erasure of an author',
      filter: { ...all, 'author.id': 5, 'author.name': { $ne: 'erased' } },
    },
    tenantId_1_applicationId_1_isDeleted_1_createdAt_1__id_1: {
      why: 'listArticles, drafts too',
      filter: { ...of, isDeleted: false },
      sort: newest,
    },
    tenantId_1_applicationId_1_isDeleted_1_status_1_createdAt_1__id_1: {
      why: 'listArticles as members see them',
      filter: { ...of, isDeleted: false, status: 'published' },
      sort: newest,
    },
  },
  feedbacks: {
    tenantId_1_applicationId_1_createdAt_1__id_1: { why: 'listFeedbacks', filter: of, sort: newest },
    tenantId_1_applicationId_1_status_1_createdAt_1__id_1: {
      why: 'listFeedbacks by status',
      filter: { ...of, status: 'open' },
      sort: newest,
    },
    tenantId_1_memberId_1_applicationId_1_createdAt_1__id_1_status_1: {
      why: 'listFeedbacks of a member',
      filter: { ...of, memberId: 5 },
      sort: newest,
    },
  },
  license_products: {
    tenantId_1_applicationId_1: { why: 'getApplication: what its licences are for', filter: of },
  },
  license_rows: {
    tenantId_1_productId_1: {
      why: 'getApplication: how many licences there are',
      filter: { ...all, productId: { $in: [3, 4] } },
    },
  },
  assignment_rows: {
    tenantId_1_productId_1_isActive_1_licenseId_1: {
      why: 'applicationStatistics: how many licences are in use',
      filter: { ...all, productId: { $in: [3, 4] }, isActive: true },
      projection: { _id: 0, licenseId: 1 },
    },
  },
};

test('every index is named with a question that needs it', async () => {
  expect(await indexFaults(kit.connection, USES)).toEqual([]);
});
