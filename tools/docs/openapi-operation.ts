/** One endpoint as an operation of the document, in one language. */
import {
  familyOf,
  refusalCodes,
  refusalSchemas,
  successSchema,
  successStatus,
} from '@membership/contracts/answers';
import { deprecationText } from '@membership/contracts/deprecation';
import { mayCall, scopeOf, type Endpoint } from '@membership/contracts/endpoint';
import { requestExampleOf } from '@membership/contracts/examples';
import { errors } from '@membership/contracts/errors';
import { ANSWERS, whoMayCall } from '@membership/contracts/reference';
import { tagNamed } from '@membership/contracts/tags';
import type { Language, Text } from '@membership/contracts/text';
import { z } from 'zod';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { exampleIn } from './languages.ts';
import { headersOf, refTo, type ParameterName } from './openapi-components.ts';
import { refusalExamples, refusalHeaders, refusalResponses } from './openapi-refusals.ts';
import { successExample } from './success.ts';

const CALLERS = ['member', 'admin', 'super', 'internal'] as const;
const isPublic = (one: Endpoint): boolean => one.access.includes('public');
const isWrite = (one: Endpoint): boolean => one.method !== 'get';

function describe(one: Endpoint, language: Language): string {
  const callers = isPublic(one)
    ? (['public'] as const)
    : CALLERS.filter((role) => mayCall(one.access, role)).map((role) =>
        role === 'internal' ? { scope: scopeOf(one) } : role,
      );
  const ending = one.deprecated && deprecationText(one.deprecated)[language];
  return [ending, one.description?.[language], whoMayCall(callers)[language]].filter(Boolean).join('\n\n');
}

function operationParameters(one: Endpoint): { $ref: string }[] {
  const queries: string[] = one.query instanceof z.ZodObject ? Object.keys(one.query.shape) : [];
  const names: ParameterName[] = [
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

function requestBody(one: Endpoint, language: Language): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (!one.body && !one.accepts) return {};
  const request = requestExampleOf(one);
  const example = request && { example: exampleIn(request.value, language) };
  const json = one.body && one.acceptsJson !== false && { schema: one.body, ...example };
  // A form has the fields of the JSON; a file is text.
  const others = (one.accepts ?? []).map((type) => {
    const schema = type === FORM ? (one.body as z.ZodType) : { type: 'string', minLength: 1 };
    const own = one.examples?.files?.[type];
    return [type, { schema, ...(own === undefined ? example : { example: own }) }] as const;
  });
  // A body that may be left out counts as {}: it is required where {} would be refused.
  const required = !one.body || one.body.meta()?.required !== undefined || !one.body.safeParse({}).success;
  return {
    requestBody: {
      required,
      content: { ...(json ? { 'application/json': json } : {}), ...Object.fromEntries(others) } as never,
    },
  };
}

const answerOf = ({ kind }: Endpoint): Text =>
  kind === 'empty'
    ? ANSWERS.empty
    : kind === 'stream'
      ? ANSWERS.document
      : kind === 'list'
        ? ANSWERS.page
        : ANSWERS.done;

/** What comes as a file: JSON of another standard, or text. */
function fileOf({ examples }: Endpoint, type: string): object {
  const example = examples?.files?.[type];
  const isJson = type === 'application/json';
  return {
    schema: { type: isJson ? 'object' : 'string' },
    ...(example === undefined ? {} : { example: isJson ? JSON.parse(example) : example }),
  };
}

function successResponse(one: Endpoint, language: Language): object {
  const schema = successSchema(one);
  const example = successExample(one, language);
  const others = (one.alsoAs ?? []).map((type) => [type, fileOf(one, type)] as const);
  const json = schema && { schema, ...(example === undefined ? {} : { example }) };
  const content =
    json || others.length > 0
      ? { content: { ...(json ? { 'application/json': json } : {}), ...Object.fromEntries(others) } as never }
      : {};
  return {
    description: answerOf(one)[language],
    headers: {
      ...headersOf(one),
      ...(isWrite(one) && !isPublic(one) ? { 'Idempotent-Replayed': refTo('headers', 'Replayed') } : {}),
    },
    ...content,
  };
}

/** Answers of another standard stand beside the platform's refusals of the same status. */
function withOthers(
  one: Endpoint,
  language: Language,
  responses: Record<string, object>,
): Record<string, object> {
  const family = familyOf(one.dialect);
  const others = Object.entries(one.others ?? {}).map(([status, { schema, example }]) => {
    const own = refusalCodes(one).filter((code) => errors[code].status === Number(status));
    return [
      status,
      {
        description: ANSWERS.byStandard[language],
        'x-codes': own,
        headers: refusalHeaders(one, Number(status)),
        content: {
          'application/json': {
            schema: own.length > 0 ? z.union([schema, refusalSchemas[family]]) : schema,
            examples: { standard: { value: example }, ...refusalExamples(family, own) },
          },
        },
      },
    ] as const;
  });
  return { ...responses, ...Object.fromEntries(others) };
}

/** The operation. Texts of schemas are still in both languages. */
export function operation(one: Endpoint, language: Language): ZodOpenApiOperationObject {
  return {
    operationId: one.name,
    tags: [tagNamed(one.tag).name[language]],
    summary: one.summary[language],
    description: describe(one, language),
    ...(one.deprecated
      ? { deprecated: true, ...(one.deprecated.sunset ? { 'x-sunset': one.deprecated.sunset } : {}) }
      : {}),
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
    parameters: operationParameters(one) as never,
    ...requestBody(one, language),
    responses: withOthers(one, language, {
      [successStatus(one)]: successResponse(one, language),
      ...refusalResponses(one),
    }) as never,
  };
}
