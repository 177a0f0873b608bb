/** Decides assignments: pure, in order, each seeing those before it, so that one list cannot give a member a licence twice. */
import { Refusal, invalid, refuse } from '@membership/contracts/errors';
import type { Text } from '@membership/contracts/text';
import type { Plan } from './product.ts';
import { requireLicenseAllows, type License } from './license.ts';
import { NEVER, earlierOf, endAfterDays, hasEnded } from '../term.ts';
import { withEnd, type Assignment, type AssignmentType } from './assignment.ts';

export type AssignCommand = {
  readonly memberId: number;
  readonly licenseId: number;
  readonly type: AssignmentType;
  readonly expiresDays?: number | undefined;
  readonly reason: string | null;
  readonly notes: string | null;
  readonly maxConcurrentDevices?: number | undefined;
};
export type Known = {
  readonly tenantId: number;
  readonly members: ReadonlyMap<number, { readonly isActive: boolean }>;
  readonly licenses: ReadonlyMap<number, License>;
  readonly plans: ReadonlyMap<number, Plan>;
  /** Open assignments of these members and licences. */
  readonly held: readonly Assignment[];
  readonly now: Date;
};
export type Assigning = {
  readonly results: readonly (Assignment | Refusal)[];
  readonly assigned: readonly Assignment[];
  /** Held ones past their end, which the new ones replace: they must be ended first. */
  readonly overdue: readonly Assignment[];
};

const pairOf = ({ memberId, licenseId }: { memberId: number; licenseId: number }): string =>
  `${memberId}:${licenseId}`;

/**
 * One result a command, in order. Refusals: an unknown or deactivated member and an unknown licence (400 for their field),
 * a licence that is revoked or has ended (409 INVALID_STATE), one that the member holds already (409 BIZ_003).
 */
export function decideAssignments(
  commands: readonly AssignCommand[],
  ids: readonly number[],
  known: Known,
): Assigning {
  const held = new Map(known.held.map((assignment) => [pairOf(assignment), assignment]));
  const results: (Assignment | Refusal)[] = [];
  const assigned: Assignment[] = [];
  const overdue: Assignment[] = [];
  commands.forEach((command, index) => {
    try {
      const license = requireKnown(command, known);
      requireLicenseAllows(license, 'assign', known.now);
      const holding = held.get(pairOf(command));
      if (holding && !hasEnded(withEnd(holding, license).expiresAt, known.now))
        throw refuse('BIZ_003', {
          details: {
            member_id: command.memberId,
            license_id: command.licenseId,
            assignment_id: holding._id,
            status: holding.status,
          },
        });
      if (holding) overdue.push(holding);
      const assignment = assign(command, ids[index] as number, license, known);
      held.set(pairOf(command), assignment);
      assigned.push(assignment);
      results.push(assignment);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      results.push(refusal);
    }
  });
  return { results, assigned, overdue };
}

function requireKnown({ memberId, licenseId }: AssignCommand, { members, licenses }: Known): License {
  const wrong: Record<string, Text> = {};
  const member = members.get(memberId);
  const license = licenses.get(licenseId);
  if (!member) wrong.member_id = { zh: '无效的成员ID', en: 'There is no such member' };
  else if (!member.isActive) wrong.member_id = { zh: '该成员已停用', en: 'The member is deactivated' };
  if (!license || license.isRemoved)
    wrong.license_id = { zh: '无效的许可证ID', en: 'There is no such licence' };
  if (!license || Object.keys(wrong).length > 0) throw invalid(wrong);
  return license;
}

function assign(
  command: AssignCommand,
  id: number,
  license: License,
  { tenantId, plans, now }: Known,
): Assignment {
  const limits = plans.get(license.planId)?.defaultLimits;
  const days = command.expiresDays ?? limits?.expiresDays ?? null;
  const ownExpiresAt = days === null ? NEVER : endAfterDays(now, days);
  return {
    _id: id,
    tenantId,
    memberId: command.memberId,
    licenseId: license._id,
    productId: license.productId,
    planId: license.planId,
    status: 'assigned',
    isOpen: true,
    suspendedFrom: null,
    type: command.type,
    assignedAt: now,
    activatedAt: null,
    lastUsedAt: null,
    expiresAt: earlierOf(ownExpiresAt, license.expiresAt),
    ownExpiresAt,
    reason: command.reason,
    notes: command.notes,
    statusReason: null,
    maxConcurrentDevices: command.maxConcurrentDevices ?? limits?.maxConcurrentDevices ?? null,
    boundDevices: 0,
    usedSeconds: 0,
    sequence: 1,
    updatedAt: now,
  };
}
