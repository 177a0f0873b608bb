/** Points for many members at once, by an administrator (seed 003). */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import { id, pointsAmount, requiredText } from '../../schemas.ts';

const row = z.object({
  user_id: id,
  status: z.enum(['success', 'failed']),
  transaction_id: z.string().nullable(),
  points: z.int(),
  error: z.object({ code: z.string(), message: z.string() }).nullish(),
});

export const batchPoints = endpoint({
  service: 'points',
  dialect: 'code',
  tag: 'Member system administration',
  name: 'batchPoints',
  method: 'post',
  path: '/api/v1/member-system/admin/points/batch',
  access: ['admin'],
  kind: 'action',
  summary: 'Give or take points of many members at once',
  description:
    'At most 1,000 rows, decided in their order, points as named (no multiplier, no daily limit). A row that fails has `status` failed and does not undo the rest; the answer is 200 all the same. The records carry the `batch_id`. Rows are committed a few at a time, beside the writes of others. Under an `Idempotency-Key` a batch that the platform could not finish is refused with 503, and goes on where it stopped when it is repeated under the same key: no row is done twice. Without a key, rows that were not done have `error.code` SYS_002; of one with OUTCOME_UNKNOWN, look before you repeat it.',
  bodyLimit: 1_048_576,
  timeoutSeconds: 60,
  body: z.strictObject({
    operation_type: z.enum(['EARN', 'USE']),
    reason: requiredText,
    operator: text().max(255).optional(),
    users: z
      .array(z.strictObject({ user_id: id, points: pointsAmount, note: text().max(255).optional() }))
      .min(1)
      .max(1_000),
  }),
  response: z.object({
    batch_id: z.string(),
    total_users: z.int(),
    successful_count: z.int(),
    failed_count: z.int(),
    total_points: z.int().meta({ description: 'Of the rows that succeeded' }),
    results: z.array(row),
  }),
  message: { zh: '批量操作成功', en: 'The batch was carried out' },
  examples: {
    request: {
      operation_type: 'EARN',
      reason: '系统补偿积分',
      operator: 'admin001',
      users: [
        { user_id: 1001, points: 100, note: '订单异常补偿' },
        { user_id: 1002, points: 150, note: '活动奖励' },
      ],
    },
    response: {
      code: 200,
      message: '批量操作成功',
      data: {
        batch_id: 'BAT123456789',
        total_users: 2,
        successful_count: 2,
        failed_count: 0,
        total_points: 250,
        results: [
          { user_id: 1001, status: 'success', transaction_id: 'PT123456791', points: 100 },
          { user_id: 1002, status: 'success', transaction_id: 'PT123456792', points: 150 },
        ],
      },
    },
  },
});
