/** A change of the API between two documents, as somebody who calls it meets it. */
export type Change = {
  /** breaking: who called it as documented may have to change; added: more is possible; other: neither. */
  readonly kind: 'breaking' | 'added' | 'deprecated' | 'other';
  /** The operation, and the place in it: `POST /api/v1/… request.points_amount`. */
  readonly where: string;
  readonly what: string;
};
export type Json = Record<string, unknown>;
/** The methods of a path in an OpenAPI document. */
export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

export const isObject = (value: unknown): value is Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
export const asObject = (value: unknown): Json => (isObject(value) ? value : {});
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
/** The same text for the same value, whatever the order of its keys. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  ) ?? 'undefined';
/** A value as it is told: text as it is, anything else as JSON. */
export const told = (value: unknown): string => (typeof value === 'string' ? value : canonical(value));
