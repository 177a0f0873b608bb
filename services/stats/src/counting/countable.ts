/** What each event means to the numbers: the one list to widen when another event is to be counted. */
import type { DataOf, Envelope, EventDefinition } from '@membership/contracts/event';
import * as gateway from '@membership/contracts/events/gateway';
import * as licenses from '@membership/contracts/events/licenses';
import * as points from '@membership/contracts/events/points';
import * as vip from '@membership/contracts/events/vip';
import type { AssignmentStatus, Flows, LicenseStatus } from './figures.ts';

/** How one thing is, as far as a number needs it. */
export type State =
  | { readonly kind: 'tenant'; readonly timezone: string }
  | { readonly kind: 'member'; readonly isActive: boolean }
  | { readonly kind: 'profile'; readonly balance: number }
  | { readonly kind: 'user_tag'; readonly memberId: number; readonly isLive: boolean }
  | { readonly kind: 'license'; readonly status: LicenseStatus }
  | { readonly kind: 'assignment'; readonly status: AssignmentStatus };

/** An event as it is counted. */
export type Counted = { readonly flows?: Flows; readonly state?: State };
type Rule = { readonly event: EventDefinition; readonly count: (data: never) => Counted };

const rule = <E extends EventDefinition>(event: E, count: (data: DataOf<E>) => Counted): Rule => ({
  event,
  count,
});
const rules = <E extends EventDefinition>(
  events: readonly E[],
  count: (data: DataOf<E>) => Counted,
): Rule[] => events.map((event) => rule(event, count));

type Movement = { readonly points: number; readonly balanceAfter: number };
/** One record of the ledger: what was earned counts up, what was spent or expired is counted by its size. */
const moved = (
  { points: amount, balanceAfter }: Movement,
  flow: 'earned' | 'spent' | 'expired',
): Counted => ({
  flows: { [flow]: Math.abs(amount), records: 1 },
  state: { kind: 'profile', balance: balanceAfter },
});

/** A reversal lowers the flow that it undoes; one that could take nothing back left no record. */
const reversed = ({
  points: amount,
  counter,
  recordId,
  balanceAfter,
}: DataOf<typeof points.pointsReversed>): Counted => ({
  flows: { [counter]: counter === 'earned' ? amount : -amount, records: recordId === null ? 0 : 1 },
  state: { kind: 'profile', balance: balanceAfter },
});

const tenantState = ({ timezone }: DataOf<typeof gateway.tenantCreated>): Counted => ({
  state: { kind: 'tenant', timezone },
});
const memberState = ({ isActive }: DataOf<typeof gateway.memberCreated>): Counted => ({
  state: { kind: 'member', isActive },
});
const licenseState = ({ status }: DataOf<typeof licenses.licenseIssued>): Counted => ({
  state: { kind: 'license', status },
});
const assignmentState = ({ status }: DataOf<typeof licenses.assignmentCreated>): Counted => ({
  state: { kind: 'assignment', status },
});
/** A tag in grace keeps its privileges, so its member is a VIP still. */
const tagState = ({ memberId, status }: DataOf<typeof vip.vipGranted>): Counted => ({
  state: { kind: 'user_tag', memberId, isLive: status === 'active' || status === 'grace' },
});

const all: readonly Rule[] = [
  ...rules(
    [gateway.tenantCreated, gateway.tenantUpdated, gateway.tenantSuspended, gateway.tenantResumed],
    tenantState,
  ),
  rule(gateway.memberCreated, (data) => ({ ...memberState(data), flows: { membersJoined: 1 } })),
  ...rules([gateway.memberUpdated, gateway.memberDeactivated, gateway.memberReactivated], memberState),
  rule(gateway.memberLoggedIn, () => ({ flows: { logins: 1 } })),
  rule(points.pointsEarned, (data) => moved(data, 'earned')),
  rule(points.pointsSpent, (data) => moved(data, 'spent')),
  rule(points.pointsExpired, (data) => moved(data, 'expired')),
  rule(points.pointsAdjusted, (data) => moved(data, data.points < 0 ? 'spent' : 'earned')),
  rule(points.pointsReversed, reversed),
  rule(vip.vipGranted, (data) => ({ ...tagState(data), flows: { vipGranted: 1 } })),
  ...rules(
    [vip.vipRenewed, vip.vipSuspended, vip.vipResumed, vip.vipGraceStarted, vip.vipExpired, vip.vipRevoked],
    tagState,
  ),
  ...rules(
    [licenses.licenseIssued, licenses.licenseRevoked, licenses.licenseExpired, licenses.licenseKeyRotated],
    licenseState,
  ),
  rule(licenses.assignmentActivated, (data) => ({ ...assignmentState(data), flows: { activations: 1 } })),
  ...rules(
    [
      licenses.assignmentCreated,
      licenses.assignmentSuspended,
      licenses.assignmentResumed,
      licenses.assignmentRevoked,
      licenses.assignmentExpired,
    ],
    assignmentState,
  ),
];
const byType = new Map(all.map((one) => [one.event.type, one]));

/**
 * What an event adds to the numbers; null for a type that is archived only. `unreadable` is data that its own schema
 * refuses: it must not hold up the log, nor be guessed at.
 */
export function countableOf({ type, data }: Pick<Envelope, 'type' | 'data'>): Counted | null | 'unreadable' {
  const found = byType.get(type);
  if (!found) return null;
  const parsed = found.event.data.safeParse(data);
  return parsed.success ? found.count(parsed.data as never) : 'unreadable';
}
