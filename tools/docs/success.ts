/** What a success looks like: its status, the schema of its envelope, an example. */
import { renderAnswer } from '@membership/contracts/dialects';
import type { Endpoint } from '@membership/contracts/endpoint';
import { exampleOf } from '@membership/contracts/examples';
import { say } from '@membership/contracts/text';
import { z } from 'zod';

export const successStatus = (one: Endpoint): number => one.status ?? (one.kind === 'empty' ? 204 : 200);

/** Documents show one moment and one request, so that generating them twice gives the same. */
export const EXAMPLE_NOW = new Date('2026-02-14T02:00:00.000Z');
export const EXAMPLE_REQUEST = 'req_5f3c0a3e9b1d';

const link = z.url().nullable().meta({ description: 'Absolute URL, or null' });
const count = z.int().min(0);
const estimate = z
  .boolean()
  .optional()
  .meta({ description: 'true where `count` stands for "at least so many"' });
const message = z.string().meta({ description: 'A sentence for people' });
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
const appCode = z
  .union([z.literal(2000), z.string()])
  .meta({ description: '2000, or the application’s own code' });
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
            ? z.looseObject({ [one.itemsKey ?? 'results']: items, pagination: codePagination })
            : response,
        timestamp,
      });
    case 'app':
      return z.object({
        success: done,
        code: appCode,
        message,
        data: kind === 'list' ? z.object({ pagination: appPagination, results: items }) : response,
      });
  }
}

/** A whole answer as a client reads it, made from the contract's example by the dialect itself; undefined without one. */
export function successExample(one: Endpoint): unknown {
  const example = exampleOf(one);
  if (!example || one.kind === 'empty' || one.kind === 'stream') return undefined;
  const { things } = example;
  const isList = one.kind === 'list';
  const url = new URL(one.path.replace(/:\w+/g, '1'), 'http://localhost:8000');
  const value = isList ? { items: things, count: things.length } : things[0];
  const facts = { ...asParams(one.examples?.request), ...asParams(things[0]) };
  return renderAnswer(
    one.dialect,
    {
      kind: one.kind,
      value,
      ...(one.message ? { message: say(one.message, 'zh', facts) } : {}),
      ...(isList ? { page: { number: 1, size: one.dialect === 'app' ? 10 : 20 } } : {}),
      ...(one.itemsKey ? { itemsKey: one.itemsKey } : {}),
    },
    { language: 'zh', requestId: EXAMPLE_REQUEST, now: EXAMPLE_NOW, url },
  );
}

/** The plain values of an example, for the places in a message that are named like them. */
function asParams(value: unknown): Record<string, string | number> {
  if (value === null || typeof value !== 'object') return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string | number] =>
      ['string', 'number'].includes(typeof entry[1]),
    ),
  );
}
