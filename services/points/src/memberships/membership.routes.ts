/** A member's own profile as the member system shows it. */
import { getMemberProfile, updateMemberProfile } from '@membership/contracts/endpoints/points/index';
import { dayOf } from '@membership/platform/calendar';
import type { Directory } from '@membership/platform/directory';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import { requireMember, requireMemberId } from '@membership/platform/scope';
import type { CurrentProfiles } from '../ledger/current-profile.ts';
import type { ProfileOpening } from '../ledger/open-profile.ts';
import type { ProfileRepository } from '../ledger/profile-repository.ts';
import type { TenantDefinitions } from '../tenants/tenant-definitions.ts';
import type { MemberDetailsKeeping } from './member-details.ts';
import { membershipView } from './membership.views.ts';

type Wiring = {
  readonly current: CurrentProfiles;
  readonly opening: ProfileOpening;
  readonly profiles: ProfileRepository;
  readonly definitions: TenantDefinitions;
  readonly directory: Directory;
  readonly details: MemberDetailsKeeping;
};

export function membershipRoutes({
  current,
  opening,
  profiles,
  definitions,
  directory,
  details,
}: Wiring): Implementation[] {
  return [
    implement(getMemberProfile, async ({ scope, http }) => {
      const memberId = requireMemberId(scope);
      const profile = await current.get(scope, memberId);
      const { timezone } = await directory.tenant(scope);
      return membershipView(profile, {
        member: await directory.getMember(scope, memberId),
        details: await details.find(scope, memberId),
        ending: await profiles.soonestEnding(scope, memberId, http.now, timezone),
        levels: (await definitions.of(scope)).memberLevels,
        dayOf: (at) => dayOf(timezone, at),
      });
    }),
    implementWrite(updateMemberProfile, async ({ scope, body, unit }) => {
      const memberId = requireMember(scope);
      await opening.existingWithin(scope, memberId, unit);
      const updatedAt = await details.change(scope, memberId, body, unit);
      const updated = Object.entries(body).flatMap(([field, value]) => (value === undefined ? [] : [field]));
      return { updated_fields: updated, updated_at: updatedAt.toISOString() };
    }),
  ];
}
