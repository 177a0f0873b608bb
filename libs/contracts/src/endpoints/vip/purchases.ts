/** What tags cost, stated before they are bought. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { byId, count, id, instant, queryInteger } from '../../schemas.ts';
import { LONGEST_DAYS } from './schemas.ts';

const common = { service: 'vip', dialect: 'drf', tag: 'VIP' } as const;

export const quoteTag = endpoint({
  ...common,
  name: 'quoteTag',
  method: 'get',
  path: '/api/v1/vip/tags/:id/quote/',
  access: ['member'],
  kind: 'object',
  summary: 'What a tag costs, and how long one would have it',
  description:
    'For the caller: a tag that it has is extended. Without `duration_days` the tag’s default counts. The yearly price from 365 days on, else the monthly one (30 days), pro rata by day and rounded up; a tag with one price is sold at that. Refuses what buying would refuse.',
  params: byId,
  query: z.strictObject({ duration_days: queryInteger(1, LONGEST_DAYS).optional() }),
  response: z
    .object({
      tag_id: id,
      tag_name: z.string(),
      tag_code: z.string(),
      duration_days: z.int().positive(),
      rate: z.enum(['monthly', 'yearly']),
      unit_price: z.number().min(0),
      unit_days: z.int().positive(),
      price: z.number().min(0),
      currency: z.string(),
      price_points: count,
      is_renewal: z.boolean(),
      starts_at: instant,
      expires_at: instant,
    })
    .meta({ id: 'TagQuote' }),
  refusals: ['VALIDATION_ERROR', 'BIZ_001', 'INVALID_STATE', 'VIP_DURATION_EXCEEDED'],
  examples: {
    response: {
      tag_id: 1,
      tag_name: 'VIP金牌',
      tag_code: 'VIP_GOLD',
      duration_days: 30,
      rate: 'monthly',
      unit_price: 99,
      unit_days: 30,
      price: 99,
      currency: 'CNY',
      price_points: 9_900,
      is_renewal: false,
      starts_at: '2025-09-25T10:00:00Z',
      expires_at: '2025-10-25T10:00:00Z',
    },
  },
});
