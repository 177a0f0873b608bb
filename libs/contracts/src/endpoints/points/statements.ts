/** A profile through time: its statement, its balance at a moment, what will end when. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { byId, day, id, instant, instantInput, queryInteger } from '../../schemas.ts';
import { pointTypes, recordStatuses } from './ledger.ts';
import { both } from '../../text.ts';
import { statementExample } from './examples.ts';

const family = { service: 'points', dialect: 'drf', tag: 'Points statements', access: ['member'] } as const;
export const statementFormats = ['json', 'csv', 'ndjson'] as const;
export const statementEntry = z.object({
  record_id: id,
  created_at: instant,
  point_type: z.enum(pointTypes),
  category: z.string(),
  subcategory: z.string().nullable(),
  points: z.int().meta({ description: both('带正负号', 'Signed') }),
  balance_before: z.int(),
  balance_after: z.int(),
  status: z.enum(recordStatuses),
  source_type: z.string(),
  source_id: z.union([z.int(), z.string()]).nullable(),
  reason: z.string().nullable(),
  reverses_record_id: id.nullable(),
});

export const getStatement = endpoint({
  ...family,
  name: 'getStatement',
  method: 'get',
  path: '/api/v1/points/profiles/:id/statement/',
  kind: 'stream',
  alsoAs: ['text/csv', 'application/x-ndjson'],
  summary: {
    zh: '按顺序列出档案的积分记录，附逐笔余额',
    en: 'The records of a profile in their order, with the running balance',
  },
  description: {
    zh: '日期按租户时区，包含首尾两天；默认最近30天。JSON 分页返回（`cursor`、`page_size`）；`format=csv` 和 `format=ndjson` 以文件形式输出全部，每条一行。',
    en: 'Days are the tenant’s, both included; the last 30 unless said. JSON comes in pages (`cursor`, `page_size`); `format=csv` and `format=ndjson` stream all of it as a file, a line an entry.',
  },
  params: byId,
  query: z.strictObject({
    date_from: z.iso.date().optional(),
    date_to: z.iso.date().optional(),
    format: z.enum(statementFormats).default('json'),
    cursor: queryInteger(1).optional(),
    page_size: queryInteger(1)
      .transform((size) => Math.min(size, 100))
      .default(20),
  }),
  response: z.object({
    member: id,
    date_from: day,
    date_to: day,
    opening_balance: z.int(),
    closing_balance: z.int(),
    entries: z.array(statementEntry),
    next_cursor: z.string().nullable(),
  }),
  examples: {
    response: statementExample,
    files: {
      'text/csv':
        'record_id,created_at,point_type,category,subcategory,points,balance_before,balance_after,status,source_type,source_id,reason,reverses_record_id\r\n' +
        '457,2025-09-20T08:00:00.000Z,earn,purchase,,500,2000,2500,active,system,,,\r\n',
      'application/x-ndjson':
        '{"record_id":457,"created_at":"2025-09-20T08:00:00.000Z","point_type":"earn","category":"purchase","subcategory":null,"points":500,"balance_before":2000,"balance_after":2500,"status":"active","source_type":"system","source_id":null,"reason":null,"reverses_record_id":null}\n',
    },
  },
});
export const getBalance = endpoint({
  ...family,
  name: 'getBalance',
  method: 'get',
  path: '/api/v1/points/profiles/:id/balance/',
  kind: 'object',
  summary: { zh: '档案在某一时刻的余额', en: 'The balance of a profile at a moment' },
  description: {
    zh: '默认为现在，除非用 `at` 指定；不接受未来的时间。',
    en: 'Now unless `at` says another time; the future is refused.',
  },
  params: byId,
  query: z.strictObject({ at: instantInput.optional() }),
  response: z.object({
    member: id,
    at: instant,
    total_points: z.int(),
    available_points: z.int(),
    frozen_points: z.int(),
  }),
  examples: {
    response: {
      member: 123,
      at: '2025-09-25T16:00:00Z',
      total_points: 2500,
      available_points: 2300,
      frozen_points: 200,
    },
  },
});
export const getExpiringPoints = endpoint({
  ...family,
  name: 'getExpiringPoints',
  method: 'get',
  path: '/api/v1/points/profiles/:id/expiring/',
  kind: 'object',
  summary: { zh: '档案的哪些积分在哪一天到期', en: 'Which points of a profile end on which day' },
  description: {
    zh: '从今天起的未来若干天，按租户时区计算。冻结的积分随冻结结束，不计在内。',
    en: 'Of the coming days, today among them, as the tenant counts days. What is held ends with its hold and is left out.',
  },
  params: byId,
  query: z.strictObject({ days: queryInteger(1, 3_660).default(90) }),
  response: z.object({
    member: id,
    days: z.int(),
    total_points: z.int().meta({ description: both('在这些天内到期的积分', 'What ends within these days') }),
    by_day: z.array(z.object({ date: day, points: z.int() })),
    next_expiry_at: instant.nullable(),
    without_end: z.int().meta({ description: both('永不到期的积分', 'Points that never end') }),
  }),
  examples: {
    response: {
      member: 123,
      days: 90,
      total_points: 120,
      by_day: [{ date: '2025-12-20', points: 120 }],
      next_expiry_at: '2025-12-20T16:00:00Z',
      without_end: 1000,
    },
  },
});
export const expirePoints = endpoint({
  ...family,
  name: 'expirePoints',
  method: 'post',
  path: '/api/v1/points/expire/',
  access: ['admin'],
  kind: 'action',
  summary: { zh: '立即处理整个租户内已到期的积分', en: 'End what is due now, in the whole tenant' },
  description: {
    zh: '后台任务会在一分钟内自动处理。最多几秒后返回：`is_complete` 说明是否已全部处理。',
    en: 'A job does so by itself within a minute. Answers after some seconds at most: `is_complete` says whether anything is left.',
  },
  response: z.object({ profiles: z.int(), is_complete: z.boolean(), timestamp: instant }),
  message: { zh: '已处理 {profiles} 个到期的用户档案', en: 'Ended what was due in {profiles} profiles' },
  examples: { response: { profiles: 12, is_complete: true, timestamp: '2025-09-25T16:00:00Z' } },
});
