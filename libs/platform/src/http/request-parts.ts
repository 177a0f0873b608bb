/** What a request asks for: path, query and body, checked against the contract. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { countingParameters, type Endpoint } from '@membership/contracts/endpoint';
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

/**
 * The URL of a request. Bytes of a query that nobody escaped are read as UTF-8, as browsers mean them; what is no UTF-8,
 * escaped or not, is refused: it would be read as other text.
 */
export function urlOf(target: string, base: string): URL {
  // Node hands bytes over one by one, as Latin-1.
  const bytes = Buffer.from(target, 'latin1');
  if (!isUtf8(bytes)) throw invalid({ query: NOT_UTF8 });
  const text = bytes.toString('utf8');
  const query = text.indexOf('?');
  if (query !== -1 && text.includes('%', query))
    for (const piece of text.slice(query + 1).split('&')) {
      const [name = '', ...value] = piece.split('=');
      if (!isDecodable(value.join('='))) throw invalid({ [isDecodable(name) ? name : 'query']: NOT_UTF8 });
      if (!isDecodable(name)) throw invalid({ query: NOT_UTF8 });
    }
  return new URL(text, base);
}
const NOT_UTF8: Text = { zh: '不是有效的 UTF-8', en: 'Not valid UTF-8' };

/** Whether percent signs spell UTF-8; one that stands for itself is none of them. */
export function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25')) !== undefined;
  } catch {
    return false;
  }
}

/** An id in a path that cannot be one is not there: 404. */
export function parsePath(endpoint: Endpoint, raw: Record<string, string>): unknown {
  if (!endpoint.params) return {};
  const parsed = endpoint.params.safeParse(raw);
  if (!parsed.success) throw notFound();
  return parsed.data;
}

/** `tenant`, `tenant_id` of any list only narrow: one that is not the request's matches nothing (spec/api.md). */
export function tenantFilter(search: URLSearchParams, tenantId: number | undefined): { mine: boolean } {
  if (search.size === 0) return { mine: true };
  let mine = true;
  for (const name of ['tenant', 'tenant_id'])
    for (const value of search.getAll(name)) {
      if (!/^[1-9]\d{0,15}$/.test(value))
        throw invalid({ [name]: { zh: '必须为正整数', en: 'Must be a positive integer' } });
      mine &&= Number(value) === tenantId;
    }
  return { mine };
}

/** Query and body by the contract's schemas; a body that was left out is `{}`, `null` is one that is wrong. Throws VALIDATION_ERROR that names every wrong field of both. */
export function parseParts(
  endpoint: Endpoint,
  search: URLSearchParams,
  body: unknown,
): { query: unknown; body: unknown } {
  // Without a prototype, so that a field named `__proto__` is a field like any other.
  const fields: Fields = Object.create(null);
  const given = queryOf(endpoint, search, fields);
  const query = check(endpoint.query, given, fields, 'query');
  const parsedBody = endpoint.body
    ? check(endpoint.body, body === undefined ? {} : body, fields, 'body')
    : undefined;
  if (Object.keys(fields).length > 0) throw new Refusal('VALIDATION_ERROR', { fields });
  return { query, body: parsedBody };
}

function queryOf(endpoint: Endpoint, search: URLSearchParams, fields: Fields): Record<string, string> {
  const given: Record<string, string> = {};
  if (search.size === 0) return given;
  const counting = countingParameters(endpoint);
  for (const name of new Set(search.keys())) {
    if (counting && !counting.includes(name)) continue;
    if (endpoint.kind === 'list' && (name === 'tenant' || name === 'tenant_id')) continue;
    const values = search.getAll(name);
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
