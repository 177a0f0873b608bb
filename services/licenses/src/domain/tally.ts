/**
 * What the reports add up: for each plan and each member's plan, what happened on a day (the tenant's, as its zone was then).
 * Kept by the transactions that do it, so that a report never goes through assignments or intervals.
 */
import type { Assignment } from './assignment.ts';

export type Amounts = {
  /** Assignments made. */
  assigned: number;
  /** Assignments that were activated for the first time. */
  activated: number;
  /** Devices bound less devices unbound; over all days: those that are bound. */
  bound: number;
  usedSeconds: number;
};
export type PlanDay = Amounts & {
  _id: string;
  tenantId: number;
  productId: number;
  planId: number;
  day: string;
  /** Of the line over all days alone: grows with each transaction that changed something. */
  version?: number;
};
export type MemberDay = Omit<PlanDay, 'version'> & { memberId: number };
/** A member that has had a licence. */
export type MemberActivity = {
  _id: string;
  tenantId: number;
  memberId: number;
  openAssignments: number;
  boundDevices: number;
  /** Activated, heard from or used; null until then. */
  lastUsedAt: Date | null;
  /** Any of these, or assigned, unbound, ended. */
  lastEventAt: Date;
};

/** The line that adds up all days; it comes after every day. */
export const ALL_DAYS = 'all';
export const NOTHING: Amounts = { assigned: 0, activated: 0, bound: 0, usedSeconds: 0 };

type Subject = Pick<Assignment, 'tenantId' | 'memberId' | 'productId' | 'planId'>;
type Change = Partial<Amounts> & { readonly open?: number };
type Line<Key> = { key: Key; amounts: Partial<Amounts> };
export type PlanLine = Line<Omit<Subject, 'memberId'> & { day: string }>;
export type MemberLine = Line<Subject & { day: string }>;
export type ActivityLine = Pick<Subject, 'tenantId' | 'memberId'> & {
  open: number;
  bound: number;
  usedAt: Date | null;
  at: Date;
};

/** What a transaction changes, added up before it is written. */
export class TallySheet {
  readonly plans = new Map<string, PlanLine>();
  readonly members = new Map<string, MemberLine>();
  readonly activity = new Map<string, ActivityLine>();

  /** Something that happened to an assignment on a day. `isUse`: a device was heard from. */
  add(
    { tenantId, memberId, productId, planId }: Subject,
    { open = 0, ...amounts }: Change,
    { day, at, isUse = false }: { readonly day: string; readonly at: Date; readonly isUse?: boolean },
  ): void {
    const days = Object.values(amounts).some((amount) => amount !== 0) ? [day, ALL_DAYS] : [];
    for (const each of days) {
      const key = { tenantId, productId, planId, day: each };
      addTo(this.plans, `${tenantId}:${planId}:${each}`, key, amounts);
      addTo(this.members, `${tenantId}:${memberId}:${planId}:${each}`, { ...key, memberId }, amounts);
    }
    const id = `${tenantId}:${memberId}`;
    const line = this.activity.get(id) ?? { tenantId, memberId, open: 0, bound: 0, usedAt: null, at };
    line.open += open;
    line.bound += amounts.bound ?? 0;
    if (at > line.at) line.at = at;
    if (isUse && (line.usedAt === null || at > line.usedAt)) line.usedAt = at;
    this.activity.set(id, line);
  }
}

function addTo<Key>(lines: Map<string, Line<Key>>, id: string, key: Key, amounts: Partial<Amounts>): void {
  const line = lines.get(id) ?? { key, amounts: {} };
  for (const [name, amount] of Object.entries(amounts) as [keyof Amounts, number][])
    if (amount !== 0) line.amounts[name] = (line.amounts[name] ?? 0) + amount;
  lines.set(id, line);
}
