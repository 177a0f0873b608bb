/** Points for many members at once, by an administrator (seed 003). */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import { id, pointsAmount, requiredText } from '../../schemas.ts';
import { both } from '../../text.ts';

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
  summary: { zh: '批量发放或扣除会员积分', en: 'Give or take points of many members at once' },
  description: {
    zh: '最多1,000行，按顺序处理，积分按所列数值（不计倍数，不受每日上限限制）。失败的行 `status` 为 failed，不影响其余各行；整体仍返回200。积分记录带有 `batch_id`。各行分小批提交，与其他写入并行。带 `Idempotency-Key` 时，平台未能完成的批次返回503，用同一个键重试即从停下的地方继续：任何一行都不会执行两次。不带键时，未执行的行的 `error.code` 为 SYS_002；为 OUTCOME_UNKNOWN 的行，重试之前请先查询。',
    en: 'At most 1,000 rows, decided in their order, points as named (no multiplier, no daily limit). A row that fails has `status` failed and does not undo the rest; the answer is 200 all the same. The records carry the `batch_id`. Rows are committed a few at a time, beside the writes of others. Under an `Idempotency-Key` a batch that the platform could not finish is refused with 503, and goes on where it stopped when it is repeated under the same key: no row is done twice. Without a key, rows that were not done have `error.code` SYS_002; of one with OUTCOME_UNKNOWN, look before you repeat it.',
  },
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
    total_points: z.int().meta({ description: both('成功各行的合计', 'Of the rows that succeeded') }),
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
