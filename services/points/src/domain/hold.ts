/** A hold: points of lots set aside until they are spent or given back. Pure. */
import { invalid, invalidState, type Refusal } from '@membership/contracts/errors';
import { counted } from '@membership/contracts/text';
import { PURCHASE_SOURCE } from '@membership/contracts/events/vip';
import type { Actor } from '@membership/platform/scope';
import type { Profile } from './profile.ts';

export type HoldStatus = 'held' | 'captured' | 'released' | 'expired';
export type Hold = {
  readonly _id: number;
  readonly tenantId: number;
  readonly memberId: number;
  readonly status: HoldStatus;
  readonly points: number;
  readonly captured: number;
  readonly released: number;
  readonly category: string;
  readonly subcategory: string | null;
  readonly reason: string | null;
  readonly sourceType: string;
  readonly sourceId: number | string | null;
  /** Which lots hold the points, soonest end first: a capture spends them in this order. */
  readonly parts: readonly { readonly lotId: number; readonly points: number }[];
  /** null: never by itself; what it is for settles it. */
  readonly expiresAt: Date | null;
  readonly recordId: number | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
};

const ALLOWED: Record<HoldStatus, readonly string[]> = {
  held: ['capture', 'release'],
  captured: [],
  released: [],
  expired: [],
};

/** A hold is settled once. */
export function whySettled(hold: Hold): Refusal | undefined {
  return hold.status === 'held' ? undefined : invalidState(hold.status, ALLOWED[hold.status]);
}

/** What a purchase holds, the purchase settles: by hand it would end granted and unpaid, or paid and not granted. */
export function whyPurchase(
  { sourceType, status }: Pick<Hold, 'sourceType' | 'status'>,
  actor: Actor,
): Refusal | undefined {
  return sourceType === PURCHASE_SOURCE && actor.kind !== 'system'
    ? invalidState(status, [], {
        zh: '该冻结属于VIP购买，由购买流程处理',
        en: 'These points belong to a VIP purchase, which settles them itself',
      })
    : undefined;
}

/** No more can be captured than is held. */
export function whyMoreThanHeld(hold: Hold, points: number): Refusal | undefined {
  return points <= hold.points
    ? undefined
    : invalid({
        points_amount: {
          zh: `不能超过冻结的 ${hold.points} 积分`,
          en: `Must not be more than is held: ${counted(hold.points, 'point')}`,
        },
      });
}

/** Whether the hold has ended by itself. */
export const isOverdue = (hold: Hold, now: Date): boolean =>
  hold.status === 'held' && hold.expiresAt !== null && hold.expiresAt <= now;

/** A hold as it is at a moment: one that is over gives its points back, whether or not a job has written it. */
export const holdAt = (hold: Hold, now: Date): Hold =>
  isOverdue(hold, now)
    ? { ...hold, status: 'expired', released: hold.points, settledAt: hold.expiresAt }
    : hold;

/** What every event of a hold tells. */
export const holdFact = (profile: Profile, hold: Hold) => ({
  profileId: profile._id,
  holdId: hold._id,
  points: hold.points,
  category: hold.category,
  sourceType: hold.sourceType,
  sourceId: hold.sourceId,
  availableAfter: profile.available,
  frozenAfter: profile.frozen,
});
