/** From a list's query to MongoDB's sort and a stable page. */
import type { Order } from '@membership/contracts/schemas';
import type { Sort } from '@membership/platform/mongo';

export type Paging = { readonly page: number; readonly size: number };

/** The sort of an ordering; the id decides between equals, in the direction of the last field, so that one index serves it. */
export function sortOf(orders: readonly Order[], fields: Readonly<Record<string, string>>): Sort {
  const sort: Sort = {};
  for (const { field, descending } of orders) sort[fields[field] ?? field] = descending ? -1 : 1;
  sort._id = orders.at(-1)?.descending ? -1 : 1;
  return sort;
}

/** A text as a pattern that finds it literally, anywhere, in any case. */
export const literally = (text: string): RegExp => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
