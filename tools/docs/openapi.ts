/** libs/contracts/generated/openapi.json: one OpenAPI 3.1 document of all services, read from the contracts. */
import {
  familyOf,
  refusalCodes,
  refusalSchemas,
  successSchema,
  successStatus,
} from '@membership/contracts/answers';
import { CONTEXT_HEADER } from '@membership/contracts/claims';
import { mayCall, scopeOf, type Endpoint } from '@membership/contracts/endpoint';
import * as applications from '@membership/contracts/endpoints/applications/index';
import * as gateway from '@membership/contracts/endpoints/gateway/index';
import { allEndpoints } from '@membership/contracts/endpoints/index';
import { errors } from '@membership/contracts/errors';
import * as licenses from '@membership/contracts/endpoints/licenses/index';
import * as points from '@membership/contracts/endpoints/points/index';
import * as stats from '@membership/contracts/endpoints/stats/index';
import * as vip from '@membership/contracts/endpoints/vip/index';
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { nameSharedSchemas, readable, withoutUnusedSchemas } from './openapi-schemas.ts';
import { refusalComponents, refusalResponses } from './openapi-refusals.ts';
import { successExample } from './success.ts';
import { TAGS } from './tags.ts';
import { jsonFile, sorted, type GeneratedFile } from './text-file.ts';

const DESCRIPTION = `Every endpoint is served by the gateway, with and without its trailing slash. Times are ISO-8601 UTC, ids are integers.

**Answers** come in four dialects, one per family of endpoints (\`x-dialect\`): \`drf\` (points, VIP, statistics), \`data\` (licences, identity), \`code\` (member system), \`app\` (applications).
**Who**: \`Authorization: Bearer <token>\` from \`POST /api/v1/auth/login/\` (people) or \`POST /api/v1/auth/token/\` (services). \`x-roles\` names the roles that may call; a service token needs \`x-scope\`.
**Languages**: sentences are Chinese unless \`Accept-Language: en\`.
**Text** is UTF-8, in bodies, forms and URLs; bytes that are not get 400. Text fields hold no control characters but tab and line ends, and no lone surrogates; they are kept in Unicode's composed form (NFC). Keys and values of free-form JSON hold anything but NUL and lone surrogates, and stay as they are. \`search\` finds any case, width and form.
**Writes** take an \`Idempotency-Key\`: the same key, path and body within 24 hours gives the stored answer with \`Idempotent-Replayed: true\`.
**Limits**: \`RateLimit-Limit\`, \`RateLimit-Remaining\` and \`RateLimit-Reset\` stand on every answer; beyond them 429 with \`Retry-After\`.`;

const parameters = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
    description: 'Makes a repeated write safe; known per tenant and caller for 24 hours',
  },
  Tenant: {
    name: 'X-Tenant-ID',
    in: 'header',
    schema: { type: 'string' },
    description:
      'Id or code of the tenant; a platform administrator must name one, others can only name their own',
  },
  Language: {
    name: 'Accept-Language',
    in: 'header',
    schema: { type: 'string', default: 'zh' },
    description:
      'As browsers send it; sentences are in the first of `zh` and `en` that it names, else in Chinese',
  },
  WebhookSignature: {
    name: 'X-Webhook-Signature',
    in: 'header',
    schema: { type: 'string', pattern: '^[0-9a-fA-F]{64}$' },
    description: 'Hex HMAC-SHA256 of the raw body with the tenant’s webhook secret',
  },
  RequestId: {
    name: 'X-Request-ID',
    in: 'header',
    schema: { type: 'string' },
    description:
      'Names the request in logs and events: up to 128 letters, digits or `. : / + = @ - _`; one is made when it is absent or another',
  },
  TenantFilter: {
    name: 'tenant',
    in: 'query',
    schema: { type: 'integer', minimum: 1 },
    description: 'Only narrows: another tenant than one’s own matches nothing',
  },
  TenantIdFilter: {
    name: 'tenant_id',
    in: 'query',
    schema: { type: 'integer', minimum: 1 },
    description: 'As `tenant`',
  },
} as const;
const headers = {
  RequestId: { schema: { type: 'string' }, description: 'Of this request, as in logs and events' },
  Replayed: {
    schema: { type: 'string', enum: ['true'] },
    description: 'The stored answer of an earlier request with this Idempotency-Key',
  },
  RateLimit: { schema: { type: 'integer' }, description: 'Requests a minute that the caller may make' },
  RateLimitRemaining: { schema: { type: 'integer' }, description: 'Requests left in this minute' },
  RateLimitReset: { schema: { type: 'integer' }, description: 'Seconds until the limit starts anew' },
} as const;
const refTo = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });

const CALLERS = ['member', 'admin', 'super', 'internal'] as const;
const isPublic = (one: Endpoint): boolean => one.access.includes('public');
const isWrite = (one: Endpoint): boolean => one.method !== 'get';

function describe(one: Endpoint): string {
  const callers = isPublic(one)
    ? 'anybody'
    : CALLERS.filter((role) => mayCall(one.access, role)).map((role) =>
        role === 'internal' ? `service tokens with \`${scopeOf(one)}\`` : role,
      );
  return [one.description, `Who may call: ${Array.isArray(callers) ? callers.join(', ') : callers}.`]
    .filter(Boolean)
    .join('\n\n');
}

function operationParameters(one: Endpoint): ZodOpenApiOperationObject['parameters'] {
  const queries: string[] = one.query instanceof z.ZodObject ? Object.keys(one.query.shape) : [];
  const names: (keyof typeof parameters)[] = [
    ...(one.kind === 'list' && !queries.includes('tenant') ? (['TenantFilter'] as const) : []),
    ...(one.kind === 'list' && !queries.includes('tenant_id') ? (['TenantIdFilter'] as const) : []),
    ...(isPublic(one) ? [] : (['Tenant'] as const)),
    ...(isWrite(one) && !isPublic(one) ? (['IdempotencyKey'] as const) : []),
    ...(one.proof ? (['WebhookSignature'] as const) : []),
    'Language',
    'RequestId',
  ];
  return names.map((name) => refTo('parameters', name));
}

