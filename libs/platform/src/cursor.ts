/**
 * Cursors: where a page of a list ended that is ordered by a time, then by id. The next page begins behind it, whatever was
 * written meanwhile, and costs the same however deep it lies. One is of its tenant, its list and its order alone.
 */
import { invalid } from '@membership/contracts/errors';
import { digest, type TenantScope } from './scope.ts';

export type Position = { readonly at: Date; readonly id: number };
/** 1: oldest first, -1: newest first. */
export type Direction = 1 | -1;
type Of = { readonly scope: TenantScope; readonly list: string; readonly direction: Direction };

/** No secret: who makes one up is at a place of its own tenant's list. */
const checkOf = ({ scope, list, direction }: Of, at: number, id: number): string =>
  digest(String(scope.tenantId), list, String(direction), String(at), String(id)).slice(0, 16);

/** The cursor behind a position. */
export function cursorBehind(of: Of, { at, id }: Position): string {
  const time = at.getTime();
  return Buffer.from(`${time}.${id}.${checkOf(of, time, id)}`).toString('base64url');
}

/** The position that a cursor names. Refuses (VALIDATION_ERROR) one that is not this list's, or beside another page than the first. */
export function positionOf(of: Of, cursor: string | undefined, page = 1): Position | undefined {
  if (cursor === undefined) return undefined;
  const [time = '', id = '', check] = Buffer.from(cursor, 'base64url').toString('latin1').split('.');
  const position = { at: new Date(Number(time)), id: Number(id) };
  if (check !== checkOf(of, position.at.getTime(), position.id) || cursor !== cursorBehind(of, position))
    throw invalid({
      cursor: {
        zh: '无效的游标：请使用同一列表、同一排序返回的 next_cursor',
        en: 'Not a cursor of this list and order: take `next_cursor` of the page before',
      },
    });
  if (page !== 1)
    throw invalid({
      page: { zh: '不能与 cursor 同时使用', en: 'Not together with `cursor`' },
    });
  return position;
}

/** The documents behind a position: one range of an index that begins with `time`, less those of its very moment up to the id. */
export function behind(
  time: string,
  position: Position | undefined,
  direction: Direction,
): Record<string, unknown> {
  if (!position) return {};
  const [from, upTo] = direction === 1 ? ['$gte', '$lte'] : ['$lte', '$gte'];
  const { at, id } = position;
  return { $and: [{ [time]: { [from]: at } }], $nor: [{ [time]: at, _id: { [upTo]: id } }] };
}
