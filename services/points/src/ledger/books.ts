/** The books of all members that a batch of commands is about, of whatever tenants. Pure. */
import { dayOf } from '@membership/platform/calendar';
import type { TenantScope } from '@membership/platform/scope';
import type { Definitions } from '../domain/definitions.ts';
import { Book, KnownBook, type Terms } from './book.ts';
import { Changes } from './changes.ts';
import type { Profile } from '../domain/profile.ts';
import { ReservedIds } from './reserved-ids.ts';

export class Books {
  readonly now: Date;
  readonly ids = new ReservedIds();
  /** Of all commands that were kept. */
  readonly changes = new Changes();
  readonly #known = new Map<number, KnownBook>();
  readonly #terms = new Map<number, Terms>();

  constructor(now: Date) {
    this.now = now;
  }

  /** What a tenant's commands are decided by. */
  setTerms(tenantId: number, definitions: Definitions, zone: string): void {
    const { now, ids } = this;
    this.#terms.set(tenantId, { now, today: dayOf(zone, now), zone, definitions, ids, orders: new Map() });
  }

  add(profile: Profile): void {
    this.#known.set(profile._id, new KnownBook(profile));
  }

  /** What is known of a member, of whatever tenant. */
  known(memberId: number): KnownBook | undefined {
    return this.#known.get(memberId);
  }

  /** Conditions on these members' rows, a tenant each: its index then serves all of its members. */
  whereMembers(
    memberIds: readonly number[],
  ): { readonly tenantId: number; readonly memberId: { $in: number[] } }[] {
    const tenants = new Map<number, number[]>();
    for (const memberId of memberIds) {
      const tenantId = this.known(memberId)?.profile.tenantId as number;
      tenants.set(tenantId, [...(tenants.get(tenantId) ?? []), memberId]);
    }
    return [...tenants].map(([tenantId, members]) => ({ tenantId, memberId: { $in: members } }));
  }

  /** Whether a row is of the member whose id it bears, in that one's tenant. */
  isOf({ memberId, tenantId }: { readonly memberId: number; readonly tenantId: number }): boolean {
    return this.known(memberId)?.profile.tenantId === tenantId;
  }

  /** What is known of a tenant's orders. */
  orders(tenantId: number): Terms['orders'] | undefined {
    return this.#terms.get(tenantId)?.orders;
  }

  /** A copy of a member's book for one command; undefined: the scope's tenant has no such profile. */
  open(scope: TenantScope, memberId: number): Book | undefined {
    const known = this.#known.get(memberId);
    const terms = this.#terms.get(scope.tenantId);
    return known && terms && known.profile.tenantId === scope.tenantId
      ? new Book(known, scope, terms)
      : undefined;
  }

  /** What a command did is there for those after it. */
  keep(book: Book): void {
    this.#known.get(book.profile._id)?.keep(book);
    for (const orders of [book.changes.newOrders, book.changes.changedOrders])
      for (const order of orders.values()) book.terms.orders.set(order.orderId, order);
    this.changes.add(book.changes);
  }
}
