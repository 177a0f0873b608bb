/** What an endpoint may answer: the schemas of a success and of its refusals, as documents show them and tests hold answers to. */
import { z } from 'zod';
import { countingParameters, type Dialect, type Endpoint } from './endpoint.ts';
import { errors, type ErrorCode } from './errors.ts';
import { both } from './text.ts';

export const successStatus = (one: Endpoint): number => one.status ?? (one.kind === 'empty' ? 204 : 200);

const link = z
  .url()
  .nullable()
  .meta({ description: both('完整网址，或 null', 'Absolute URL, or null') });
const count = z.int().min(0);
const estimate = z
  .boolean()
  .optional()
  .meta({
    description: both(
      '为 true 时，`count` 表示“至少这么多”',
      'true where `count` stands for "at least so many"',
    ),
  });
const message = z.string().meta({ description: both('给人看的一句话', 'A sentence for people') });
const timestamp = z.iso.datetime();
const pageInfo = z
  .object({ current_page: z.int(), total_pages: z.int(), page_size: z.int() })
  .meta({ id: 'PageInfo' });
const codePagination = z
  .object({ page: z.int(), limit: z.int(), total: z.int(), total_pages: z.int() })
  .meta({ id: 'CodePagination' });
const appPagination = z
  .object({
    count,
    count_is_estimate: estimate,
    next: link,
    previous: link,
    page_size: z.int(),
    current_page: z.int(),
    total_pages: z.int(),
  })
  .meta({ id: 'AppPagination' });
/** Of what has a code (an application) its own, else 2000. */
const appCode = (response: z.ZodType) =>
  response instanceof z.ZodObject && 'code' in response.shape
    ? z.string().meta({ description: both('应用自己的代码', 'The application’s own code') })
    : z.literal(2000);
const done = z.literal(true);

/** The schema of a whole answer: the dialect's envelope around the thing, or around a page of it. */
export function successSchema(one: Endpoint): z.ZodType | undefined {
  const { response, dialect, kind } = one;
  if (kind === 'empty' || !response) return undefined;
  if (kind === 'bare' || kind === 'stream') return response;
  const items = z.array(response);
  const page = {
    count,
    count_is_estimate: estimate,
    next: link,
    previous: link,
    next_cursor: z.string().nullable().optional(),
    ...one.beside?.shape,
    results: items,
  };
  switch (dialect) {
    case 'drf':
      if (kind === 'list') return z.object(page);
      if (kind !== 'action') return response;
      return response instanceof z.ZodObject
        ? z.object({ success: done, message, ...response.shape })
        : z.object({ success: done, message });
    case 'data':
      return z.object({
        success: done,
        message: message.optional(),
        data: kind === 'list' ? z.object({ ...page, page_info: pageInfo }) : response,
      });
    case 'code':
      return z.object({
        code: z.literal(200),
        message,
        data:
          kind === 'list'
            ? z.looseObject({
                [one.itemsKey ?? 'results']: items,
                next_cursor: z.string().nullable().optional(),
                ...one.beside?.shape,
                pagination: codePagination,
              })
            : response,
        timestamp,
      });
    case 'app':
      return z.object({
        success: done,
        code: kind === 'list' ? z.literal(2000) : appCode(response),
        message,
        data: kind === 'list' ? z.object({ pagination: appPagination, results: items }) : response,
      });
  }
}

/** `data` speaks of errors as `drf` does. */
export type Family = 'drf' | 'code' | 'app';
export const familyOf = (dialect: Dialect): Family => (dialect === 'data' ? 'drf' : dialect);

const code = z
  .enum(Object.keys(errors).sort() as [ErrorCode, ...ErrorCode[]])
  .meta({ id: 'ErrorCode', description: both('供客户端判断的错误代码', 'What a client decides by') });
/** What a refusal looks like, by family. */
export const refusalSchemas: Record<Family, z.ZodType> = {
  drf: z
    .object({
      success: z.literal(false),
      error: z.object({
        code,
        message,
        details: z.record(z.string(), z.unknown()).meta({
          description: both('VALIDATION_ERROR 时：字段 → 说明', 'For VALIDATION_ERROR: field → sentences'),
        }),
      }),
      timestamp,
      request_id: z.string(),
    })
    .meta({
      id: 'DrfError',
      description: both('`drf` 和 `data` 风格的错误', 'An error in the dialects `drf` and `data`'),
    }),
  code: z
    .object({
      code: z.int().meta({ description: both('HTTP 状态码', 'The HTTP status') }),
      message,
      data: z
        .record(z.string(), z.unknown())
        .meta({ description: both('`errors` 列出有误的字段', '`errors` names wrong fields') }),
      error_code: code,
      timestamp,
    })
    .meta({ id: 'CodeError', description: both('`code` 风格的错误', 'An error in the dialect `code`') }),
  app: z
    .object({
      success: z.literal(false),
      code: z.int().meta({
        description: both(
          '4000 加状态码的末两位；500 及以上为 5000',
          '4000 and the last two digits of the status; 5000 from 500 on',
        ),
      }),
      message,
      data: z.null(),
      error_code: code,
    })
    .meta({ id: 'AppError', description: both('`app` 风格的错误', 'An error in the dialect `app`') }),
};

