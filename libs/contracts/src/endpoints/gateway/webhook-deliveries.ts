/** Outgoing webhooks: what became of each event that an endpoint wanted, and what is sent by hand. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import { byId, id, idFilter, instant, instantInput, ordering, pageQuery } from '../../schemas.ts';
import { both } from '../../text.ts';
import { noBody, webhooks } from './shapes.ts';

/** `webhook.ping` is no fact: the test message that `pingWebhookEndpoint` sends. */
export const PING = 'webhook.ping';

export const deliveryStatuses = ['pending', 'delivered', 'failed'] as const;
const deliveryStatus = z.enum(deliveryStatuses);
/** What the way or the receiver did wrong; the last three happen here. */
export const deliveryFailures = [
  'rejected',
  'timeout',
  'unreachable',
  'tls',
  'address_refused',
  'endpoint_disabled',
  'endpoint_deleted',
  'internal',
] as const;
const deliveryView = z
  .object({
    id,
    endpoint_id: id,
    event_id: z.string().meta({
      description: both(
        '请求头 `webhook-id`；每次尝试、每个端点都相同',
        'The header `webhook-id`; the same in every attempt and for every endpoint',
      ),
    }),
    type: z.string(),
    status: deliveryStatus,
    attempt_count: z.int(),
    next_attempt_at: instant.nullable(),
    status_code: z
      .int()
      .nullable()
      .meta({ description: both('最近一次尝试的结果', 'Of the last attempt') }),
    failure: z.enum(deliveryFailures).nullable(),
    created_at: instant,
    completed_at: instant.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });
const attemptView = z.object({
  at: instant,
  duration_ms: z.int(),
  status_code: z.int().nullable(),
  failure: z.enum(deliveryFailures).nullable(),
  reason: z
    .string()
    .nullable()
    .meta({
      description: both('途中的故障，例如 ECONNREFUSED', 'What went wrong on the way, such as ECONNREFUSED'),
    }),
  answer: z
    .string()
    .nullable()
    .meta({ description: both('响应的前1千字节', 'The first kilobyte of the answer') }),
});
const deliveryDetail = deliveryView
  .extend({
    payload: z.record(z.string(), z.unknown()).meta({ description: both('发送的内容', 'What is sent') }),
    attempts: z
      .array(attemptView)
      .meta({ description: both('最近30次，最早的在前', 'The last 30, oldest first') }),
  })
  .meta({ id: 'WebhookDeliveryDetail' });

const delivery = {
  id: 8001,
  endpoint_id: 1,
  event_id: 'c6f87718-6d76-407e-881e-d162ae2eb154',
  type: 'points.earned.v1',
  status: 'pending',
  attempt_count: 1,
  next_attempt_at: '2026-01-05T08:00:05.312Z',
  status_code: 500,
  failure: 'rejected',
  created_at: '2026-01-05T08:00:00.000Z',
  completed_at: null,
} as const;

export const listWebhookDeliveries = endpoint({
  ...webhooks,
  name: 'listWebhookDeliveries',
  method: 'get',
  path: '/api/v1/webhooks/deliveries/',
  kind: 'list',
  summary: {
    zh: '已发送、等待中或失败的投递；最新的在前',
    en: 'What was sent, is waiting, or failed; newest first',
  },
  query: z.strictObject({
    ...pageQuery(20),
    endpoint_id: idFilter.optional(),
    status: deliveryStatus.optional(),
    type: text().max(128).optional(),
    created_after: instantInput.optional(),
    created_before: instantInput.optional(),
    ordering: ordering(['created_at'], '-created_at'),
  }),
  response: deliveryView,
  examples: { response: delivery },
});

const detailSample = {
  ...delivery,
  payload: {
    type: 'points.earned.v1',
    timestamp: '2026-01-05T08:00:00.000Z',
    tenantid: 1,
    subject: '3',
    sequence: 7,
    data: { profileId: 3, points: 100 },
  },
  attempts: [
    {
      at: '2026-01-05T08:00:00.120Z',
      duration_ms: 41,
      status_code: 500,
      failure: 'rejected',
      reason: null,
      answer: 'Internal Server Error',
    },
  ],
} as const;

