/** Outgoing webhooks: where a tenant wants its events sent, and what became of each. docs/webhooks.md is the receiver's side. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { EVENT_PATTERN, matchesEventPattern } from '../../event-pattern.ts';
import { allEvents } from '../../events/index.ts';
import { disabledReasons } from '../../events/webhooks.ts';
import {
  byId,
  flag,
  httpUrl,
  id,
  idFilter,
  instant,
  instantInput,
  ordering,
  pageQuery,
  search,
  shortText,
} from '../../schemas.ts';
import { both } from '../../text.ts';

const webhooks = { service: 'gateway', dialect: 'data', tag: 'Webhooks', access: ['admin'] } as const;

/** `webhook.ping` is no fact: the test message that `pingWebhookEndpoint` sends. */
export const PING = 'webhook.ping';
const isKnown = (pattern: string): boolean =>
  EVENT_PATTERN.test(pattern) && allEvents.some(({ type }) => matchesEventPattern(pattern, type));
const eventTypes = z
  .array(
    z
      .string()
      .max(128)
      .refine(isKnown, {
        error: both(
          '未知的事件类型（如 points.earned.v1、points.*、*）',
          'No such event type (for example points.earned.v1, points.*, *)',
        ),
      }),
  )
  .min(1)
  .max(50)
  .transform((types) => [...new Set(types)]);
const payload = z.enum(['full', 'thin']);
const noBody = z.strictObject({});

const endpointView = z
  .object({
    id,
    url: z.string(),
    description: z.string(),
    event_types: z.array(z.string()),
    payload: payload.meta({ description: '`thin`: of the data only the ids' }),
    is_enabled: z.boolean(),
    disabled_reason: z.enum(disabledReasons).nullable(),
    disabled_at: instant.nullable(),
    failing_since: instant.nullable().meta({ description: 'First failure since the last success' }),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'WebhookEndpoint' });
const withSecret = endpointView
  .extend({ secret: z.string().meta({ description: '`whsec_` and Base64; shown this once' }) })
  .meta({ id: 'NewWebhookEndpoint' });

const sample = {
  id: 1,
  url: 'https://shop.example.com/hooks/membership',
  description: 'Order system',
  event_types: ['points.*', 'vip.granted.v1'],
  payload: 'full',
  is_enabled: true,
  disabled_reason: null,
  disabled_at: null,
  failing_since: null,
  created_at: '2026-01-05T08:00:00.000Z',
  updated_at: '2026-01-05T08:00:00.000Z',
} as const;

export const listWebhookEventTypes = endpoint({
  ...webhooks,
  name: 'listWebhookEventTypes',
  method: 'get',
  path: '/api/v1/webhooks/event-types/',
  kind: 'list',
  summary: 'What an endpoint can ask for',
  query: z.strictObject({ ...pageQuery(100), search: search.optional() }),
  response: z
    .object({ type: z.string(), description: z.string().meta({ description: 'When it is true' }) })
    .meta({ id: 'WebhookEventType' }),
  examples: {
    response: { type: 'vip.granted.v1', description: 'A member has a tag.' },
  },
});

export const listWebhookEndpoints = endpoint({
  ...webhooks,
  name: 'listWebhookEndpoints',
  method: 'get',
  path: '/api/v1/webhooks/endpoints/',
  kind: 'list',
  summary: 'Where the tenant’s events are sent',
  query: z.strictObject({
    ...pageQuery(20),
    is_enabled: flag.optional(),
    ordering: ordering(['created_at'], '-created_at'),
  }),
  response: endpointView,
  examples: { response: sample },
});

