/**
 * Points of purchases that vip leads: frozen when one is asked for, spent when it is completed, given back when it failed.
 * One row a purchase remembers what was decided, so facts may come twice and in any order.
 */
import { Refusal } from '@membership/contracts/errors';
import type { DataOf } from '@membership/contracts/event';
import { pointsHoldRejected } from '@membership/contracts/events/points';
import { PURCHASE_SOURCE, type vipPurchaseRequested } from '@membership/contracts/events/vip';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Ledger } from '../ledger/ledger.ts';
import { commitOrRefusal } from '../ledger/commit.ts';
import type { Command } from '../ledger/command.ts';
import type { ProfileOpening } from '../ledger/profile-opening.ts';
import type { PurchaseHold } from '../domain/purchase-hold.ts';

type Fact = DataOf<typeof vipPurchaseRequested>;
const CATEGORY = 'vip_upgrade';
/** A purchase that cost nothing was granted at once: there is nothing to freeze, spend or give back. */
const isFree = ({ pricePoints }: Fact): boolean => pricePoints === 0;

export class PurchaseHolds {
  readonly #ledger: Ledger;
  readonly #opening: ProfileOpening;
  constructor(ledger: Ledger, opening: ProfileOpening) {
    this.#ledger = ledger;
    this.#opening = opening;
  }

  /** Freezes the price, without an end of its own, or tells why not. */
  async place(scope: TenantScope, fact: Fact, unit: UnitOfWork): Promise<void> {
    if (isFree(fact) || (await this.#find(scope, fact, unit))) return;
    const { purchaseId, memberId, pricePoints: points, tagCode } = fact;
    await this.#opening.openForFact(scope, memberId, unit);
    const outcome = await commitOrRefusal(
      this.#ledger,
      scope,
      {
        kind: 'hold',
        memberId,
        points,
        category: CATEGORY,
        subcategory: tagCode,
        reason: null,
        sourceType: PURCHASE_SOURCE,
        sourceId: purchaseId,
        expiresAt: null,
      },
      unit,
    );
    if (!(outcome instanceof Refusal))
      return this.#remember(scope, fact, { state: 'held', holdId: outcome.hold?._id ?? null }, unit);
    await this.#remember(scope, fact, { state: 'rejected', holdId: null }, unit);
    await this.#announceRejected(scope, fact, outcome.code, unit);
  }

  /** Spends what is frozen. The tag is granted: what stands in the way is an error, tried again and then parked. */
  async capture(scope: TenantScope, fact: Fact, unit: UnitOfWork): Promise<void> {
    if (isFree(fact)) return;
    const row = await this.#find(scope, fact, unit);
    if (row?.state === 'captured') return;
    if (row?.state !== 'held' || row.holdId === null)
      throw new Error(
        `purchase ${fact.purchaseId} is granted, and its points are ${row?.state ?? 'unknown'}`,
      );
    await this.#settle(scope, fact, { kind: 'capture', memberId: fact.memberId, holdId: row.holdId }, unit);
  }

  /** Gives back what is frozen; where nothing is yet, nothing ever will be. */
  async release(scope: TenantScope, fact: Fact, unit: UnitOfWork): Promise<void> {
    if (isFree(fact)) return;
    const row = await this.#find(scope, fact, unit);
    if (!row) return this.#remember(scope, fact, { state: 'withdrawn', holdId: null }, unit);
    if (row.state !== 'held' || row.holdId === null) return;
    await this.#settle(scope, fact, { kind: 'release', memberId: fact.memberId, holdId: row.holdId }, unit);
  }

  #find(scope: TenantScope, { purchaseId }: Fact, { session }: UnitOfWork): Promise<PurchaseHold | null> {
    return this.#ledger.models.purchaseHolds.findOne(scope, { _id: purchaseId }, { session });
  }

  async #remember(
    scope: TenantScope,
    { purchaseId, memberId }: Fact,
    decided: Pick<PurchaseHold, 'state' | 'holdId'>,
    { session }: UnitOfWork,
  ): Promise<void> {
    const row = { _id: purchaseId, tenantId: scope.tenantId, memberId, ...decided, createdAt: new Date() };
    await this.#ledger.models.purchaseHolds.insert(scope, [row], { session });
  }

  async #settle(
    scope: TenantScope,
    { purchaseId }: Fact,
    command: Command & { readonly kind: 'capture' | 'release' },
    unit: UnitOfWork,
  ): Promise<void> {
    const outcome = await commitOrRefusal(this.#ledger, scope, command, unit);
    if (outcome instanceof Refusal)
      throw new Error(`the points of purchase ${purchaseId} could not be settled`, { cause: outcome });
    const state = command.kind === 'capture' ? 'captured' : 'released';
    await this.#ledger.models.purchaseHolds.updateOne(
      scope,
      { _id: purchaseId },
      { $set: { state } },
      { session: unit.session },
    );
  }

  async #announceRejected(
    scope: TenantScope,
    { purchaseId, memberId, pricePoints: points }: Fact,
    reason: string,
    unit: UnitOfWork,
  ): Promise<void> {
    const profile = await this.#ledger.models.profiles.change(
      scope,
      { _id: memberId },
      { $inc: { sequence: 1 } },
      { session: unit.session },
    );
    if (!profile) throw new Error(`profile ${memberId} is gone`);
    const sourceId = purchaseId;
    unit.announce(scope, pointsHoldRejected, {
      subject: memberId,
      sequence: profile.sequence,
      data: { profileId: memberId, points, sourceType: PURCHASE_SOURCE, sourceId, reason },
    });
  }
}
