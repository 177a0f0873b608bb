/** Cross-origin calls of browsers, and the headers that keep answers from being misread. Flat lists: they are sent with every answer. */

const SECURITY = [
  'x-content-type-options',
  'nosniff',
  'x-frame-options',
  'DENY',
  'referrer-policy',
  'no-referrer',
  'cross-origin-resource-policy',
  'same-site',
] as const;
const EXPOSED =
  'X-Request-ID, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, Idempotent-Replayed, Content-Disposition, Deprecation, Sunset, Link';
const ALLOWED =
  'Authorization, Content-Type, Accept-Language, Idempotency-Key, X-Tenant-ID, X-Request-ID, traceparent';

export type CrossOrigin = {
  /** Headers for an answer to `origin`; `own`: origins of the tenant at whose host it was asked. */
  headersFor(origin: string | undefined, own?: readonly string[]): readonly string[];
  /** Headers for a preflight, or undefined when this origin may not call. */
  preflight(
    origin: string | undefined,
    methods: readonly string[],
    own?: readonly string[],
  ): readonly string[] | undefined;
};

/** `origins` may call everywhere; `*` is everybody. Tokens travel in a header, never in cookies, so credentials are not offered. */
export function crossOrigin(origins: readonly string[], { isHttps }: { isHttps: boolean }): CrossOrigin {
  const isOpen = origins.includes('*');
  const allowed = new Set(origins.filter((origin) => origin !== '*').map((origin) => new URL(origin).origin));
  const base: readonly string[] = [
    ...SECURITY,
    ...(isHttps ? ['strict-transport-security', 'max-age=31536000; includeSubDomains'] : []),
  ];
  const forEverybody = [
    ...base,
    'access-control-allow-origin',
    '*',
    'access-control-expose-headers',
    EXPOSED,
  ];
  const varying = [...base, 'vary', 'origin'];
  const mayCall = (origin: string | undefined, own: readonly string[]): origin is string =>
    origin !== undefined && (isOpen || allowed.has(origin) || own.includes(origin));
  return {
    headersFor(origin, own = []) {
      if (isOpen) return forEverybody;
      if (allowed.size === 0 && own.length === 0) return base;
      return mayCall(origin, own)
        ? [...varying, 'access-control-allow-origin', origin, 'access-control-expose-headers', EXPOSED]
        : varying;
    },
    preflight(origin, methods, own = []) {
      if (!mayCall(origin, own)) return undefined;
      return [
        ...varying,
        'access-control-allow-origin',
        isOpen ? '*' : origin,
        'access-control-allow-methods',
        methods.join(', '),
        'access-control-allow-headers',
        ALLOWED,
        'access-control-max-age',
        '600',
      ];
    },
  };
}
