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
  summary: { zh: '应用列表', en: 'List applications' },
  description: {
    zh: '不含已删除的应用。`search` 在名称、代码和描述中查找。',
    en: 'Deleted applications are left out. `search` looks in name, code and description.',
  },
  query: z.strictObject({
    ...pageQuery(10),
    status: applicationStatus.optional(),
    is_active: flag.optional(),
    search: search.optional(),
    ordering: ordering(['created_at', 'updated_at', 'name', 'code'], '-created_at'),
  }),
  response: applicationRow,
  examples: { response: applicationRow.parse(response) },
});

export const createApplication = endpoint({
  ...common,
  name: 'createApplication',
  method: 'post',
  path: '/api/v1/applications/',
  access: ['admin'],
  kind: 'object',
  summary: { zh: '注册应用', en: 'Register an application' },
  description: {
    zh: '响应中的 `code` 是应用自己的代码。租户内用过的代码不能再次使用。',
    en: 'The answer’s `code` is the application’s own. A code that was ever taken in the tenant stays taken.',
  },
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
  summary: { zh: '应用详情及各项数量', en: 'One application with its counts' },
  description: {
    zh: '`license_count`：为其产品发放过的所有许可证，包括已撤销、已到期和已删除的。`article_count`：调用者能列出的文章数，因此草稿只对管理员计入。超过10,000的数量每分钟统计一次。',
    en: '`license_count`: licences ever issued for its products, those that were revoked, have ended or were removed among them. `article_count`: those that the caller may list, so drafts count for administrators alone. Counts beyond 10,000 are a minute old at most.',
  },
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
  summary: { zh: '整体替换应用', en: 'Replace an application' },
  description: {
    zh: '所有字段必填；`logo` 和 `metadata` 省略即清空，`is_active` 省略则不变。',
    en: 'Every field is required, except `logo` and `metadata` (left out: emptied) and `is_active` (left out: unchanged).',
  },
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
  summary: { zh: '修改应用的部分字段', en: 'Change fields of an application' },
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
  summary: { zh: '删除应用（软删除）', en: 'Delete an application, softly' },
  description: {
    zh: '应用从列表中消失；数据保留，代码仍被占用，可以恢复。',
    en: 'It leaves the lists; its data stays, its code stays taken, and it can be restored.',
  },
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
  summary: { zh: '恢复已删除的应用', en: 'Bring a deleted application back' },
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
  summary: {
    zh: '应用的许可证、反馈和文章统计',
    en: 'Counts of licences, feedbacks and articles of an application',
  },
  description: {
    zh: '许可证只要有一个分配处于激活状态即算激活；`total` 统计为其产品发放过的所有许可证，包括已撤销、已到期和已删除的。文章为调用者能列出的文章，因此草稿只对管理员计入。超过10,000的数量每分钟统计一次。',
    en: 'A licence is active while at least one of its assignments is; `total` counts every licence that was ever issued for its products, those that were revoked, have ended or were removed among them. Articles are those that the caller may list, so drafts count for administrators alone. Counts beyond 10,000 are a minute old at most.',
  },
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
