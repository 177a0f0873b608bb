/** The platform's own pages: health and documents. Free of rate limits. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { instant } from '../../schemas.ts';
import { both } from '../../text.ts';

const platform = {
  service: 'gateway',
  dialect: 'data',
  tag: 'Platform',
  access: ['public'],
  method: 'get',
} as const;
const serviceHealth = z.object({
  status: z.enum(['up', 'degraded', 'down']),
  /** Of the look at it; null when it did not answer. */
  latency_ms: z.number().nullable(),
  breaker: z.enum(['closed', 'open', 'half_open']).nullable(),
  /** What it needs: its database, the broker, whether events go out and come in. Empty when it did not answer. */
  checks: z.record(z.string(), z.enum(['up', 'down', 'blocked'])),
});

export const health = endpoint({
  ...platform,
  name: 'health',
  path: '/api/v1/health/',
  kind: 'bare',
  summary: {
    zh: '平台健康状况：正常或降级为200，不可用为503',
    en: 'Health of the platform: 200 ok or degraded, 503 down',
  },
  response: z.object({
    status: z.enum(['ok', 'degraded', 'down']),
    version: z.string(),
    services: z.record(z.string(), serviceHealth),
    timestamp: instant,
  }),
  examples: {
    response: {
      status: 'ok',
      version: '0.1.0',
      services: {
        gateway: {
          status: 'up',
          latency_ms: 0.8,
          breaker: null,
          checks: { database: 'up', broker: 'up', events: 'up' },
        },
        points: {
          status: 'up',
          latency_ms: 1.2,
          breaker: 'closed',
          checks: { database: 'up', broker: 'up', events: 'up' },
        },
      },
      timestamp: '2026-01-05T08:00:00.000Z',
    },
  },
});

/** A plain object: what browsers add is passed over. */
const language = z.object({
  lang: z
    .enum(['zh', 'en'])
    .optional()
    .meta({
      description: both(
        '文档的语言；省略则依 `Accept-Language`，默认中文',
        'Language of the document; by `Accept-Language` unless given, else Chinese',
      ),
    }),
});
const document = { ...platform, kind: 'stream', response: undefined } as const;
export const openapiDocument = endpoint({
  ...document,
  name: 'openapiDocument',
  path: '/api/v1/openapi.json',
  summary: { zh: '所有服务的 OpenAPI 3.1 文档', en: 'OpenAPI 3.1 document of all services' },
  query: language,
  alsoAs: ['application/json'],
  examples: {
    files: {
      'application/json':
        '{"openapi":"3.1.0","info":{"title":"Membership platform","version":"0.1.0"},"paths":{}}',
    },
  },
});
export const asyncapiDocument = endpoint({
  ...document,
  name: 'asyncapiDocument',
  path: '/api/v1/asyncapi.json',
  summary: { zh: '所有事件的 AsyncAPI 3 文档', en: 'AsyncAPI 3 document of all events' },
  query: language,
  alsoAs: ['application/json'],
  examples: {
    files: {
      'application/json':
        '{"asyncapi":"3.0.0","info":{"title":"Membership platform: events","version":"1.0.0"},"channels":{}}',
    },
  },
});
export const docsPage = endpoint({
  ...document,
  name: 'docsPage',
  path: '/api/v1/docs/',
  summary: { zh: 'Swagger UI 页面', en: 'Swagger UI' },
  query: language,
  alsoAs: ['text/html'],
  examples: { files: { 'text/html': '<!doctype html><title>Swagger UI</title>…' } },
});
export const redocPage = endpoint({
  ...document,
  name: 'redocPage',
  path: '/api/v1/redoc/',
  summary: { zh: 'ReDoc 页面', en: 'ReDoc' },
  query: language,
  alsoAs: ['text/html'],
  examples: { files: { 'text/html': '<!doctype html><title>ReDoc</title>…' } },
});
