/** Reads the books that a batch of commands is about: a handful of questions, whatever their number, tenants and kinds. */
import type { Item } from '@membership/platform/group-commit';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Hold } from '../domain/hold.ts';
import { orderKey, type Order } from '../domain/order.ts';
import type { Definitions } from '../domain/definitions.ts';
import { Books } from './books.ts';
import { membersOf, takesLots, type Command } from './command.ts';
import type { Ledger } from './ledger.ts';
import { loadLots, loadNamedLots } from './load-lots.ts';
import type { Missing } from './needs.ts';
import type { Profile } from '../domain/profile.ts';
import type { PointsRecord } from '../domain/record.ts';

type Stores = { readonly ledger: Ledger; readonly books: Books; readonly unit: UnitOfWork };

/** What the commands say that they need: profiles, what they name, the lots of those who take, and what may have ended. */
export async function loadBooks(
  ledger: Ledger,
  items: readonly Item<Command>[],
  unit: UnitOfWork,
): Promise<Books> {
  const books = new Books(new Date());
  const stores = { ledger, books, unit };
  await loadTerms(stores, items);
  await loadProfiles(stores, items);
  books.ids.add('records', await ledger.ids.take('records', items.length));
  await loadMissing(ledger, books, expectedOf(books, items), unit);
  return books;
}

async function loadTerms({ ledger, books, unit }: Stores, items: readonly Item<Command>[]): Promise<void> {
  const scopes = new Map(items.map(({ scope }) => [scope.tenantId, scope]));
  const definitions = await ledger.definitions.withinAll([...scopes.values()], unit);
  for (const [tenantId, scope] of scopes)
    books.setTerms(
      tenantId,
      definitions.get(tenantId) as Definitions,
      await ledger.zoneOf(scope, unit.session),
    );
}

async function loadProfiles({ ledger, books, unit }: Stores, items: readonly Item<Command>[]): Promise<void> {
  const ids = [...new Set(items.flatMap(({ command }) => membersOf(command)))];
  const found = await ledger.models.profiles
    .acrossTenants('group commit: a book is opened for the tenant of its item alone')
    .find({ _id: { $in: ids } }, { session: unit.session })
    .toArray();
  for (const profile of found) books.add(profile as Profile);
}

/** What is known to be needed before anything is decided. */
function expectedOf(books: Books, items: readonly Item<Command>[]): Missing[] {
  const missing: Missing[] = [];
  for (const { scope, command } of items) {
    if (command.kind === 'hold') missing.push({ kind: 'ids', name: 'holds', count: 1 });
    for (const memberId of membersOf(command)) {
      const book = books.open(scope, memberId);
      if (book?.isDue) missing.push({ kind: 'lots', memberId }, { kind: 'open_holds', memberId });
      else if (book && takesLots(command, memberId)) missing.push({ kind: 'lots', memberId });
    }
    const { memberId } = command;
    if (!books.open(scope, memberId)) continue;
    if ('holdId' in command) missing.push({ kind: 'holds', memberId, ids: [command.holdId] });
    if ('orderId' in command)
      missing.push({ kind: 'orders', tenantId: scope.tenantId, ids: [command.orderId] });
    if ('recordId' in command) missing.push({ kind: 'records', memberId, ids: [command.recordId] });
  }
  return missing;
}

type Of<Kind extends Missing['kind']> = Extract<Missing, { readonly kind: Kind }>;

/** What decisions have found missing, of all of them at once. */
export async function loadMissing(
  ledger: Ledger,
  books: Books,
  missing: readonly Missing[],
  unit: UnitOfWork,
): Promise<void> {
  const stores = { ledger, books, unit };
  const of = <Kind extends Missing['kind']>(kind: Kind): Of<Kind>[] =>
    missing.filter((one): one is Of<Kind> => one.kind === kind);
  for (const { name, count } of of('ids')) books.ids.add(name, await ledger.ids.take(name, count));
  await loadHolds(stores, of('holds'), membersAmong(of('open_holds')));
  await loadOrders(stores, of('orders'));
  await loadRecords(stores, of('records'));
  await loadLots(stores, membersAmong(of('lots')));
  await loadNamedLots(stores, of('named_lots'));
}

const membersAmong = (missing: readonly { readonly memberId: number }[]): number[] => [
  ...new Set(missing.map(({ memberId }) => memberId)),
];
const idsAmong = (missing: readonly { readonly ids: readonly number[] }[]): number[] => [
  ...new Set(missing.flatMap(({ ids }) => ids)),
];

async function loadHolds(
  stores: Stores,
  named: readonly Of<'holds'>[],
  open: readonly number[],
): Promise<void> {
  const { ledger, books, unit } = stores;
  const ids = idsAmong(named);
  const conditions = [
    ...(ids.length > 0 ? [{ _id: { $in: ids } }] : []),
    ...(open.length > 0
      ? books.whereMembers(open).map((where) => ({ ...where, status: 'held' as const }))
      : []),
  ];
  if (conditions.length === 0) return;
  const found = (await ledger.models.holds
    .acrossTenants('group commit: a hold is put into the book of its own member')
    .find({ $or: conditions }, { session: unit.session })
    .toArray()) as Hold[];
  for (const hold of found.sort((left, right) => left._id - right._id)) {
    const known = books.isOf(hold) ? books.known(hold.memberId) : undefined;
    if (known && !known.holds.has(hold._id)) known.holds.set(hold._id, hold);
  }
  for (const { memberId, ids: asked } of named) {
    const known = books.known(memberId);
    for (const id of asked) if (known && !known.holds.has(id)) known.holds.set(id, null);
  }
  for (const memberId of open) {
    const known = books.known(memberId);
    if (known) known.hasOpenHolds = true;
  }
}

async function loadRecords({ ledger, books, unit }: Stores, named: readonly Of<'records'>[]): Promise<void> {
  const ids = idsAmong(named);
  if (ids.length === 0) return;
  const found = (await ledger.models.records
    .acrossTenants('group commit: a record is put into the book of its own member')
    .find({ _id: { $in: ids } }, { session: unit.session })
    .toArray()) as PointsRecord[];
  for (const record of found) {
    const known = books.isOf(record) ? books.known(record.memberId) : undefined;
    if (known && !known.records.has(record._id)) known.records.set(record._id, record);
  }
  for (const { memberId, ids: asked } of named) {
    const known = books.known(memberId);
    for (const id of asked) if (known && !known.records.has(id)) known.records.set(id, null);
  }
}

async function loadOrders({ ledger, books, unit }: Stores, named: readonly Of<'orders'>[]): Promise<void> {
  if (named.length === 0) return;
  const keys = named.flatMap(({ tenantId, ids }) => ids.map((id) => orderKey(tenantId, id)));
  const found = (await ledger.models.orders
    .acrossTenants('group commit: the key of an order begins with its tenant')
    .find({ _id: { $in: [...new Set(keys)] } }, { session: unit.session })
    .toArray()) as Order[];
  for (const order of found) {
    const known = books.orders(order.tenantId);
    if (known && !known.has(order.orderId)) known.set(order.orderId, order);
  }
  for (const { tenantId, ids } of named) {
    const known = books.orders(tenantId);
    for (const id of ids) if (known && !known.has(id)) known.set(id, null);
  }
}
