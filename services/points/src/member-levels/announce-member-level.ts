/** The fact that a member's level by spending is another one. */
import { memberLevelChanged } from '@membership/contracts/events/member-system';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { MemberLevel } from './member-level.ts';

/** Announces it under the profile's next number, which the caller has counted in this transaction. */
export function announceMemberLevel(
  unit: UnitOfWork,
  scope: TenantScope,
  change: {
    readonly memberId: number;
    readonly sequence: number;
    readonly previous: MemberLevel | undefined;
    readonly current: MemberLevel;
    readonly reason: 'spending' | 'manual' | 'review' | 'check';
  },
): void {
  const { memberId, sequence, previous, current, reason } = change;
  unit.announce(scope, memberLevelChanged, {
    subject: memberId,
    sequence,
    data: {
      profileId: memberId,
      previousLevelId: previous?._id ?? null,
      previousLevelName: previous?.name ?? null,
      levelId: current._id,
      levelName: current.name,
      levelCode: current.code,
      isUpgrade: current.requiredSpent > (previous?.requiredSpent ?? -1),
      reason,
    },
  });
}
