/** Applications: the eight endpoints of seed 004, and restore. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { byId, count, flag, ordering, pageQuery, search } from '../../schemas.ts';
import {
  applicationDetail,
  applicationRow,
  applicationStatus,
  changeApplicationBody,
  createApplicationBody,
  replaceApplicationBody,
  writtenApplication,
} from './schemas.ts';

const common = { service: 'applications', dialect: 'app', tag: 'Applications' } as const;
const request = {
  name: '我的应用',
  code: 'my-app',
  description: '这是一个测试应用',
  current_version: '1.0.0',
  status: 'development',
  website: 'https://example.com',
  contact_email: 'contact@example.com',
  owner: '张三',
  team: '开发团队',
  tags: ['测试', '开发'],
};
const times = { created_at: '2025-11-21T14:31:49.522Z', updated_at: '2025-11-23T13:26:20.830Z' };
const response = {
  id: 1,
  ...request,
  status: 'development' as const,
  logo: null,
  is_active: true,
  metadata: {},
  ...times,
};

export const listApplications = endpoint({
  ...common,
  name: 'listApplications',
  method: 'get',
  path: '/api/v1/applications/',
  access: ['member'],
  kind: 'list',
  summary: 'List applications',
  description: 'Deleted applications are left out. `search` looks in name, code and description.',
  query: z.strictObject({
    ...pageQuery(10),
    status: applicationStatus.optional(),
    is_active: flag.optional(),
    search: search.optional(),
    ordering: ordering(['created_at', 'updated_at', 'name', 'code'], '-created_at'),
  }),
  response: applicationRow,
});

export const createApplication = endpoint({
  ...common,
  name: 'createApplication',
  method: 'post',
  path: '/api/v1/applications/',
  access: ['admin'],
  kind: 'object',
  summary: 'Register an application',
  description:
    'The answer’s `code` is the application’s own. A code that was ever taken in the tenant stays taken.',
  body: createApplicationBody,
  response: writtenApplication,
  refusals: ['VALIDATION_ERROR'],
  examples: { request, response },
});

export const getApplication = endpoint({
  ...common,
  name: 'getApplication',
  method: 'get',
  path: '/api/v1/applications/:id/',
  access: ['member'],
  kind: 'object',
  summary: 'One application with its counts',
  description:
    '`license_count`: licences ever issued for its products, those that were revoked, have ended or were removed among them. `article_count`: those that the caller may list, so drafts count for administrators alone.',
  params: byId,
  response: applicationDetail,
  refusals: ['BIZ_001'],
  examples: { response: { ...response, license_count: 5, feedback_count: 3, article_count: 10 } },
});

export const replaceApplication = endpoint({
  ...common,
  name: 'replaceApplication',
  method: 'put',
  path: '/api/v1/applications/:id/',
  access: ['admin'],
  kind: 'object',
  summary: 'Replace an application',
  description:
    'Every field is required, except `logo` and `metadata` (left out: emptied) and `is_active` (left out: unchanged).',
  params: byId,
  body: replaceApplicationBody,
  response: writtenApplication,
  refusals: ['VALIDATION_ERROR', 'BIZ_001'],
  examples: { request: { ...request, status: 'testing' }, response: { ...response, status: 'testing' } },
});

export const changeApplication = endpoint({
  ...common,
  name: 'changeApplication',
  method: 'patch',
  path: '/api/v1/applications/:id/',
  access: ['admin'],
  kind: 'object',
  summary: 'Change fields of an application',
  params: byId,
  body: changeApplicationBody,
  response: writtenApplication,
  refusals: ['VALIDATION_ERROR', 'BIZ_001'],
  examples: {
    request: { current_version: '2.5.0', description: '仅更新版本和描述' },
    response: { ...response, current_version: '2.5.0', description: '仅更新版本和描述' },
  },
});

export const deleteApplication = endpoint({
  ...common,
  name: 'deleteApplication',
  method: 'delete',
  path: '/api/v1/applications/:id/',
  access: ['admin'],
  kind: 'empty',
  summary: 'Delete an application, softly',
  description: 'It leaves the lists; its data stays, its code stays taken, and it can be restored.',
  params: byId,
  response: undefined,
  refusals: ['BIZ_001'],
});

export const restoreApplication = endpoint({
  ...common,
  name: 'restoreApplication',
  method: 'post',
  path: '/api/v1/applications/:id/restore/',
  access: ['admin'],
  kind: 'object',
  summary: 'Bring a deleted application back',
  params: byId,
  body: z.strictObject({}),
  response: writtenApplication,
  refusals: ['BIZ_001', 'INVALID_STATE'],
  examples: { request: {}, response },
});

export const applicationStatistics = endpoint({
  ...common,
  name: 'applicationStatistics',
  method: 'get',
  path: '/api/v1/applications/:id/statistics/',
  access: ['member'],
  kind: 'object',
  summary: 'Counts of licences, feedbacks and articles of an application',
  description:
    'A licence is active while at least one of its assignments is; `total` counts every licence that was ever issued for its products, those that were revoked, have ended or were removed among them. Articles are those that the caller may list, so drafts count for administrators alone.',
  params: byId,
  response: z.object({
    licenses: z.object({ total: count, active: count }),
    feedbacks: z.object({ total: count, open: count }),
    articles: z.object({ total: count }),
  }),
  refusals: ['BIZ_001'],
  examples: {
    response: {
      licenses: { total: 10, active: 7 },
      feedbacks: { total: 15, open: 5 },
      articles: { total: 8 },
    },
  },
});
