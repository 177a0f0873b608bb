/** A tenant's audit trail: every event, in the order of the log, and what led from one to another. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import { EVENT_PATTERN, matchesEventPattern } from '../../event-pattern.ts';
import { allEvents } from '../../events/index.ts';
import { id, idFilter, instant, momentFilter, ordering, queryInteger } from '../../schemas.ts';
import { both } from '../../text.ts';
import { asOf, zone } from './period.ts';

const family = {
  service: 'stats',
  dialect: 'drf',
  tag: 'Audit trail',
  method: 'get',
  access: ['admin'],
  kind: 'object',
} as const;

/** The types of event that a pattern means. */
export const eventTypesOf = (pattern: string): string[] =>
  allEvents.flatMap(({ type }) => (matchesEventPattern(pattern, type) ? [type] : []));
const typeFilter = text()
  .max(128)
  .refine((pattern) => EVENT_PATTERN.test(pattern) && eventTypesOf(pattern).length > 0, {
    error: both(
      '未知的事件类型（如 points.earned.v1、points.*）',
      'No such event type (for example points.earned.v1, points.*)',
    ),
  });
const ACTOR = /^(user|client|system|anonymous):[^\s\p{Cc}]{1,120}$/u;

/** What narrows the trail; also of its export. */
export const eventFilters = {
  type: typeFilter.optional().meta({
    description: both(
      '事件类型，`*` 代表任意部分：`points.earned.v1`、`points.*`',
      'A type of event; `*` stands for any part: `points.earned.v1`, `points.*`',
    ),
  }),
  member_id: idFilter.optional(),
  actor: z
    .string()
    .regex(ACTOR, {
      error: both(
        '应为 user:<id>、client:<名称> 或 system:<服务>',
        'Must be user:<id>, client:<name> or system:<service>',
      ),
    })
    .optional()
    .meta({
      pattern: '^(user|client|system|anonymous):',
      description: both(
        '由谁引起：`user:12`、`client:<名称>`、`system:<服务>`',
        'Who caused it: `user:12`, `client:<name>`, `system:<service>`',
      ),
    }),
  date_from: momentFilter.optional(),
  date_to: momentFilter.optional(),
  tz: zone.optional(),
};

const eventId = z.string().regex(/^[\w.:-]{1,128}$/);
export const eventEntry = z
  .object({
    id: z.string(),
    position: z.int().meta({
      description: both(
        '在审计记录中的位置，按事件日志的顺序递增，有间隔',
        'Place in the trail: grows in the order of the log, with gaps',
      ),
    }),
    type: z.string(),
    time: instant,
    subject: z
      .string()
      .meta({ description: both('事件所关于的对象的 id', 'Id of the thing that it is about') }),
    sequence: z.int().meta({
      description: both('该对象的第几个事件，从1起不间断', 'Which event of that thing, from 1, without gaps'),
    }),
    member_id: id.nullable(),
    actor: z.string(),
    source: z.string(),
    request_id: z.string().meta({
      description: both('追溯到的请求（或任务）', 'The request, or the run of a job, that it goes back to'),
    }),
    cause: z
      .string()
      .nullable()
      .meta({
        description: both(
          '引起它的事件的 id；由请求直接引起时为 null',
          'Id of the event that caused it; null where the request itself did',
        ),
      }),
    data: z.record(z.string(), z.unknown()).meta({ type: 'object', additionalProperties: true }),
  })
  .meta({ id: 'EventEntry' });

const earned = {
  id: '0d4c7c9e-5d0c-4a8f-9a39-5f1a3b6f7a10',
  position: 1_099_511_627_980,
  type: 'points.earned.v1',
  time: '2026-02-14T02:00:00.000Z',
  subject: '123',
  sequence: 42,
  member_id: 123,
  actor: 'system:points',
  source: '/services/points',
  request_id: 'req_5f1a3b6f7a10',
  cause: '7b1e2f64-02f1-4c38-a0a6-2f6f0d0f6a55',
  data: { profileId: 123, points: 100, category: 'activation', balanceAfter: 1_100 },
};
const activated = {
  ...earned,
  id: '7b1e2f64-02f1-4c38-a0a6-2f6f0d0f6a55',
  position: 1_099_511_627_970,
  type: 'assignment.activated.v1',
  subject: '5',
  sequence: 2,
  actor: 'user:123',
  source: '/services/licenses',
  cause: null,
  data: { assignmentId: 5, memberId: 123, status: 'active' },
};

export const listEvents = endpoint({
  ...family,
  name: 'listEvents',
  path: '/api/v1/stats/events/',
  summary: { zh: '租户的审计记录：全部事件', en: 'The audit trail of a tenant: every event' },
  description: {
    zh: '默认最新的在前；`ordering=position` 则最早的在前，末页之后可凭最后一条的 `position` 作为 `cursor` 继续读取新的事件，一条不漏。被抹除的成员，其姓名等在记录中已被替换。',
    en: 'The newest first unless `ordering=position`: then who goes on with the `position` of the last one as `cursor` gets what came since, and misses nothing. Of erased members the names are replaced.',
  },
  query: z.strictObject({
    ...eventFilters,
    ordering: ordering(['position'], '-position'),
    cursor: queryInteger(1).optional(),
    page_size: queryInteger(1)
      .transform((size) => Math.min(size, 100))
      .default(20),
  }),
  response: z.object({
    as_of: asOf,
    results: z.array(eventEntry),
    next_cursor: z
      .string()
      .nullable()
      .meta({ description: both('没有更多时为 null', 'Null where nothing follows') }),
  }),
  examples: { response: { as_of: earned.time, results: [earned], next_cursor: '1099511627980' } },
});

export const getEventChain = endpoint({
  ...family,
  name: 'getEventChain',
  path: '/api/v1/stats/events/:event_id/chain/',
  summary: { zh: '一个事件的起因与后果', en: 'What led to an event, and what came of it' },
  description: {
    zh: '`causes`：向上逐级的起因，最近的在前；`effects`：直接与间接引起的事件，按先后排列，各以 `cause` 指明由谁引起。最多500个；超出时 `is_complete` 为 false。',
    en: '`causes` go up from one event to the next, the nearest first; `effects` are what it caused, directly or not, in their order, each naming its `cause`. 500 at most: `is_complete` is false where there are more.',
  },
  params: z.object({ event_id: eventId }),
  query: z.strictObject({}),
  response: z.object({
    as_of: asOf,
    event: eventEntry,
    causes: z.array(eventEntry),
    effects: z.array(eventEntry),
    is_complete: z.boolean(),
  }),
  examples: {
    response: {
      ...{ as_of: earned.time, event: activated, causes: [], effects: [earned], is_complete: true },
    },
  },
});
