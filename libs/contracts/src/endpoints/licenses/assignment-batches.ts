/** Batches of licence assignments (seed 002): at once, or after the answer with their progress. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { byId, count, id, instant, ordering, pageQuery } from '../../schemas.ts';
import { assignmentDetails } from './assignments.ts';
import { licenseIdInput, memberIdInput } from './shared.ts';

const head = { service: 'licenses', access: ['admin'], dialect: 'data', tag: 'Licence assignments' } as const;

const batchBody = z.strictObject({
  assignments: z
    .array(z.strictObject({ member_id: memberIdInput, license_id: licenseIdInput, ...assignmentDetails }))
    .min(1)
    .max(1_000),
  common_settings: z.strictObject(assignmentDetails).default({}),
});
const batchCounts = { total: count, successful_count: count, failed_count: count };
const batchResult = z.object({
  index: count,
  member_id: id,
  license_id: id,
  status: z.enum(['success', 'failed']),
  assignment_id: id.optional(),
  error: z
    .object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) })
    .optional(),
});

export const batchAssign = endpoint({
  ...head,
  name: 'batchAssign',
  method: 'post',
  path: '/api/v1/license-assignments/batch-assign/',
  kind: 'action',
  summary: { zh: '批量分配操作', en: 'Assign licences to many members' },
  description: {
    zh: '最多1,000行，每行一个结果；被拒绝的行不影响其余各行。行中省略的内容取自 `common_settings`。',
    en: 'At most 1,000 rows, one result a row; a row that is refused does not undo the others. What a row leaves out comes from `common_settings`.',
  },
  body: batchBody,
  bodyLimit: 2 * 1024 * 1024,
  timeoutSeconds: 30,
  response: z.object({ ...batchCounts, results: z.array(batchResult) }),
  message: { zh: '成功创建 {count} 条记录', en: 'Created {count} records' },
  refusals: ['VALIDATION_ERROR'],
  examples: {
    params: { count: 2 },
    request: {
      assignments: [
        { member_id: 10, license_id: 5, assignment_type: 'group_assign' },
        { member_id: 11, license_id: 5, assignment_type: 'group_assign' },
      ],
      common_settings: {
        expires_days: 365,
        assignment_reason: '开发团队统一申请',
        assignment_notes: '批量分配给开发团队成员',
      },
    },
    response: {
      total: 2,
      successful_count: 1,
      failed_count: 1,
      results: [
        { index: 0, member_id: 10, license_id: 5, status: 'success', assignment_id: 158 },
        {
          index: 1,
          member_id: 11,
          license_id: 5,
          status: 'failed',
          error: { code: 'BIZ_003', message: '重复的许可证分配', details: {} },
        },
      ],
    },
  },
});

const batchStatuses = ['running', 'completed'] as const;
const batchProgress = z.object({
  batch_id: id,
  status: z.enum(batchStatuses),
  ...batchCounts,
  created_at: instant,
  completed_at: instant.nullable(),
});
const progressExample = {
  batch_id: 7,
  status: 'running',
  total: 2,
  successful_count: 0,
  failed_count: 0,
  created_at: '2024-09-24T10:00:00Z',
  completed_at: null,
};

export const startBatch = endpoint({
  ...head,
  name: 'startBatch',
  method: 'post',
  path: '/api/v1/license-assignments/batches/',
  kind: 'action',
  status: 202,
  summary: { zh: '后台批量分配', en: 'Assign licences to very many members in the background' },
  description: {
    zh: '与 batch-assign 相同，但在响应之后执行，每次100行；进度请查询 `batches/{batch_id}/`。进程中途终止时，从停下的地方继续。结果保留30天。',
    en: 'As batch-assign, done after the answer, 100 rows at a time; ask `batches/{batch_id}/` how far it is. A process that dies in the middle goes on where it stopped. Known for 30 days.',
  },
  body: batchBody,
  bodyLimit: 2 * 1024 * 1024,
  response: batchProgress,
  message: { zh: '批量分配已开始', en: 'Batch started' },
  refusals: ['VALIDATION_ERROR'],
  examples: {
    request: { assignments: [{ member_id: 10, license_id: 5 }], common_settings: { expires_days: 365 } },
    response: progressExample,
  },
});

export const listBatches = endpoint({
  ...head,
  name: 'listBatches',
  method: 'get',
  path: '/api/v1/license-assignments/batches/',
  kind: 'list',
  summary: { zh: '批量分配列表', en: 'List the batches of assignments' },
  description: {
    zh: '最近30天的批次及其进度；各行的结果请查询 `batches/{batch_id}/`。',
    en: 'The batches of the last 30 days, each with how far it is; ask `batches/{batch_id}/` for the results of its rows.',
  },
  query: z.strictObject({
    status: z.enum(batchStatuses).optional(),
    ordering: ordering(['created_at'], '-created_at'),
    ...pageQuery(),
  }),
  response: batchProgress,
  examples: { response: progressExample },
});

export const getBatch = endpoint({
  ...head,
  name: 'getBatch',
  method: 'get',
  path: '/api/v1/license-assignments/batches/:id/',
  kind: 'object',
  summary: { zh: '批量分配进度', en: 'How far a batch of assignments is' },
  description: {
    zh: '执行进度，以及已完成各行的结果。',
    en: 'How far it is, and the results of the rows that are done.',
  },
  params: byId,
  response: batchProgress.extend({ results: z.array(batchResult) }),
  refusals: ['BIZ_001'],
  examples: {
    response: {
      ...progressExample,
      successful_count: 1,
      results: [{ index: 0, member_id: 10, license_id: 5, status: 'success', assignment_id: 158 }],
    },
  },
});
