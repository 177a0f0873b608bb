/** What an endpoint may refuse, by status: its own errors and those of the platform and the gateway, with an example each. */
import { renderRefusal } from '@membership/contracts/dialects';
import { scopeOf, type Dialect, type Endpoint } from '@membership/contracts/endpoint';
import {
  errors,
  invalid,
  invalidState,
  refuse,
  type ErrorCode,
  type Refusal,
} from '@membership/contracts/errors';
import { z } from 'zod';
import { EXAMPLE_NOW, EXAMPLE_REQUEST } from './success.ts';
import { sorted } from './text-file.ts';

/** `data` speaks of errors as `drf` does. */
type Family = 'drf' | 'code' | 'app';
const familyOf = (dialect: Dialect): Family => (dialect === 'data' ? 'drf' : dialect);

const code = z
  .enum(Object.keys(errors).sort() as [ErrorCode, ...ErrorCode[]])
  .meta({ id: 'ErrorCode', description: 'What a client decides by' });
const message = z.string().meta({ description: 'A sentence for people, in the language asked for' });
const fields = z.record(z.string(), z.array(z.string()));
const schemas: Record<Family, z.ZodType> = {
  drf: z
    .object({
      success: z.literal(false),
      error: z.object({
        code,
        message,
        details: z
          .union([fields, z.record(z.string(), z.unknown())])
          .meta({ description: 'For VALIDATION_ERROR: field → sentences' }),
      }),
      timestamp: z.iso.datetime(),
      request_id: z.string(),
    })
    .meta({ id: 'DrfError', description: 'An error in the dialects `drf` and `data`' }),
  code: z
    .object({
      code: z.int().meta({ description: 'The HTTP status' }),
      message,
      data: z.record(z.string(), z.unknown()).meta({ description: '`errors` names wrong fields' }),
      timestamp: z.iso.datetime(),
    })
    .meta({ id: 'CodeError', description: 'An error in the dialect `code`' }),
  app: z
    .object({
      success: z.literal(false),
      code: z.int().meta({ description: '4000 and the last two digits of the status; 5000 from 500 on' }),
      message,
      data: z.null(),
      error_code: code,
    })
    .meta({ id: 'AppError', description: 'An error in the dialect `app`' }),
};

/** The errors that any endpoint of this kind may answer with, besides its own. */
function commonCodes(one: Endpoint): ErrorCode[] {
  const isPublic = one.access.includes('public');
  const takesBody = one.body !== undefined || one.accepts !== undefined;
  return [
    ...(one.query || one.kind === 'list' || takesBody ? (['VALIDATION_ERROR'] as const) : []),
    ...(takesBody ? (['MALFORMED_JSON', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
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

const codesOf = (one: Endpoint): ErrorCode[] =>
  [...new Set([...commonCodes(one), ...(one.refusals ?? [])])].sort();

/** A refusal as it might be: with the details that this code carries. */
function sampleOf(of: ErrorCode, one?: Endpoint): Refusal {
  switch (of) {
    case 'VALIDATION_ERROR':
      return invalid({ field_name: { zh: '此字段为必填项', en: 'This field is required' } });
    case 'INVALID_STATE':
      return invalidState('revoked', []);
    case 'TENANT_REQUIRED':
      return refuse(of, { details: { header: 'X-Tenant-ID' } });
    case 'PERM_002':
      return refuse(of, { details: { required_scope: one ? scopeOf(one) : 'points:write' } });
    case 'PAYLOAD_TOO_LARGE':
      return refuse(of, { details: { limit_bytes: 102_400 } });
    case 'UNSUPPORTED_MEDIA_TYPE':
      return refuse(of, { details: { supported: ['application/json'] } });
    default:
      return refuse(of);
  }
}

const exampleName = (family: Family, of: ErrorCode): string => `${family}.${of}`;
const CONTEXT = { language: 'zh', requestId: EXAMPLE_REQUEST, now: EXAMPLE_NOW } as const;

function response(family: Family, codes: readonly ErrorCode[]): object {
  return {
    description: codes.map((of) => `\`${of}\` ${errors[of].text.en} (${errors[of].text.zh})`).join('; '),
    content: {
      'application/json': {
        schema: schemas[family],
        examples: Object.fromEntries(
          codes.map((of) => [of, { $ref: `#/components/examples/${exampleName(family, of)}` }]),
        ),
      },
    },
  };
}

function byStatus(codes: readonly ErrorCode[]): Map<number, ErrorCode[]> {
  const grouped = new Map<number, ErrorCode[]>();
  for (const of of codes) grouped.set(errors[of].status, [...(grouped.get(errors[of].status) ?? []), of]);
  return grouped;
}

const responseName = (family: Family, status: number, codes: readonly ErrorCode[]): string =>
  `${family}.${status}.${codes.join('.')}`;

/** The refusals of an endpoint as references: many endpoints refuse the same. */
export function refusalResponses(one: Endpoint): Record<string, { $ref: string }> {
  const family = familyOf(one.dialect);
  return Object.fromEntries(
    [...byStatus(codesOf(one))].map(([status, codes]) => [
      String(status),
      { $ref: `#/components/responses/${responseName(family, status, codes)}` },
    ]),
  );
}

/** Every refusal that some endpoint refers to, with one example for each code. */
export function refusalComponents(endpoints: readonly Endpoint[]): { responses: never; examples: never } {
  const responses = new Map<string, object>();
  const examples = new Map<string, object>();
  for (const one of endpoints) {
    const family = familyOf(one.dialect);
    for (const [status, codes] of byStatus(codesOf(one))) {
      responses.set(responseName(family, status, codes), response(family, codes));
      for (const of of codes)
        examples.set(exampleName(family, of), {
          summary: errors[of].text.en,
          value: renderRefusal(one.dialect, sampleOf(of), CONTEXT),
        });
    }
  }
  return { responses: sorted(responses) as never, examples: sorted(examples) as never };
}
