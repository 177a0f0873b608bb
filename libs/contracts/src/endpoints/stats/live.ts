/** A tenant's figures as they change. */
import { endpoint } from '../../endpoint.ts';
import { getStatsOverview } from './overview.ts';

/** Why a stream of figures ended: the data of its last event. */
export const endReasons = ['time_limit', 'session_ended', 'tenant_suspended', 'stopping'] as const;
export type EndReason = (typeof endReasons)[number];

export const streamFigures = endpoint({
  service: 'stats',
  dialect: 'drf',
  tag: 'Statistics',
  name: 'streamFigures',
  method: 'get',
  path: '/api/v1/stats/stream/',
  access: ['admin'],
  kind: 'stream',
  alsoAs: ['text/event-stream'],
  summary: { zh: '实时概览（Server-Sent Events）', en: 'The overview as it changes (Server-Sent Events)' },
  description: {
    zh: '`overview` 事件的数据与 `overview/` 的响应相同：连接后先给出一次，此后有变化时给出，至多每秒一次。带上收到的最后一个 id（`Last-Event-ID`）重新连接，数字未变则不重复。没有变化时每15秒有一行注释。`end` 事件说明结束原因：`time_limit`（五分钟后，请用仍有效的令牌重新连接）、`session_ended`、`tenant_suspended`、`stopping`。一个租户的连接数有上限，超出返回429。',
    en: 'The data of an `overview` event is what `overview/` answers: once after connecting, then when it has changed, at most once a second. Who connects again with the last id (`Last-Event-ID`) gets nothing twice that has not changed. While nothing changes a comment comes every 15 seconds. An `end` event says why it ends: `time_limit` (after five minutes: connect again by a token that still holds), `session_ended`, `tenant_suspended`, `stopping`. A tenant has so many connections at most; beyond that it is 429.',
  },
  refusals: ['RATE_LIMITED'],
  response: undefined,
  examples: {
    files: {
      'text/event-stream': `retry: 2000\n\nid: 42\nevent: overview\ndata: ${JSON.stringify(getStatsOverview.examples?.response)}\n\n`,
    },
  },
});
