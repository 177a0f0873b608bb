/** Reads lots into books, from where each profile keeps them: its records, documents of their own, or both (`LotHome`). */
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Books } from './books.ts';
import type { Ledger } from './ledger.ts';
import { bySoonestEnd, lotOf, type Lot, type LotHome } from '../domain/lots.ts';
import type { Missing } from './needs.ts';
import type { PointsRecord } from '../domain/record.ts';

type Stores = { readonly ledger: Pick<Ledger, 'models'>; readonly books: Books; readonly unit: UnitOfWork };
type Sought = { readonly limit?: number; readonly sort?: 'by end' | 'by member and end' };

/** Lots of all members of a batch that are read at once; who has more reads on alone. */
const AT_ONCE = 2_000;
const CARRIER = { tenantId: 1, memberId: 1, createdAt: 1, lot: 1 } as const;
/** Records have many indexes that begin with the member: the one of its lots is named, so that no question is planned. */
const BY_END = { tenantId: 1, memberId: 1, 'lot.endsAt': 1, _id: 1 } as const;
const WHY = 'group commit: each member is asked for in its own tenant';

/** One place where lots are: questions in the words of a lot, answers as lots. */
type Source = (
  stores: Stores,
  /** Gets the name that a field of a lot has there, and what is true of lots that hold points. */
  filter: (field: (name: 'endsAt') => string, open: object) => object,
  sought?: Sought,
) => Promise<Lot[]>;

const orderOf = (end: string, sort: Sought['sort']): { sort?: Record<string, 1> } =>
  sort === undefined
    ? {}
    : { sort: { ...(sort === 'by end' ? {} : { memberId: 1 as const }), [end]: 1, _id: 1 } };

const carried: Source = async ({ ledger, unit: { session } }, filter, { limit, sort } = {}) => {
  const field = (name: string) => `lot.${name}`;
  const found = await ledger.models.records
    .acrossTenants(WHY)
    .find(filter(field, { 'lot.isOpen': true }), {
      ...{ session, projection: CARRIER },
      ...orderOf(field('endsAt'), sort),
      ...(sort ? { hint: BY_END } : {}),
      ...(limit === undefined ? {} : { limit }),
    })
    .toArray();
  return (found as PointsRecord[]).flatMap(({ lot, ...record }) => (lot ? [lotOf({ ...record, lot })] : []));
};

const separate: Source = async ({ ledger, unit: { session } }, filter, { limit, sort } = {}) =>
  (await ledger.models.lots
    .acrossTenants(WHY)
    .find(
      filter((name) => name, { remaining: { $gt: 0 } }),
      { session, ...orderOf('endsAt', sort), ...(limit === undefined ? {} : { limit }) },
    )
    .toArray()) as Lot[];

const sourcesOf = (home: LotHome | undefined): readonly Source[] =>
  home === 'records' ? [carried] : home === 'both' ? [carried, separate] : [separate];

/** The first lots of those of whom none are known, at once; more of those who have many, each for itself. */
export async function loadLots(stores: Stores, memberIds: readonly number[]): Promise<void> {
  const { books } = stores;
  const homeOf = (memberId: number) => books.known(memberId)?.profile.lotsIn;
  const unread = memberIds.filter((memberId) => !books.known(memberId)?.lots.reach);
  const together = unread.length === 1 ? [] : unread.filter((memberId) => homeOf(memberId) !== 'both');
  for (const home of ['records', undefined] as const)
    await readFirst(
      stores,
      together.filter((memberId) => homeOf(memberId) === home),
      home,
    );
  for (const memberId of memberIds) if (!together.includes(memberId)) await readOn(stores, memberId);
}

async function readFirst(
  stores: Stores,
  memberIds: readonly number[],
  home: 'records' | undefined,
): Promise<void> {
  if (memberIds.length === 0) return;
  const { books } = stores;
  const [source] = sourcesOf(home) as [Source];
  const found = await source(
    stores,
    (_field, open) => ({ $or: books.whereMembers(memberIds).map((where) => ({ ...where, ...open })) }),
    { sort: 'by member and end', limit: AT_ONCE },
  );
  const cutOff = found.length === AT_ONCE ? found.at(-1)?.memberId : undefined;
  for (const memberId of memberIds) {
    if (cutOff !== undefined && memberId > cutOff) continue;
    const own = found.filter((lot) => lot.memberId === memberId);
    books.known(memberId)?.lots.readOn(own, memberId !== cutOff);
  }
}

async function readOn(stores: Stores, memberId: number): Promise<void> {
  const known = stores.books.known(memberId);
  if (!known) return;
  const { tenantId, lotsIn } = known.profile;
  const { reach, page } = known.lots;
  const pages: Lot[][] = [];
  for (const source of sourcesOf(lotsIn))
    pages.push(
      await source(
        stores,
        (field, open) => ({
          ...{ tenantId, memberId, ...open },
          ...(reach && {
            $or: [
              { [field('endsAt')]: { $gt: reach.endsAt } },
              { [field('endsAt')]: reach.endsAt, _id: { $gt: reach._id } },
            ],
          }),
        }),
        { sort: 'by end', limit: page },
      ),
    );
  // Beyond the last lot of a full page that place may have others, which come before what was found elsewhere.
  const ends = pages.flatMap((found) => (found.length === page ? [found.at(-1) as Lot] : []));
  const [end] = ends.sort(bySoonestEnd);
  const found = pages.flat().sort(bySoonestEnd);
  known.lots.readOn(end ? found.filter((lot) => bySoonestEnd(lot, end) <= 0) : found, end === undefined);
}

/** Lots by their ids, empty ones too. */
export async function loadNamedLots(
  stores: Stores,
  named: readonly Extract<Missing, { readonly kind: 'named_lots' }>[],
): Promise<void> {
  const { books } = stores;
  const found: Lot[] = [];
  for (const source of [carried, separate]) {
    const ids = named.flatMap((one) =>
      sourcesOf(books.known(one.memberId)?.profile.lotsIn).includes(source) ? one.ids : [],
    );
    if (ids.length > 0) found.push(...(await source(stores, () => ({ _id: { $in: [...new Set(ids)] } }))));
  }
  for (const { memberId, ids: asked } of named)
    books.known(memberId)?.lots.found(
      asked,
      found.filter((lot) => lot.memberId === memberId && asked.includes(lot._id) && books.isOf(lot)),
    );
}
