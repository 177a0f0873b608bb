/**
 * An assignment: one member holds one licence. assigned → active at the first activation; assigned or active → suspended,
 * and back to what it was; any of these three → revoked or expired, which are final and unbind all devices.
 */
import { invalidState } from '@membership/contracts/errors';
import type { FactOf } from '@membership/contracts/event';
import type * as facts from '@membership/contracts/events/licenses';
import type { License } from './license.ts';
import { earlierOf, endText, hasEnded } from '../term.ts';

export type AssignmentStatus = 'assigned' | 'active' | 'suspended' | 'revoked' | 'expired';
export type AssignmentType = 'direct' | 'user_request' | 'group_assign';
export type AssignmentAction = 'activate' | 'suspend' | 'resume' | 'revoke';
/** A device as a plan's limit on new ones counts it; `id`: as its id alone would. Absent in bindings of before it was kept. */
export type RecentDevice = { readonly at: Date; readonly device: string; readonly id?: string };
export type Assignment = {
  _id: number;
  tenantId: number;
  memberId: number;
  licenseId: number;
  productId: number;
  planId: number;
  status: AssignmentStatus;
  /** assigned, active or suspended: it holds the licence. */
  isOpen: boolean;
  /** What a resume goes back to. */
  suspendedFrom: 'assigned' | 'active' | null;
  type: AssignmentType;
  assignedAt: Date;
  activatedAt: Date | null;
  lastUsedAt: Date | null;
  /** Its end: its own or the licence's, whichever comes first. */
  expiresAt: Date;
  /** The end that it was given, before the licence's cut it. */
  ownExpiresAt: Date;
  reason: string | null;
  notes: string | null;
  statusReason: string | null;
  maxConcurrentDevices: number | null;
  boundDevices: number;
  /** When the latest devices were bound, as many as the plan's limit on new ones counts. */
  recentBindings?: readonly Date[];
  /** Which devices these were. Bindings of before this was kept have none: each counts as a device of its own. */
  recentDevices?: readonly RecentDevice[];
  usedSeconds: number;
  sequence: number;
  updatedAt: Date;
};

const ALLOWED: Readonly<Record<AssignmentStatus, readonly AssignmentAction[]>> = {
  assigned: ['activate', 'suspend', 'revoke'],
  active: ['activate', 'suspend', 'revoke'],
  suspended: ['resume', 'revoke'],
  revoked: [],
  expired: [],
};

type Ending = Pick<Assignment, 'isOpen' | 'expiresAt' | 'ownExpiresAt'>;
type LicenseEnd = Partial<Pick<License, 'expiresAt' | 'endsMoveSince'>>;

/** An assignment with its end as it is, while a new end of its licence is on its way to it. What had ended before stays ended. */
export const withEnd = <T extends Ending>(assignment: T, license: LicenseEnd | undefined): T =>
  license?.expiresAt &&
  license.endsMoveSince &&
  assignment.isOpen &&
  assignment.expiresAt > license.endsMoveSince
    ? { ...assignment, expiresAt: earlierOf(assignment.ownExpiresAt, license.expiresAt) }
    : assignment;

/** The status at a moment: the end, and a licence that was revoked or ends elsewhere, count before a job has written them. */
export function statusAt(
  assignment: Ending & Pick<Assignment, 'status'>,
  license: (Pick<License, 'status'> & LicenseEnd) | undefined,
  now: Date,
): AssignmentStatus {
  if (!assignment.isOpen) return assignment.status;
  if (license?.status === 'revoked') return 'revoked';
  return hasEnded(withEnd(assignment, license).expiresAt, now) ? 'expired' : assignment.status;
}

/** Refuses (409 INVALID_STATE) a step that the state does not allow; names both. */
export function requireAllows(status: AssignmentStatus, action: AssignmentAction): void {
  if (!ALLOWED[status].includes(action)) throw invalidState(status, ALLOWED[status]);
}

/** Refuses (409 INVALID_STATE) heartbeats and usage of what is not active; names the state and what it allows. */
export function requireInUse(status: AssignmentStatus): void {
  if (status !== 'active') throw invalidState(status, ALLOWED[status]);
}

type Step = { readonly now: Date; readonly reason: string | null };
type LastStep = Step & { readonly stillBound?: number };

/** Suspended: devices stay bound, the end stays where it is. */
export const suspend = (assignment: Assignment, { now, reason }: Step): Assignment => ({
  ...assignment,
  status: 'suspended',
  suspendedFrom: assignment.status === 'active' ? 'active' : 'assigned',
  statusReason: reason,
  sequence: assignment.sequence + 1,
  updatedAt: now,
});

export const resume = (assignment: Assignment, { now, reason }: Step): Assignment => ({
  ...assignment,
  status: assignment.suspendedFrom ?? 'assigned',
  suspendedFrom: null,
  statusReason: reason,
  sequence: assignment.sequence + 1,
  updatedAt: now,
});

/** Final. Devices that it gives back with this count one step of the sequence each before it, those `stillBound` one each after it. */
export const end = (
  assignment: Assignment,
  status: 'revoked' | 'expired',
  { now, reason, stillBound = 0 }: LastStep,
): Assignment => ({
  ...assignment,
  status,
  isOpen: false,
  suspendedFrom: null,
  statusReason: reason,
  boundDevices: stillBound,
  sequence: assignment.sequence + 1,
  updatedAt: now,
});

export type Names = {
  readonly productName: string;
  readonly planName: string;
  readonly applicationId: number | null;
};

/** The whole state of an assignment, as its facts carry it. */
export const assignmentFact = (
  assignment: Assignment,
  names: Names,
): FactOf<typeof facts.assignmentCreated> => ({
  assignmentId: assignment._id,
  memberId: assignment.memberId,
  licenseId: assignment.licenseId,
  productId: assignment.productId,
  planId: assignment.planId,
  applicationId: names.applicationId,
  productName: names.productName,
  planName: names.planName,
  status: assignment.status,
  assignedAt: assignment.assignedAt.toISOString(),
  activatedAt: assignment.activatedAt?.toISOString() ?? null,
  expiresAt: endText(assignment.expiresAt),
  reason: assignment.statusReason ?? assignment.reason,
});
