/** Checks whether a profile, its records, lots and holds tell the same story (invariants 1 and 2 of the ledger). Pure. */
import type { Hold } from '../domain/hold.ts';
import { spendingOf, type Order } from '../domain/order.ts';
import { NEVER, type Lot } from '../domain/lots.ts';
import { counterOf, type PointsRecord } from '../domain/record.ts';
import type { Profile } from '../domain/profile.ts';

export type Fault = {
  readonly tenantId: number;
  readonly profileId: number;
  readonly rule: string;
  readonly found: string;
};

/** Listens to the records of one profile in their order, then compares the rest with them. */
export class ProfileAudit {
  readonly #profile: Profile;
  readonly #faults: Fault[] = [];
  #ordinal = 0;
  #balance = 0;
  readonly #counted = { earned: 0, spent: 0, expired: 0, received: 0 };
  /** Records of points that other members gave. */
  readonly #received = new Set<number>();
  /** Lots that records took from, with the time of the latest taking that had to be in time. */
  readonly #takenFrom = new Map<number, Date>();

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  /** The next record by ordinal. */
  hear(record: PointsRecord): void {
    this.#ordinal += 1;
    const named = `record ${record._id}`;
    if (record.ordinal !== this.#ordinal) {
      this.#fault('chain', `${named} is number ${record.ordinal}, expected ${this.#ordinal}`);
      this.#ordinal = record.ordinal;
    }
    if (record.balanceBefore !== this.#balance)
      this.#fault(
        'chain',
        `${named} begins at ${record.balanceBefore}, the one before ended at ${this.#balance}`,
      );
    if (record.balanceAfter - record.balanceBefore !== record.points)
      this.#fault(
        'movement',
        `${named} says ${record.points} points and moves ${record.balanceAfter - record.balanceBefore}`,
      );
    if (record.balanceAfter < 0) this.#fault('negative', `${named} leaves ${record.balanceAfter}`);
    this.#balance = record.balanceAfter;
    // What undoes a record moves that record's total, whose points had the other sign.
    const counter = counterOf(record.type, record.reversalOf === undefined ? record.points : -record.points);
    this.#counted[counter] += counter === 'earned' ? record.points : -record.points;
    if (record.type === 'earn' && record.transfer) this.#received.add(record._id);
    if (this.#received.has(record.reversalOf ?? record._id)) this.#counted.received += record.points;
    // A hold made in time counts as in time, and what expires is over by nature.
    if (record.type !== 'expire' && record.holdId === undefined)
      for (const { lotId } of record.taken ?? []) this.#takenFrom.set(lotId, record.createdAt);
  }

  /** Ids of lots that `finish` needs besides those that hold points. */
  get lotsTakenFrom(): number[] {
    return [...this.#takenFrom.keys()];
  }

  /** Compares the profile with its records, with every lot that holds points or was taken from, with its open holds, and with its orders. */
  finish(
    lots: readonly Lot[],
    holds: readonly Hold[],
    orders: readonly Pick<Order, 'paid' | 'refunded'>[] = [],
  ): readonly Fault[] {
    this.#compareProfile();
    const { spent, count } = spendingOf(orders);
    this.#equal(
      'spending',
      'Σ of its orders less refunds',
      spent,
      'moneySpent',
      this.#profile.moneySpent ?? 0,
    );
    this.#equal('spending', 'its orders that count', count, 'orderCount', this.#profile.orderCount ?? 0);
    const [remaining, held] = [sum(lots, 'remaining'), sum(lots, 'held')];
    this.#equal('lots', 'Σ remaining of its lots', remaining, 'total', this.#profile.total);
    this.#equal('lots', 'Σ held of its lots', held, 'frozen', this.#profile.frozen);
    this.#equal('holds', 'Σ open holds', sum(holds, 'points'), 'frozen', this.#profile.frozen);
    for (const lot of lots) this.#compareLot(lot, holds);
    const ends = [
      ...lots.filter((lot) => lot.remaining > lot.held && lot.endsAt < NEVER).map(({ endsAt }) => endsAt),
      ...holds.flatMap(({ expiresAt }) => (expiresAt ? [expiresAt] : [])),
    ].map((end) => end.getTime());
    const { nextExpiryAt } = this.#profile;
    if (ends.length > 0 && !(nextExpiryAt && nextExpiryAt.getTime() <= Math.min(...ends)))
      this.#fault(
        'due',
        `looks for what is due at ${nextExpiryAt?.toISOString() ?? 'no time'}, but something ends at ${new Date(Math.min(...ends)).toISOString()}`,
      );
    return this.#faults;
  }

  #compareProfile(): void {
    const profile = this.#profile;
    const { total, available, frozen, earnedTotal, spentTotal, expiredTotal } = profile;
    this.#equal('balance', 'available + frozen', available + frozen, 'total', total);
    this.#equal(
      'balance',
      'earned − spent − expired',
      earnedTotal - spentTotal - expiredTotal,
      'total',
      total,
    );
    this.#equal('ledger', 'the last record', this.#balance, 'total', total);
    this.#equal('ledger', 'the number of its records', this.#ordinal, 'recordCount', profile.recordCount);
    this.#equal('ledger', 'Σ earned of its records', this.#counted.earned, 'earnedTotal', earnedTotal);
    this.#equal('ledger', 'Σ spent of its records', this.#counted.spent, 'spentTotal', spentTotal);
    this.#equal('ledger', 'Σ expired of its records', this.#counted.expired, 'expiredTotal', expiredTotal);
    this.#equal(
      'ledger',
      'Σ received of its records',
      this.#counted.received,
      'receivedTotal',
      profile.receivedTotal ?? 0,
    );
    for (const [name, value] of Object.entries({ total, available, frozen }))
      if (value < 0) this.#fault('negative', `${name} is ${value}`);
  }

  #compareLot(lot: Lot, holds: readonly Hold[]): void {
    const { _id, initial, remaining, held } = lot;
    if (held < 0 || held > remaining || remaining > initial)
      this.#fault('lot', `lot ${_id} of ${initial} has ${remaining} left and ${held} held`);
    const named = holds
      .flatMap(({ parts }) => parts)
      .filter(({ lotId }) => lotId === _id)
      .reduce((total, { points }) => total + points, 0);
    if (named !== held) this.#fault('lot', `lot ${_id} has ${held} held, its open holds name ${named}`);
    const takenAt = this.#takenFrom.get(_id);
    if (takenAt && takenAt >= lot.endsAt)
      this.#fault(
        'ended',
        `lot ${_id} ended at ${lot.endsAt.toISOString()} and was taken from at ${takenAt.toISOString()}`,
      );
  }

  #equal(rule: string, left: string, leftValue: number, right: string, rightValue: number): void {
    if (leftValue !== rightValue) this.#fault(rule, `${left} is ${leftValue}, ${right} is ${rightValue}`);
  }

  #fault(rule: string, found: string): void {
    const { tenantId, _id: profileId } = this.#profile;
    this.#faults.push({ tenantId, profileId, rule, found });
  }
}

const sum = <Key extends string>(items: readonly { readonly [K in Key]: number }[], key: Key): number =>
  items.reduce((total, item) => total + item[key], 0);
