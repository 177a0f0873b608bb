/** From an `ordering` of the contracts to a sort of the database; ties are broken by id, so that pages never overlap. */
import type { Order } from '@membership/contracts/schemas';
import type { Sort } from './mongo.ts';

/** `fields` maps wire names to document paths. The id follows the direction of the last field. */
export function sortOf(orders: readonly Order[], fields: Readonly<Record<string, string>>): Sort {
  const sort: Sort = {};
  for (const { field, descending } of orders) {
    const path = fields[field];
    if (path === undefined) throw new Error(`no path for ordering ${field}`);
    sort[path] ??= descending ? -1 : 1;
  }
  sort._id ??= orders.at(-1)?.descending ? -1 : 1;
  return sort;
}
