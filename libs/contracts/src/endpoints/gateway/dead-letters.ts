/** Events that a service could not handle, parked at the broker: looked at and replayed by platform administrators. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { services } from '../../claims.ts';
import { endpoint } from '../../endpoint.ts';
import { count, id, instant, pageQuery } from '../../schemas.ts';
import { both } from '../../text.ts';

const family = {
  service: 'gateway',
  dialect: 'data',
  tag: 'Platform',
  access: ['super'],
  timeoutSeconds: 30,
} as const;
const SERVICE = new RegExp(`^(?:${services.join('|')})(?:@[A-Za-z0-9_-]{1,64})?$`);
const service = z
  .string()
  .regex(SERVICE)
  .meta({
    description: both(
      `${services.join('、')}；某一分区的服务写作 points@分区`,
      `${services.join(', ')}; of a cell: points@cell`,
    ),
  });
const eventId = text().min(1).max(255);
const byService = z.object({ service });
const letter = {
  id: z.string().meta({
    description: both(
      '事件编号；不是事件的消息，由其字节得出',
      'Id of the event; of a message that is none, made of its bytes',
    ),
  }),
  type: z
    .string()
    .nullable()
    .meta({ description: both('不是事件时为 null', 'Null where it is no event') }),
  tenant_id: id.nullable(),
  routing_key: z.string(),
  reason: z.string().meta({
    description: both(
      '`unreadable`：无法读取；`failed`：每次处理都失败；`delivery_limit`：处理它的进程一再中止',
      '`unreadable`; `failed`: each attempt did; `delivery_limit`: processes ended with it in hand',
    ),
  }),
  error: z.string().nullable(),
  retries: count,
  first_failed_at: instant.nullable(),
  parked_at: instant.nullable(),
};
const letterView = z.object(letter).meta({ id: 'DeadLetter' });
const sample = {
  id: '0b8f8a0e-5d0f-4a43-9a55-0a3d1b7d2c11',
  type: 'vip.purchase_completed.v1',
  tenant_id: 1,
  routing_key: 'vip.purchase_completed.v1',
  reason: 'failed',
  error: 'Error: the hold is not known',
  retries: 4,
  first_failed_at: '2026-01-05T08:00:00.000Z',
  parked_at: '2026-01-05T08:11:11.000Z',
};

export const countDeadLetters = endpoint({
  ...family,
  name: 'countDeadLetters',
  method: 'get',
  path: '/api/v1/dead-letters/',
  kind: 'object',
  summary: {
    zh: '各服务未能处理、已搁置的事件数',
    en: 'How many events each service could not handle and has parked',
  },
  response: z
    .object({
      services: z.array(
        z.object({
          service,
          parked: count.nullable().meta({
            description: both(
              'null：该服务或消息队列没有回答',
              'Null: the service or its broker did not answer',
            ),
          }),
        }),
      ),
    })
    .meta({ id: 'DeadLetterCounts' }),
  examples: {
    response: {
      services: [
        { service: 'gateway', parked: 0 },
        { service: 'points', parked: 2 },
        { service: 'vip', parked: null },
      ],
    },
  },
});

export const listDeadLetters = endpoint({
  ...family,
  name: 'listDeadLetters',
  method: 'get',
  path: '/api/v1/dead-letters/:service/',
  kind: 'list',
  summary: {
    zh: '一个服务搁置的事件，最早搁置的在前',
    en: 'Events that a service has parked, the first parked first',
  },
  description: {
    zh: '队列不能检索：只查看前1000个，其后的在这些重放之后才能看到（此时计数为估计值）。同一时刻只有一人可以查看，他人查看时间过长则返回409。',
    en: 'A queue cannot be searched: the first 1000 are looked at, and those behind are seen once these are replayed (the count is an estimate then). One looks at a time; it is 409 where somebody else’s look takes long.',
  },
  params: byService,
  query: z.strictObject({
    ...pageQuery(20),
    type: text()
      .min(1)
      .max(255)
      .optional()
      .meta({ description: both('事件类型', 'Type of event') }),
  }),
  response: letterView,
  refusals: ['CONFLICT', 'SYS_002'],
  examples: { response: sample },
});

export const getDeadLetter = endpoint({
  ...family,
  name: 'getDeadLetter',
  method: 'get',
  path: '/api/v1/dead-letters/:service/:event_id/',
  kind: 'object',
  summary: { zh: '一个搁置的事件，及其内容', en: 'One of them, with what it says' },
  params: byService.extend({ event_id: eventId }),
  response: z
    .object({
      ...letter,
      stack: z
        .string()
        .nullable()
        .meta({ description: both('最后一次失败的位置', 'Where it failed last') }),
      body: z.unknown().meta({
        description: both('事件；不是 JSON 时为原文', 'The event; as text where it is no JSON'),
      }),
    })
    .meta({ id: 'DeadLetterDetails' }),
  refusals: ['CONFLICT', 'SYS_002'],
  examples: {
    response: {
      ...sample,
      stack: null,
      body: {
        specversion: '1.0',
        id: sample.id,
        type: sample.type,
        tenantid: 1,
        data: { purchaseId: 7, holdId: 9 },
      },
    },
  },
});

export const replayDeadLetters = endpoint({
  ...family,
  name: 'replayDeadLetters',
  method: 'post',
  path: '/api/v1/dead-letters/:service/replay/',
  kind: 'action',
  timeoutSeconds: 60,
  summary: {
    zh: '重放搁置的事件：交给该服务，如同第一次到达',
    en: 'Replay parked events: the service gets them as if they came for the first time',
  },
  description: {
    zh: '指定其一：`id`、`type` 或 `all`。已处理过的事件不会有第二次效果；再次失败的会再次搁置。一次最多查看1000个，可反复调用。两个请求同时重放同一事件，只有一个会重放它；没有该 `id` 时返回404。删除事件只能用命令 `npm run dead-letters -- discard`。',
    en: 'Name one of `id`, `type` and `all`. What the service has handled already has no second effect; what fails again is parked again. Up to 1000 are looked at in one call, which may be repeated. Of two requests that replay one event at once, one does; it is 404 where there is no such `id`. Events are deleted by the command alone: `npm run dead-letters -- discard`.',
  },
  params: byService,
  body: z
    .strictObject({
      id: eventId.optional(),
      type: eventId.optional(),
      all: z.literal(true).optional(),
    })
    .refine((given) => Object.values(given).filter((one) => one !== undefined).length === 1, {
      path: ['id'],
      error: both('请指定 id、type 或 all 其中之一', 'Name one of id, type and all'),
    }),
  response: z.object({ replayed: count }).meta({ id: 'ReplayedDeadLetters' }),
  message: { zh: '已重放 {replayed} 个事件', en: 'Replayed {replayed} events' },
  refusals: ['CONFLICT', 'SYS_002', 'OUTCOME_UNKNOWN'],
  examples: { request: { id: sample.id }, response: { replayed: 1 } },
});
