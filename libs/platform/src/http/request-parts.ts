/** What a request asks for: path, query and body, checked against the contract. */
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { Endpoint } from '@membership/contracts/endpoint';
import { Refusal, invalid, notFound } from '@membership/contracts/errors';
import type { Text } from '@membership/contracts/text';
import { fieldErrors } from '@membership/contracts/validation';

/** What is wrong, by the field's name. */
type Fields = Record<string, readonly Text[]>;

/** A header's value; the first, where it came more than once. */
export const headerOf = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

/** An id in a path that cannot be one is not there: 404. */
export function parsePath(endpoint: Endpoint, raw: Record<string, string>): unknown {
  if (!endpoint.params) return {};
  const parsed = endpoint.params.safeParse(raw);
  if (!parsed.success) throw notFound();
  return parsed.data;
}

/** `tenant`, `tenant_id` of any list only narrow: one that is not the request's matches nothing (spec/api.md). */
export function tenantFilter(url: URL, tenantId: number | undefined): { mine: boolean } {
  let mine = true;
  for (const name of ['tenant', 'tenant_id'])
    for (const value of url.searchParams.getAll(name)) {
      if (!/^[1-9]\d{0,15}$/.test(value))
        throw invalid({ [name]: { zh: '必须为正整数', en: 'Must be a positive integer' } });
      mine &&= Number(value) === tenantId;
    }
  return { mine };
}

/** Query and body by the contract's schemas. Throws VALIDATION_ERROR that names every wrong field of both. */
export function parseParts(endpoint: Endpoint, url: URL, body: unknown): { query: unknown; body: unknown } {
  // Without a prototype, so that a field named `__proto__` is a field like any other.
  const fields: Fields = Object.create(null);
  const given = queryOf(endpoint, url, fields);
  const query = check(endpoint.query, given, fields, 'query');
  const parsedBody = endpoint.body ? check(endpoint.body, body ?? {}, fields, 'body') : undefined;
  if (Object.keys(fields).length > 0) throw new Refusal('VALIDATION_ERROR', { fields });
  return { query, body: parsedBody };
}

function queryOf(endpoint: Endpoint, url: URL, fields: Fields): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of new Set(url.searchParams.keys())) {
    if (endpoint.kind === 'list' && (name === 'tenant' || name === 'tenant_id')) continue;
    const values = url.searchParams.getAll(name);
    if (values.length > 1) fields[name] = [{ zh: '参数重复', en: 'Given more than once' }];
    else Object.defineProperty(given, name, { value: values[0], enumerable: true });
  }
  return given;
}

function check(schema: z.ZodType | undefined, given: unknown, fields: Fields, whole: string): unknown {
  if (!schema) {
    if (whole === 'query')
      for (const name of Object.keys(given as object))
        fields[name] = [{ zh: '未知的参数', en: 'Unknown parameter' }];
    return {};
  }
  const parsed = schema.safeParse(given, { reportInput: true });
  if (parsed.success) return parsed.data;
  Object.assign(fields, fieldErrors(parsed.error.issues, whole));
  return undefined;
}
