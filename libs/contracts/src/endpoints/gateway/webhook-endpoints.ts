/** Outgoing webhooks: where a tenant wants its events sent. docs/webhooks.md is the receiver's side. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import { EVENT_PATTERN, matchesEventPattern } from '../../event-pattern.ts';
import { allEvents } from '../../events/index.ts';
import { disabledReasons, payloadKinds } from '../../events/webhooks.ts';
import { byId, flag, httpUrl, id, instant, ordering, pageQuery, search, shortText } from '../../schemas.ts';
import { both } from '../../text.ts';
import { noBody, webhooks } from './shapes.ts';

const isKnown = (pattern: string): boolean =>
  EVENT_PATTERN.test(pattern) && allEvents.some(({ type }) => matchesEventPattern(pattern, type));
/** What people ask for; a pattern may have its `*` elsewhere, too. */
const usualTypes = [
  '*',
  ...new Set(allEvents.flatMap(({ type }) => [`${type.split('.')[0]}.*`, type])),
].sort();
const eventTypes = z
  .array(
    text()
      .max(128)
      .refine(isKnown, {
        error: both(
          '未知的事件类型（如 points.earned.v1、points.*、*）',
          'No such event type (for example points.earned.v1, points.*, *)',
        ),
      })
      .meta({ anyOf: [{ enum: usualTypes }, { pattern: '\\*' }] }),
  )
  .min(1)
  .max(50)
  .transform((types) => [...new Set(types)]);
const payload = z.enum(payloadKinds);
const endpointView = z
  .object({
    id,
    url: z.string(),
    description: z.string(),
    event_types: z.array(z.string()),
    payload: payload.meta({ description: both('`thin`：数据中只含 id', '`thin`: of the data only the ids') }),
    is_enabled: z.boolean(),
    disabled_reason: z.enum(disabledReasons).nullable(),
    disabled_at: instant.nullable(),
    failing_since: instant
      .nullable()
      .meta({ description: both('最近一次成功之后的首次失败', 'First failure since the last success') }),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'WebhookEndpoint' });
const withSecret = endpointView
  .extend({
    secret: z.string().meta({
      description: both('`whsec_` 加 Base64；仅此一次显示', '`whsec_` and Base64; shown this once'),
    }),
  })
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
  summary: { zh: '端点可以订阅的事件', en: 'What an endpoint can ask for' },
  query: z.strictObject({ ...pageQuery(100), search: search.optional() }),
  response: z
    .object({
      type: z.string(),
      description: z.string().meta({ description: both('何时发生', 'When it is true') }),
    })
    .meta({ id: 'WebhookEventType' }),
  examples: {
    response: { type: 'vip.granted.v1', description: '会员获得了标签。' },
  },
});

export const listWebhookEndpoints = endpoint({
  ...webhooks,
  name: 'listWebhookEndpoints',
  method: 'get',
  path: '/api/v1/webhooks/endpoints/',
  kind: 'list',
  summary: { zh: '租户的事件发往何处', en: 'Where the tenant’s events are sent' },
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
  summary: {
    zh: '将事件发送到某个地址；用于签名的密钥仅此一次显示',
    en: 'Send events to an address; the secret that signs them is shown this once',
  },
  description: {
    zh: '响应之后发生的、属于这些类型的每个事件都会投递，至少一次。位于平台自身网络内的地址会被拒绝，在此处或在连接时。除非平台另有设置，每个租户最多20个端点（409 `BIZ_002`）。',
    en: 'Every event of these types that happens after the answer is delivered, at least once. An address inside the platform’s own networks is refused, here or when it is connected to. A tenant has 20 endpoints unless the platform says otherwise (409 `BIZ_002`).',
  },
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
  summary: { zh: '端点详情', en: 'One endpoint' },
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
  summary: {
    zh: '修改、停用或启用端点；省略的字段不变',
    en: 'Change, disable or enable an endpoint; what is left out stays',
  },
  description: {
    zh: '停用期间的事件不会投递，仍在等待的投递失败；`replay/` 可重新投递失败的事件。',
    en: 'A disabled endpoint misses what happens meanwhile, and what still waited for it fails; `replay/` sends failed ones again.',
  },
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
  summary: {
    zh: '删除端点；其投递记录保留至到期',
    en: 'Remove an endpoint; its deliveries stay in the log until they are too old',
  },
  params: byId,
  response: undefined,
});

export const rotateWebhookEndpointSecret = endpoint({
  ...webhooks,
  name: 'rotateWebhookEndpointSecret',
  method: 'post',
  path: '/api/v1/webhooks/endpoints/:id/rotate-secret/',
  kind: 'action',
  summary: {
    zh: '更换密钥，仅此一次显示；24小时内消息同时用旧密钥签名',
    en: 'A new secret, shown this once; for 24 hours messages are signed with the old one, too',
  },
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