/** The errors that any endpoint of this kind may answer with, besides its own. */
function commonCodes(one: Endpoint): ErrorCode[] {
  const isPublic = one.access.includes('public');
  // A body is read wherever one may come, also where none is asked for.
  const readsBody = one.method !== 'get' || one.body !== undefined || one.accepts !== undefined;
  return [
    ...(countingParameters(one)?.length === 0 ? [] : (['VALIDATION_ERROR'] as const)),
    ...(readsBody ? (['MALFORMED_JSON', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
    ...(isPublic
      ? []
      : (['TENANT_REQUIRED', 'AUTH_001', 'AUTH_002', 'AUTH_003', 'PERM_001', 'TENANT_SUSPENDED'] as const)),
    ...(one.access.includes('internal') ? (['PERM_002'] as const) : []),
    ...(one.params ? (['BIZ_001'] as const) : []),
    ...(one.method !== 'get' && !isPublic ? (['CONFLICT', 'IDEMPOTENCY_CONFLICT'] as const) : []),
    'RATE_LIMITED',
    'SYS_001',
    ...(one.service === 'gateway' ? [] : (['BAD_GATEWAY', 'GATEWAY_TIMEOUT'] as const)),
    'SYS_002',
    ...(one.method === 'get' ? [] : (['OUTCOME_UNKNOWN'] as const)),
  ];
}

/** Every error that an endpoint may answer with. */
export const refusalCodes = (one: Endpoint): ErrorCode[] =>
  [...new Set([...commonCodes(one), ...(one.refusals ?? [])])].sort();

/** What an answer has that its contract does not say; nothing where it lies within it. */
export function answerProblems(
  one: Endpoint,
  { status, body, type }: { readonly status: number; readonly body: unknown; readonly type: string },
): string[] {
  const isJson = /[/+]json\b/.test(type);
  const own = one.others?.[status];
  if (own?.schema.safeParse(body).success) return [];
  if (status < 300) {
    if (status !== successStatus(one)) return [`status ${status} is not ${successStatus(one)}`];
    if (one.kind === 'empty') return body === '' ? [] : ['a body where there is none'];
    if (!isJson)
      return [...(one.alsoAs ?? []), ...(one.response ? [] : [type])].some((known) => type.startsWith(known))
        ? []
        : [`media type ${type}`];
    return [...issuesOf(successSchema(one), body), ...emptyPlaces(body)];
  }
  const codes = refusalCodes(one).filter((code) => errors[code].status === status);
  if (codes.length === 0) return [`status ${status} is not among those it may refuse with`];
  const problems = [...issuesOf(refusalSchemas[familyOf(one.dialect)], body), ...emptyPlaces(body)];
  const code = codeOf(one, body);
  return code === undefined || codes.some((known) => known === code)
    ? problems
    : [...problems, `code ${code}`];
}

type Spoken = { readonly message?: unknown; readonly error?: { readonly message?: unknown } };
/** Places of its sentence that nobody filled in: `say` leaves them as they are. */
function emptyPlaces(body: unknown): string[] {
  const { message, error } = (body ?? {}) as Spoken;
  const said = message ?? error?.message;
  const places = typeof said === 'string' ? (said.match(/\{\w+\}/g) ?? []) : [];
  return places.map((place) => `message: ${place} is not filled in`);
}

function codeOf(one: Endpoint, body: unknown): string | undefined {
  const refused = body as { error?: { code?: string }; error_code?: string };
  return familyOf(one.dialect) === 'drf' ? refused.error?.code : refused.error_code;
}

function issuesOf(schema: z.ZodType | undefined, value: unknown): string[] {
  const { error } = schema?.safeParse(value) ?? {};
  return (error?.issues ?? []).map(
    ({ path, message: what, code }) => `${path.join('.') || 'it'}: ${code}, ${what}`,
  );
}