const FORM = 'application/x-www-form-urlencoded';

function requestBody(one: Endpoint): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (!one.body && !one.accepts) return {};
  const json = one.body &&
    one.acceptsJson !== false && {
      schema: one.body,
      ...(one.examples && 'request' in one.examples ? { example: one.examples.request } : {}),
    };
  // A form has the fields of the JSON; a file is text.
  const others = (one.accepts ?? []).map(
    (type) =>
      [type, { schema: type === FORM ? (one.body as z.ZodType) : { type: 'string', minLength: 1 } }] as const,
  );
  // A body that may be left out counts as {}: it is required where {} would be refused.
  const required = !one.body || one.body.meta()?.required !== undefined || !one.body.safeParse({}).success;
  return {
    requestBody: {
      required,
      content: { ...(json ? { 'application/json': json } : {}), ...Object.fromEntries(others) } as never,
    },
  };
}

function successResponse(one: Endpoint): object {
  const schema = successSchema(one);
  const example = successExample(one);
  const content = schema
    ? {
        content: {
          'application/json': { schema, ...(example === undefined ? {} : { example }) },
          ...Object.fromEntries((one.alsoAs ?? []).map((type) => [type, { schema: { type: 'string' } }])),
        } as never,
      }
    : {};
  return {
    description:
      one.kind === 'empty'
        ? 'Done; no body'
        : one.kind === 'stream'
          ? 'A document'
          : one.kind === 'list'
            ? 'A page'
            : 'Done',
    headers: {
      'X-Request-ID': refTo('headers', 'RequestId'),
      'RateLimit-Limit': refTo('headers', 'RateLimit'),
      'RateLimit-Remaining': refTo('headers', 'RateLimitRemaining'),
      'RateLimit-Reset': refTo('headers', 'RateLimitReset'),
      ...(isWrite(one) && !isPublic(one) ? { 'Idempotent-Replayed': refTo('headers', 'Replayed') } : {}),
    },
    ...content,
  };
}

/** Answers of another standard stand beside the platform's refusals of the same status. */
function withOthers(one: Endpoint, responses: Record<string, object>): Record<string, object> {
  const others = Object.entries(one.others ?? {}).map(([status, schema]) => {
    const own = refusalCodes(one).some((code) => errors[code].status === Number(status));
    return [
      status,
      {
        description: 'As the standard of this endpoint has it, or as the platform refuses',
        content: {
          'application/json': {
            schema: own ? z.union([schema, refusalSchemas[familyOf(one.dialect)]]) : schema,
          },
        },
      },
    ] as const;
  });
  return { ...responses, ...Object.fromEntries(others) };
}

function operation(one: Endpoint): ZodOpenApiOperationObject {
  return {
    operationId: one.name,
    tags: [one.tag],
    summary: one.summary,
    description: describe(one),
    security: isPublic(one) ? [] : [{ bearer: [] }, ...(one.proof ? [{ webhookSignature: [] }] : [])],
    'x-service': one.service,
    'x-dialect': one.dialect,
    'x-roles': isPublic(one) ? ['public'] : CALLERS.filter((role) => mayCall(one.access, role)),
    ...(one.access.includes('internal') ? { 'x-scope': scopeOf(one) } : {}),
    ...(one.params || one.query
      ? {
          requestParams: {
            ...(one.params ? { path: one.params as never } : {}),
            ...(one.query ? { query: one.query as never } : {}),
          },
        }
      : {}),
    parameters: operationParameters(one) ?? [],
    ...requestBody(one),
    responses: withOthers(one, {
      [successStatus(one)]: successResponse(one),
      ...refusalResponses(one),
    }) as never,
  };
}

function describedTag(name: string): string {
  const description = TAGS[name];
  if (description === undefined) throw new Error(`say in tools/docs/tags.ts what the tag "${name}" is for`);
  return description;
}

/** The document. Public endpoints of the gateway alone are those that it serves without a token. */
export function openapiDocument(version: string): GeneratedFile {
  nameSharedSchemas({ gateway, points, vip, licenses, applications, stats });
  const byPath = new Map<string, Record<string, ZodOpenApiOperationObject>>();
  for (const one of allEndpoints) {
    const path = one.path.replace(/:(\w+)/g, '{$1}');
    byPath.set(path, { ...byPath.get(path), [one.method]: operation(one) });
  }
  const tags = [...new Set(allEndpoints.map(({ tag }) => tag))].sort();
  const document = createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Membership platform',
        version,
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'The gateway that serves this document' }],
      tags: tags.map((name) => ({ name, description: describedTag(name) })),
      paths: sorted(byPath) as ZodOpenApiPathsObject,
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'A user’s access token or a service token',
          },
          webhookSignature: {
            type: 'apiKey',
            in: 'header',
            name: 'X-Webhook-Signature',
            description:
              'Instead of a token, together with X-Tenant-ID: a signature with the tenant’s webhook secret, in this header or in the body',
          },
        },
        parameters: parameters as never,
        headers: headers as never,
        ...refusalComponents(allEndpoints),
      },
    },
    { override: readable },
  );
  const text = JSON.stringify(document);
  if (text.toLowerCase().includes(CONTEXT_HEADER))
    throw new Error('the internal context header stands in the public document');
  return jsonFile('libs/contracts/generated/openapi.json', withoutUnusedSchemas(document as never));
}
