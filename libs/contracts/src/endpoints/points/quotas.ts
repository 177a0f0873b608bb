/** Use of the quotas that levels and tags give. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { instant, pathId } from '../../schemas.ts';

export const consumeQuota = endpoint({
  service: 'points',
  dialect: 'drf',
  tag: 'Points profiles',
  name: 'consumeQuota',
  method: 'post',
  path: '/api/v1/points/profiles/:id/quotas/:name/consume/',
  access: ['admin', 'internal'],
  kind: 'object',
  summary: { zh: '使用一部分配额', en: 'Use up some of a quota' },
  description: {
    zh: '上限为成员有效权限中的值。名称以 `_per_hour`、`_per_day`、`_per_week` 或 `_per_month` 结尾的，按租户时区每个周期重新计算；其他的从不重新计算。超出上限时不使用任何配额。',
    en: 'The limit is the effective one of the member’s permissions. A name that ends in `_per_hour`, `_per_day`, `_per_week` or `_per_month` begins anew with each of them as the tenant counts; any other never does. Beyond the limit nothing is used.',
  },
  params: z.object({ id: pathId, name: z.string().regex(/^(?!constructor$)[a-z][a-z0-9_]{0,63}$/) }),
  body: z.strictObject({ amount: z.int().min(1).max(1_000_000).default(1) }),
  response: z.object({
    limit: z.int(),
    used: z.int(),
    remaining: z.int(),
    resets_at: instant.nullable(),
  }),
  refusals: ['BIZ_002'],
  examples: {
    request: { amount: 1 },
    response: { limit: 40, used: 1, remaining: 39, resets_at: '2026-02-14T16:00:00Z' },
  },
});
