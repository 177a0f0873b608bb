/**
 * A tag that a member holds. Its life is a clock: active to its end, then in grace with its privileges kept, then expired.
 * What it is now is a function of its state and the time, so it is true whether or not anybody has written it down. Pure.
 */
import type { historyActions, userTagStatuses } from '@membership/contracts/endpoints/vip/schemas';
import { invalidState, refuse } from '@membership/contracts/errors';
import type { Tag } from '../tags/tag.ts';

export type Status = (typeof userTagStatuses)[number];
export type Action = (typeof historyActions)[number];
/** How a holding renews itself while `autoRenew` is on (auto-renewal.ts). */
export type Renewal = {
  /** So many days are bought. */
  readonly days: number;
  /** When it is tried next; null: not for this end. */
  readonly at: Date | null;
  /** The end for which it was tried: once each, whatever became of it. */
  readonly triedFor: Date | null;
  /** The purchase of the last try. */
  readonly purchaseId: number | null;
  /** What must change before it can be tried, while its time has come: a state of the tag, or a refusal's code. */
  readonly waitsFor: string | null;
};
export type UserTag = {
  readonly _id: number;
  readonly tenantId: number;
  readonly memberId: number;
  readonly tagId: number;
  /** As last written down; `statusAt` says what it is. */
  readonly status: Status;
  /** Null: without an end. */
  readonly expiresAt: Date | null;
  readonly graceEndsAt: Date | null;
  readonly grantedAt: Date;
  readonly suspendedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly autoRenew: boolean;
  /** Null: auto-renewal was never on. */
  readonly renewal: Renewal | null;
  readonly reason: string | null;
  /** Events of this holding so far. */
  readonly sequence: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
/** What happened: the state before (null: there was none), after, and what one calls it. */
export type Step = { readonly before: UserTag | null; readonly after: UserTag; readonly action: Action };

/** Of a renewal that was never tried. */
export const UNTRIED = { at: null, triedFor: null, purchaseId: null, waitsFor: null } as const;
export const DAY = 24 * 3_600_000;
/** No end lies beyond this, however often a tag without a limit is renewed. */
export const LATEST = new Date('9999-01-01T00:00:00Z');

const reached = (time: Date | null, now: Date): boolean => time !== null && now >= time;

/** What a holding is at a time. Its end is the first moment that no longer belongs to it. */
export function statusAt(
  { status, expiresAt, graceEndsAt }: Pick<UserTag, 'status' | 'expiresAt' | 'graceEndsAt'>,
  now: Date,
): Status {
  if (status === 'revoked') return 'revoked';
  if (reached(graceEndsAt, now)) return 'expired';
  if (status === 'suspended') return 'suspended';
  return reached(expiresAt, now) ? 'grace' : 'active';
}

/** Whether it gives its privileges. */
export const isPrivileged = (status: Status): boolean => status === 'active' || status === 'grace';

/** When the clock next changes what is written down; null when it never does. */
export function dueAt({ status, expiresAt, graceEndsAt }: UserTag): Date | null {
  if (status === 'active') return expiresAt;
  return status === 'grace' || status === 'suspended' ? graceEndsAt : null;
}

/** Whole days to the end, not below 0; null without one. */
export const daysUntilExpiry = ({ expiresAt }: UserTag, now: Date): number | null =>
  expiresAt === null ? null : Math.max(0, Math.floor((expiresAt.getTime() - now.getTime()) / DAY));

const ALLOWED: Readonly<Record<Status, readonly string[]>> = {
  active: ['renew', 'suspend', 'revoke', 'auto-renew'],
  grace: ['renew', 'suspend', 'revoke', 'auto-renew'],
  suspended: ['resume', 'renew', 'revoke', 'auto-renew'],
  expired: ['renew'],
  revoked: ['grant'],
};
/** What it is now. Refuses (INVALID_STATE) an action that this does not allow, and names those it does. */
export function requireAllowed(userTag: UserTag, action: string, now: Date): Status {
  const status = statusAt(userTag, now);
  if (!ALLOWED[status].includes(action)) throw invalidState(status, ALLOWED[status]);
  return status;
}

export type Terms = {
  readonly tag: Pick<Tag, 'defaultDays' | 'maxDays' | 'isActive' | 'isRetired' | 'isAssignable'>;
  /** Left out: the tag's default. */
  readonly days?: number | undefined;
  readonly graceDays: number;
  readonly reason: string | null;
  /** Whether it renews itself from then on, by as many days; left out: as before. */
  readonly autoRenew?: boolean | undefined;
  readonly now: Date;
};

/** Refuses (INVALID_STATE) a tag that nobody can get. */
export function requireGiveable({ isActive, isRetired, isAssignable }: Terms['tag']): void {
  if (isRetired)
    throw invalidState('retired', [], {
      zh: '该标签已停用，不能授予或续期',
      en: 'The tag is retired: it can be neither granted nor renewed',
    });
  if (!isActive)
    throw invalidState('inactive', [], {
      zh: '该标签未启用，不能授予或续期',
      en: 'The tag is not active: it can be neither granted nor renewed',
    });
  if (!isAssignable)
    throw invalidState('not_assignable', [], { zh: '该标签不可分配', en: 'The tag is not assignable' });
}

/** The end after so many more days, counted from `from`, and none where the tag has none. Refuses (VIP_DURATION_EXCEEDED) one past the tag's limit from now. */
export function endAfter(
  from: Date | null,
  { tag, days = tag.defaultDays ?? undefined, now }: Pick<Terms, 'tag' | 'days' | 'now'>,
): Date | null {
  if (from === null || days === undefined) return null;
  const end = from.getTime() + days * DAY;
  const latest = Math.min(
    LATEST.getTime(),
    tag.maxDays === null ? Number.POSITIVE_INFINITY : now.getTime() + tag.maxDays * DAY,
  );
  if (end <= latest) return new Date(end);
  const left = Math.max(0, Math.floor((latest - from.getTime()) / DAY));
  throw refuse('VIP_DURATION_EXCEEDED', {
    details: {
      max_duration_days: tag.maxDays,
      latest_expires_at: new Date(latest).toISOString(),
      days_left: left,
    },
  });
}
const graceAfter = (end: Date | null, graceDays: number): Date | null =>
  end === null ? null : new Date(end.getTime() + graceDays * DAY);

/** Whether it renews itself from now on, as far as the terms say so. */
function renewing(
  before: Pick<UserTag, 'autoRenew' | 'renewal'> | null,
  { autoRenew, days }: Terms,
): Pick<UserTag, 'autoRenew' | 'renewal'> {
  const renewal = before?.renewal ?? null;
  return {
    autoRenew: autoRenew ?? before?.autoRenew ?? false,
    renewal: autoRenew && days !== undefined ? { ...(renewal ?? UNTRIED), days } : renewal,
  };
}

/** Gives a tag to a member who has it not: never had, expired, or revoked. Refuses what cannot be given, or not for so long. */
function giveAnew(
  before: UserTag | null,
  ids: { readonly id: number; readonly tenantId: number; readonly memberId: number; readonly tagId: number },
  terms: Terms,
): Step {
  const { now, reason, graceDays } = terms;
  const expiresAt = endAfter(now, terms);
  const after: UserTag = {
    _id: before?._id ?? ids.id,
    tenantId: ids.tenantId,
    memberId: ids.memberId,
    tagId: ids.tagId,
    status: 'active',
    expiresAt,
    graceEndsAt: graceAfter(expiresAt, graceDays),
    grantedAt: now,
    suspendedAt: null,
    revokedAt: null,
    ...renewing(before && { ...before, autoRenew: false }, terms),
    reason,
    sequence: (before?.sequence ?? 0) + 1,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  };
  return { before, after, action: 'granted' };
}

/** Gives a tag; one that the member has is renewed. Refuses as renewing does, and a tag that cannot be given. */
export function grant(
  before: UserTag | null,
  ids: { readonly id: number; readonly tenantId: number; readonly memberId: number; readonly tagId: number },
  terms: Terms,
): Step {
  const status = before && statusAt(before, terms.now);
  if (before && status !== 'expired' && status !== 'revoked') return renew(before, terms);
  requireGiveable(terms.tag);
  return giveAnew(before, ids, terms);
}

/** Extends from the later of now and the end; a suspended one stays suspended. Refuses INVALID_STATE, VIP_DURATION_EXCEEDED. */
export function renew(before: UserTag, terms: Terms): Step {
  const { now, reason, graceDays, tag } = terms;
  const status = requireAllowed(before, 'renew', now);
  requireGiveable(tag);
  const from = before.expiresAt && new Date(Math.max(now.getTime(), before.expiresAt.getTime()));
  const expiresAt = endAfter(from, terms);
  const isSuspended = status === 'suspended';
  const after: UserTag = {
    ...before,
    status: isSuspended ? 'suspended' : 'active',
    suspendedAt: isSuspended ? before.suspendedAt : null,
    expiresAt,
    graceEndsAt: graceAfter(expiresAt, graceDays),
    // One that had ended renews itself no more: whoever has it again decides anew.
    ...renewing(status === 'expired' ? { ...before, autoRenew: false } : before, terms),
    ...stepped(before, reason, now),
  };
  return { before, after, action: 'renewed' };
}

type Why = { readonly reason: string | null; readonly now: Date };

/** Its privileges rest; its clock runs on. Refuses INVALID_STATE. */
export function suspend(before: UserTag, { reason, now }: Why): Step {
  requireAllowed(before, 'suspend', now);
  return {
    before,
    after: { ...before, status: 'suspended', suspendedAt: now, ...stepped(before, reason, now) },
    action: 'suspended',
  };
}

/** Back to what the clock says. Refuses INVALID_STATE, also when its time has run out meanwhile. */
export function resume(before: UserTag, { reason, now }: Why): Step {
  requireAllowed(before, 'resume', now);
  const status = statusAt({ ...before, status: 'active' }, now);
  return {
    before,
    after: { ...before, status, suspendedAt: null, ...stepped(before, reason, now) },
    action: 'resumed',
  };
}

/** Takes it away. Refuses INVALID_STATE. */
export function revoke(before: UserTag, { reason, now }: Why): Step {
  requireAllowed(before, 'revoke', now);
  return {
    before,
    after: {
      ...before,
      status: 'revoked',
      revokedAt: now,
      suspendedAt: null,
      autoRenew: false,
      ...stepped(before, reason, now),
    },
    action: 'revoked',
  };
}

/** Writes down what the clock has done since; null when that stands already. */
export function settle(before: UserTag, now: Date): Step | null {
  const status = statusAt(before, now);
  if (status === before.status) return null;
  return {
    before,
    after: {
      ...before,
      status,
      autoRenew: before.autoRenew && status !== 'expired',
      ...stepped(before, null, now),
    },
    action: status === 'grace' ? 'grace_started' : 'expired',
  };
}

/** What every step changes. */
export const stepped = (before: UserTag, reason: string | null, now: Date) => ({
  reason: reason ?? before.reason,
  sequence: before.sequence + 1,
  updatedAt: now,
});