export const getWebhookDelivery = endpoint({
  ...webhooks,
  name: 'getWebhookDelivery',
  method: 'get',
  path: '/api/v1/webhooks/deliveries/:id/',
  kind: 'object',
  summary: { zh: '投递详情：发送的内容和每次尝试', en: 'One delivery: what is sent, and every attempt' },
  params: byId,
  response: deliveryDetail,
  examples: { response: detailSample },
});

export const retryWebhookDelivery = endpoint({
  ...webhooks,
  name: 'retryWebhookDelivery',
  method: 'post',
  path: '/api/v1/webhooks/deliveries/:id/retry/',
  kind: 'action',
  summary: {
    zh: '无论结果如何，立即重新投递；重试计划重新开始',
    en: 'Send it again now, whatever became of it; the schedule of attempts begins anew',
  },
  description: {
    zh: '`webhook-id` 不变，已收到过的接收方可据此识别。端点已停用或已删除：409。',
    en: 'The `webhook-id` stays, so a receiver that had it already knows it again. A disabled or deleted endpoint: 409.',
  },
  params: byId,
  body: noBody,
  response: deliveryView,
  message: { zh: '将立即重新投递', en: 'It is sent again now' },
  refusals: ['INVALID_STATE'],
  examples: { response: { ...delivery, next_attempt_at: '2026-01-05T08:00:02.000Z' } },
});

/** One transaction makes them due, and the operating guide gives a transaction ten seconds, however busy the database is. */
export const REPLAY_MAXIMUM = 1_000;
export const replayWebhookDeliveries = endpoint({
  ...webhooks,
  name: 'replayWebhookDeliveries',
  method: 'post',
  path: '/api/v1/webhooks/endpoints/:id/replay/',
  kind: 'action',
  summary: {
    zh: '重新投递某段时间内失败的投递，最早的在前',
    en: 'Send the failed deliveries of a time again, oldest first',
  },
  description: {
    zh: `一次最多 ${REPLAY_MAXIMUM} 条：\`remaining\` 不为0时请再次调用。`,
    en: `At most ${REPLAY_MAXIMUM} at a time: ask again while \`remaining\` is not 0.`,
  },
  params: byId,
  body: z
    .strictObject({ from: instantInput, to: instantInput.optional() })
    .refine(({ from, to }) => to === undefined || to >= from, {
      path: ['to'],
      error: both('不能早于 from', 'Must not be before `from`'),
    }),
  response: z.object({ replayed: z.int(), remaining: z.int() }),
  message: { zh: '将重新投递 {replayed} 条', en: '{replayed} are sent again' },
  refusals: ['INVALID_STATE'],
  examples: {
    request: { from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z' },
    response: { replayed: 12, remaining: 0 },
  },
});

export const pingWebhookEndpoint = endpoint({
  ...webhooks,
  name: 'pingWebhookEndpoint',
  method: 'post',
  path: '/api/v1/webhooks/endpoints/:id/ping/',
  kind: 'action',
  status: 202,
  summary: {
    zh: '发送一条测试消息，仅一次；结果请查看该投递',
    en: 'Send a test message, once; read the delivery to see what became of it',
  },
  description: {
    zh: '已停用的端点也可以发送，便于在启用前测试。',
    en: 'To a disabled endpoint, too, so that one can try before enabling it.',
  },
  params: byId,
  body: noBody,
  response: deliveryView,
  message: { zh: '测试消息已发送', en: 'A test message is on its way' },
  examples: {
    response: {
      ...delivery,
      event_id: 'ping_4be3b1d2',
      type: PING,
      attempt_count: 0,
      next_attempt_at: '2026-01-05T08:00:00.000Z',
      status_code: null,
      failure: null,
    },
  },
});
