/** What operations refer to: common parameters, headers and ways to prove who one is. */
import { isFree, type Endpoint } from '@membership/contracts/endpoint';
import { HEADERS, PARAMETERS, SECURITY } from '@membership/contracts/reference';
import type { Language } from '@membership/contracts/text';

export type ParameterName = keyof typeof PARAMETERS;
type HeaderName = keyof typeof HEADERS;
type Parameter = { readonly name: string; readonly in: 'header' | 'query'; readonly schema: object };

const filter = { type: 'integer', minimum: 1 } as const;
const parameters: Readonly<Record<ParameterName, Parameter>> = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
  Tenant: { name: 'X-Tenant-ID', in: 'header', schema: { type: 'string' } },
  Language: { name: 'Accept-Language', in: 'header', schema: { type: 'string' } },
  WebhookSignature: {
    name: 'X-Webhook-Signature',
    in: 'header',
    schema: { type: 'string', pattern: '^[0-9a-fA-F]{64}$' },
  },
  RequestId: { name: 'X-Request-ID', in: 'header', schema: { type: 'string' } },
  TenantFilter: { name: 'tenant', in: 'query', schema: filter },
  TenantIdFilter: { name: 'tenant_id', in: 'query', schema: filter },
};
const headers: Readonly<Record<HeaderName, { readonly schema: object }>> = {
  RequestId: { schema: { type: 'string' } },
  Replayed: { schema: { type: 'string', enum: ['true'] } },
  RateLimit: { schema: { type: 'integer' } },
  RateLimitRemaining: { schema: { type: 'integer' } },
  RateLimitReset: { schema: { type: 'integer' } },
  Deprecation: { schema: { type: 'string', pattern: '^@[0-9]+$' } },
  Sunset: { schema: { type: 'string' } },
  Link: { schema: { type: 'string' } },
  RetryAfter: { schema: { type: 'integer', minimum: 0 } },
  Challenge: { schema: { type: 'string' } },
};

type Kinds = { parameters: ParameterName; headers: HeaderName };
export const refTo = <Kind extends keyof Kinds>(kind: Kind, name: Kinds[Kind]): { $ref: string } => ({
  $ref: `#/components/${kind}/${name}`,
});

/** The headers of each answer of an endpoint, by reference. */
export const headersOf = (one: Endpoint): Record<string, { $ref: string }> => ({
  'X-Request-ID': refTo('headers', 'RequestId'),
  ...(isFree(one)
    ? {}
    : {
        'RateLimit-Limit': refTo('headers', 'RateLimit'),
        'RateLimit-Remaining': refTo('headers', 'RateLimitRemaining'),
        'RateLimit-Reset': refTo('headers', 'RateLimitReset'),
      }),
  ...(one.deprecated ? { Deprecation: refTo('headers', 'Deprecation'), Link: refTo('headers', 'Link') } : {}),
  ...(one.deprecated?.sunset ? { Sunset: refTo('headers', 'Sunset') } : {}),
});

const described = <T extends object>(
  things: Readonly<Record<string, T>>,
  texts: Readonly<Record<string, Record<Language, string>>>,
  language: Language,
) =>
  Object.fromEntries(
    Object.entries(things).map(([name, thing]) => [name, { ...thing, description: texts[name]?.[language] }]),
  );

/** Headers that only what is on its way out has. */
const ENDING: ReadonlySet<string> = new Set(['Deprecation', 'Sunset', 'Link']);

/** `isEnding`: whether some endpoint is deprecated. */
export const commonComponents = (language: Language, isEnding: boolean) => ({
  securitySchemes: {
    bearer: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: SECURITY.bearer[language],
    },
    webhookSignature: {
      type: 'apiKey',
      in: 'header',
      name: 'X-Webhook-Signature',
      description: SECURITY.webhookSignature[language],
    },
  } as const,
  parameters: described(parameters, PARAMETERS, language) as never,
  headers: described(
    Object.fromEntries(Object.entries(headers).filter(([name]) => isEnding || !ENDING.has(name))),
    HEADERS,
    language,
  ) as never,
});
