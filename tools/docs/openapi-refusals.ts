/** What an endpoint may refuse, by status: its own errors and those of the platform and the gateway, with an example each. */
import { familyOf, refusalCodes, refusalSchemas, type Family } from '@membership/contracts/answers';
import { renderRefusal } from '@membership/contracts/dialects';
import { isFree, scopeOf, wrongRole, type Endpoint } from '@membership/contracts/endpoint';
import {
  errors,
  invalid,
  invalidState,
  refuse,
  type ErrorCode,
  type Refusal,
} from '@membership/contracts/errors';
import type { Language } from '@membership/contracts/text';
import { headersOf, refTo } from './openapi-components.ts';
import { EXAMPLE_NOW, EXAMPLE_REQUEST } from './success.ts';
import { sorted } from './text-file.ts';

/** A refusal as it might be: with the details that this code carries. */
function sampleOf(of: ErrorCode, one?: Endpoint): Refusal {
  switch (of) {
    case 'VALIDATION_ERROR':
      return invalid({ field_name: { zh: '此字段为必填项', en: 'This field is required' } });
    case 'INVALID_STATE':
      return invalidState('revoked', []);
    case 'TENANT_REQUIRED':
      return refuse(of, { details: { header: 'X-Tenant-ID' } });
    case 'PERM_001':
      return wrongRole(['admin'], 'member');
    case 'PERM_002':
      return refuse(of, { details: { required_scope: one ? scopeOf(one) : 'points:write' } });
    case 'PAYLOAD_TOO_LARGE':
      return refuse(of, { details: { limit_bytes: 102_400 } });
    case 'INSUFFICIENT_POINTS':
      return refuse(of, { details: { required_points: 1000, available_points: 800, shortage: 200 } });
    case 'DAILY_LIMIT_EXCEEDED':
      return refuse(of, { details: { daily_limit: 50, earned_today: 50 } });
    case 'OUT_OF_STOCK':
      return refuse(of, { details: { requested: 2, available_stock: 1 } });
    case 'MEMBER_LIMIT_REACHED':
      return refuse(of, { details: { limit: 1, used: 1 } });
    case 'BIZ_003':
      return refuse(of, {
        details: { member_id: 1001, license_id: 1, assignment_id: 1, status: 'active' },
      });
    case 'RATE_LIMITED':
      return refuse(of, { details: { limit: 'requests_per_minute', allowed: 300 } });
    case 'SECOND_FACTOR_REQUIRED':
      return refuse(of, {
        details: { challenge_token: 'ch_5f3c0a3e9b1d', expires_in: 300, is_enrolled: true },
      });
    case 'IDEMPOTENCY_CONFLICT':
      return refuse(of, { details: { differs_in: 'body', used_at: EXAMPLE_NOW.toISOString() } });
    case 'UNSUPPORTED_MEDIA_TYPE':
      return refuse(of, { details: { supported: ['application/json'] } });
    default:
      return refuse(of);
  }
}

const exampleName = (family: Family, of: ErrorCode): string => `${family}.${of}`;

/** An example for each code, by reference. */
export const refusalExamples = (family: Family, codes: readonly ErrorCode[]): Record<string, object> =>
  Object.fromEntries(codes.map((of) => [of, { $ref: `#/components/examples/${exampleName(family, of)}` }]));

/** The headers of a refusal, by reference: what stands on each answer, and what to do about this one. */
export const refusalHeaders = (one: Endpoint, status: number): Record<string, { $ref: string }> => ({
  ...headersOf(one),
  ...(status === 401 ? { 'WWW-Authenticate': refTo('headers', 'Challenge') } : {}),
  ...(status === 429 || status === 503 ? { 'Retry-After': refTo('headers', 'RetryAfter') } : {}),
});

function response(one: Endpoint, status: number, codes: readonly ErrorCode[], language: Language): object {
  const family = familyOf(one.dialect);
  return {
    description: codes
      .map((of) => `\`${of}\` ${errors[of].text[language]}`)
      .join(language === 'zh' ? '；' : '; '),
    'x-codes': codes,
    headers: refusalHeaders(one, status),
    content: {
      'application/json': {
        schema: refusalSchemas[family],
        examples: refusalExamples(family, codes),
      },
    },
  };
}

function byStatus(codes: readonly ErrorCode[]): Map<number, ErrorCode[]> {
  const grouped = new Map<number, ErrorCode[]>();
  for (const of of codes) grouped.set(errors[of].status, [...(grouped.get(errors[of].status) ?? []), of]);
  return grouped;
}

/** Endpoints share a refusal that has the same codes and headers. */
const responseName = (one: Endpoint, status: number, codes: readonly ErrorCode[]): string =>
  [
    ...[familyOf(one.dialect), status, ...codes],
    ...(isFree(one) ? ['free'] : []),
    ...(one.deprecated ? [one.deprecated.sunset ? 'ending' : 'deprecated'] : []),
  ].join('.');

/** The refusals of an endpoint as references: many endpoints refuse the same. */
export function refusalResponses(one: Endpoint): Record<string, { $ref: string }> {
  return Object.fromEntries(
    [...byStatus(refusalCodes(one))].map(([status, codes]) => [
      String(status),
      { $ref: `#/components/responses/${responseName(one, status, codes)}` },
    ]),
  );
}

/** Every refusal that some endpoint refers to, with one example for each code. */
export function refusalComponents(
  endpoints: readonly Endpoint[],
  language: Language,
): { responses: never; examples: never } {
  const responses = new Map<string, object>();
  const examples = new Map<string, object>();
  for (const one of endpoints) {
    const family = familyOf(one.dialect);
    for (const [status, codes] of byStatus(refusalCodes(one))) {
      responses.set(responseName(one, status, codes), response(one, status, codes, language));
      for (const of of codes)
        examples.set(exampleName(family, of), {
          summary: errors[of].text[language],
          value: renderRefusal(one.dialect, sampleOf(of), {
            language,
            requestId: EXAMPLE_REQUEST,
            now: EXAMPLE_NOW,
          }),
        });
    }
  }
  return { responses: sorted(responses) as never, examples: sorted(examples) as never };
}
