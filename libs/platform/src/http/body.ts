/** Reads and parses request bodies within their limit: 413, 415 and malformed JSON are refusals, never a 500. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import type { Endpoint } from '@membership/contracts/endpoint';
import { invalid, refuse, type Refusal } from '@membership/contracts/errors';
import { charsetOf, fileText, utf8Text } from './text-encoding.ts';

/** Bytes of a body where the endpoint names no limit. */
export const DEFAULT_BODY_LIMIT = 100 * 1024;
type WithBody = IncomingMessage & { body?: Buffer };
export type ReadBody = {
  readonly parsed: unknown;
  readonly raw: Buffer | undefined;
  /** Of a file: what it was read in. */
  readonly encoding?: string;
};
type Parser = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

const parsers = new Map<number, Parser>();
/** express.raw with our limit, one a limit: what the bytes mean is decided here, not by a parser that mends them. */
function parserFor(limit: number): Parser {
  let parser = parsers.get(limit);
  if (!parser) {
    parser = express.raw({ limit, type: () => true }) as unknown as Parser;
    parsers.set(limit, parser);
  }
  return parser;
}

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
  const parse = parserFor(endpoint.bodyLimit ?? DEFAULT_BODY_LIMIT);
  await new Promise<void>((done, failed) =>
    parse(request, response, (error) => (error ? failed(asRefusal(error)) : done())),
  );
  const { body: raw } = request as WithBody;
  if (raw === undefined || raw.length === 0) return { parsed: undefined, raw };
  if (!isJson && type !== FORM) {
    const { text, encoding } = fileText(raw, request.headers['content-type']);
    return { parsed: text, raw, encoding };
  }
  const charset = charsetOf(request.headers['content-type']) ?? 'utf-8';
  if (charset !== 'utf-8' && charset !== 'utf8')
    throw refuse('UNSUPPORTED_MEDIA_TYPE', {
      details: { reason: `charset "${charset.slice(0, 64)}": only UTF-8` },
    });
  const text = utf8Text(raw);
  return { parsed: isJson ? jsonOf(text) : text, raw };
}

/** Forms are percent-encoded UTF-8. */
const FORM = 'application/x-www-form-urlencoded';

function jsonOf(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw refuse('MALFORMED_JSON', { details: { reason: (error as Error).message } });
  }
  const key = MAY_NAME_THEM.test(text) ? forbiddenKeyIn(parsed, 0) : undefined;
  if (key !== undefined) throw invalid({ [key]: { zh: '未知的字段', en: 'Unknown field' } });
  return parsed;
}

/** Spelled out, or with an escape that may spell it. */
const MAY_NAME_THEM = /__proto__|_bsontype|\\u00/i;
/**
 * A key `__proto__`, or `_bsontype`, by which the driver of MongoDB knows its own types, anywhere. Some schemas would pass over
 * it; nobody sends it in good faith.
 */
function forbiddenKeyIn(value: unknown, depth: number): string | undefined {
  if (value === null || typeof value !== 'object' || depth > 100) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (key === '__proto__' || key === '_bsontype') return key;
    const found = forbiddenKeyIn(inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

type ParserError = { type?: string; status?: number; limit?: number; message?: string };
function asRefusal(error: unknown): Refusal | Error {
  const { type, status, limit, message } = error as ParserError;
  if (type === 'entity.too.large')
    return refuse('PAYLOAD_TOO_LARGE', { details: { limit_bytes: limit }, headers: { connection: 'close' } });
  if (type === 'encoding.unsupported')
    return refuse('UNSUPPORTED_MEDIA_TYPE', { details: { reason: message } });
  if (status !== undefined && status < 500) return refuse('MALFORMED_JSON', { details: { reason: message } });
  return error as Error;
}