export const createWebhookEndpoint = endpoint({
  ...webhooks,
  name: 'createWebhookEndpoint',
  method: 'post',
  path: '/api/v1/webhooks/endpoints/',
  kind: 'object',
  status: 201,
  summary: 'Send events to an address; the secret that signs them is shown this once',
  description:
    'Every event of these types that happens after the answer is delivered, at least once. An address inside the platform’s own networks is refused, here or when it is connected to. A tenant has 20 endpoints unless the platform says otherwise (409 `BIZ_002`).',
  body: z.strictObject({
    url: httpUrl,
    description: shortText.default(''),
    event_types: eventTypes,
    payload: payload.default('full'),
    is_enabled: z.boolean().default(true),
  }),
  response: withSecret,
  message: {
    zh: 'Webhook端点创建成功，密钥仅显示一次',
    en: 'The endpoint was added; its secret is shown this once',
  },
  refusals: ['BIZ_002', 'SYS_002'],
  examples: {
    request: {
      url: 'https://shop.example.com/hooks/membership',
      description: 'Order system',
      event_types: ['points.*', 'vip.granted.v1'],
    },
    response: { ...sample, secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' },
  },
});

export const getWebhookEndpoint = endpoint({
  ...webhooks,
  name: 'getWebhookEndpoint',
  method: 'get',
  path: '/api/v1/webhooks/endpoints/:id/',
  kind: 'object',
  summary: 'One endpoint',
  params: byId,
  response: endpointView,
  examples: { response: sample },
});

export const updateWebhookEndpoint = endpoint({
  ...webhooks,
  name: 'updateWebhookEndpoint',
  method: 'patch',
  path: '/api/v1/webhooks/endpoints/:id/',
  kind: 'object',
  summary: 'Change, disable or enable an endpoint; what is left out stays',
  description:
    'A disabled endpoint misses what happens meanwhile, and what still waited for it fails; `replay/` sends failed ones again.',
  params: byId,
  body: z
    .strictObject({
      url: httpUrl,
      description: shortText,
      event_types: eventTypes,
      payload,
      is_enabled: z.boolean(),
    })
    .partial(),
  response: endpointView,
  message: { zh: 'Webhook端点更新成功', en: 'The endpoint was updated' },
  refusals: ['SYS_002'],
  examples: {
    request: { is_enabled: false },
    response: {
      ...sample,
      is_enabled: false,
      disabled_reason: 'by_hand',
      disabled_at: '2026-01-06T08:00:00.000Z',
      updated_at: '2026-01-06T08:00:00.000Z',
    },
  },
});

export const deleteWebhookEndpoint = endpoint({
  ...webhooks,
  name: 'deleteWebhookEndpoint',
  method: 'delete',
  path: '/api/v1/webhooks/endpoints/:id/',
  kind: 'empty',
  summary: 'Remove an endpoint; its deliveries stay in the log until they are too old',
  params: byId,
  response: undefined,
});

export const rotateWebhookEndpointSecret = endpoint({
  ...webhooks,
  name: 'rotateWebhookEndpointSecret',
  method: 'post',
  path: '/api/v1/webhooks/endpoints/:id/rotate-secret/',
  kind: 'action',
  summary: 'A new secret, shown this once; for 24 hours messages are signed with the old one, too',
  params: byId,
  body: noBody,
  response: z.object({ secret: z.string(), previous_valid_until: instant }),
  message: {
    zh: '密钥已更换，仅显示一次；旧密钥24小时内仍同时签名',
    en: 'The secret was changed and is shown this once; the old one signs beside it for 24 hours',
  },
  examples: {
    response: {
      secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
      previous_valid_until: '2026-01-06T08:00:00.000Z',
    },
  },
});

const deliveryStatus = z.enum(['pending', 'delivered', 'failed']);
const failures = [
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
    event_id: z
      .string()
      .meta({ description: 'The header `webhook-id`; the same in every attempt and for every endpoint' }),
    type: z.string(),
    status: deliveryStatus,
    attempt_count: z.int(),
    next_attempt_at: instant.nullable(),
    status_code: z.int().nullable().meta({ description: 'Of the last attempt' }),
    failure: z.enum(failures).nullable(),
    created_at: instant,
    completed_at: instant.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });
const attemptView = z.object({
  at: instant,
  duration_ms: z.int(),
  status_code: z.int().nullable(),
  failure: z.enum(failures).nullable(),
  reason: z.string().nullable().meta({ description: 'What went wrong on the way, such as ECONNREFUSED' }),
  answer: z.string().nullable().meta({ description: 'The first kilobyte of the answer' }),
});
const deliveryDetail = deliveryView
  .extend({
    payload: z.record(z.string(), z.unknown()).meta({ description: 'What is sent' }),
    attempts: z.array(attemptView).meta({ description: 'The last 30, oldest first' }),
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
  summary: 'What was sent, is waiting, or failed; newest first',
  query: z.strictObject({
    ...pageQuery(20),
    endpoint_id: idFilter.optional(),
    status: deliveryStatus.optional(),
    type: z.string().max(128).optional(),
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
  summary: 'One delivery: what is sent, and every attempt',
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
  summary: 'Send it again now, whatever became of it; the schedule of attempts begins anew',
  description:
    'The `webhook-id` stays, so a receiver that had it already knows it again. A disabled or deleted endpoint: 409.',
  params: byId,
  body: noBody,
  response: deliveryView,
  message: { zh: '将立即重新投递', en: 'It is sent again now' },
  refusals: ['INVALID_STATE'],
  examples: { response: { ...delivery, next_attempt_at: '2026-01-05T08:00:02.000Z' } },
});

export const REPLAY_MAXIMUM = 5_000;
export const replayWebhookDeliveries = endpoint({
  ...webhooks,
  name: 'replayWebhookDeliveries',
  method: 'post',
  path: '/api/v1/webhooks/endpoints/:id/replay/',
  kind: 'action',
  summary: 'Send the failed deliveries of a time again, oldest first',
  description: `At most ${REPLAY_MAXIMUM} at a time: ask again while \`remaining\` is not 0.`,
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
  summary: 'Send a test message, once; read the delivery to see what became of it',
  description: 'To a disabled endpoint, too, so that one can try before enabling it.',
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
