/** Reads and parses request bodies within their limit: 413, 415 and malformed JSON are refusals, never a 500. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import type { Endpoint } from '@membership/contracts/endpoint';
import { invalid, refuse, type Refusal } from '@membership/contracts/errors';

/** Bytes of a body where the endpoint names no limit. */
export const DEFAULT_BODY_LIMIT = 100 * 1024;
type WithBody = IncomingMessage & { body?: unknown };
export type ReadBody = { readonly parsed: unknown; readonly raw: Buffer | undefined };
type Parser = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

const parsers = new Map<string, Parser>();
/** express.json with our limit; one parser a limit. `raw` keeps other media types (CSV, forms) as text. */
function parserFor(
  kind: 'json' | 'text',
  limit: number,
  keep: (request: IncomingMessage, raw: Buffer) => void,
): Parser {
  const name = `${kind}:${limit}`;
  let parser = parsers.get(name);
  if (!parser) {
    const verify = (request: IncomingMessage, _response: ServerResponse, raw: Buffer) => keep(request, raw);
    const options = { limit, verify, type: () => true };
    parser = (kind === 'json'
      ? express.json({ ...options, strict: false })
      : express.text(options)) as unknown as Parser;
    parsers.set(name, parser);
  }
  return parser;
}

const raws = new WeakMap<IncomingMessage, Buffer>();
const mediaType = (request: IncomingMessage): string =>
  (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
/** Whether a request says that a body follows its head. */
export const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

/** The body of a request as its endpoint allows. No body is `undefined`. */
export async function readBody(
  endpoint: Endpoint,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<ReadBody> {
  if (!hasBody(request)) return { parsed: undefined, raw: undefined };
  const type = mediaType(request);
  const isJson = type === 'application/json' || /^application\/[\w.-]+\+json$/.test(type);
  const supported = [
    ...(endpoint.acceptsJson === false ? [] : ['application/json']),
    ...(endpoint.accepts ?? []),
  ];
  if (!supported.includes(isJson ? 'application/json' : type))
    throw refuse('UNSUPPORTED_MEDIA_TYPE', {
      details: { supported },
      headers: { accept: supported.join(', ') },
    });
  const parse = parserFor(isJson ? 'json' : 'text', endpoint.bodyLimit ?? DEFAULT_BODY_LIMIT, (of, raw) =>
    raws.set(of, raw),
  );
  await new Promise<void>((done, failed) =>
    parse(request, response, (error) => (error ? failed(asRefusal(error)) : done())),
  );
  const { body } = request as WithBody;
  const raw = raws.get(request);
  if (raw && MAY_NAME_PROTOTYPE.test(raw.toString('latin1')) && namesPrototype(body, 0))
    throw invalid({ ['__proto__']: { zh: '未知的字段', en: 'Unknown field' } });
  return { parsed: body, raw };
}

/** Spelled out, or with an escape that may spell it. */
const MAY_NAME_PROTOTYPE = /__proto__|\\u00/i;
/** A key `__proto__` anywhere. Some schemas would pass over it; nobody sends it in good faith. */
function namesPrototype(value: unknown, depth: number): boolean {
  if (value === null || typeof value !== 'object' || depth > 100) return false;
  return Object.keys(value).some(
    (key) => key === '__proto__' || namesPrototype((value as Record<string, unknown>)[key], depth + 1),
  );
}

type ParserError = { type?: string; status?: number; limit?: number; message?: string };
function asRefusal(error: unknown): Refusal | Error {
  const { type, status, limit, message } = error as ParserError;
  if (type === 'entity.too.large')
    return refuse('PAYLOAD_TOO_LARGE', { details: { limit_bytes: limit }, headers: { connection: 'close' } });
  if (type === 'entity.parse.failed') return refuse('MALFORMED_JSON', { details: { reason: message } });
  if (type === 'charset.unsupported' || type === 'encoding.unsupported')
    return refuse('UNSUPPORTED_MEDIA_TYPE', { details: { reason: message } });
  if (status !== undefined && status < 500) return refuse('MALFORMED_JSON', { details: { reason: message } });
  return error as Error;
}
