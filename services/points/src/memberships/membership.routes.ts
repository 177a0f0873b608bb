/** A member's profile as the member system shows it: to the member, and to administrators. */
import {
  getMemberProfile,
  getMembership,
  updateMemberProfile,
} from '@membership/contracts/endpoints/points/index';
import { dayOf } from '@membership/platform/calendar';
import type { Directory } from '@membership/platform/directory';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import { requireMember, requireMemberId } from '@membership/platform/scope';
import type { CurrentProfiles } from '../ledger/current-profiles.ts';
import type { ProfileOpening } from '../ledger/profile-opening.ts';
import type { ProfileRepository } from '../ledger/profile-repository.ts';
import type { TenantDefinitions } from '../tenants/tenant-definitions.ts';
import type { SettingMemberLevels } from '../member-levels/set-member-level.ts';
import type { MemberDetailsKeeping } from './member-details.ts';
import { membershipView, profileView } from './membership.views.ts';

type Wiring = {
  readonly current: Pick<CurrentProfiles, 'get'>;
  readonly opening: ProfileOpening;
  readonly profiles: ProfileRepository;
  readonly definitions: TenantDefinitions;
  readonly directory: Directory;
  readonly details: MemberDetailsKeeping;
  readonly setting: SettingMemberLevels;
};

export function membershipRoutes({
  current,
  opening,
  profiles,
  definitions,
  directory,
  details,
  setting,
}: Wiring): Implementation[] {
  return [
    implement(getMemberProfile, async ({ scope, http }) => {
      const memberId = requireMemberId(scope);
      const profile = await current.get(scope, memberId);
      const { timezone } = await directory.tenant(scope);
      return profileView(profile, {
        member: await directory.getMember(scope, memberId),
        details: await details.find(scope, memberId),
        ending: await profiles.soonestEnding(scope, memberId, http.now, timezone),
        levels: (await definitions.of(scope)).memberLevels,
        dayOf: (at) => dayOf(timezone, at),
      });
    }),
    implement(getMembership, async ({ scope, params }) => {
      const profile = await current.get(scope, params.id);
      const { memberLevels } = await definitions.of(scope);
      return membershipView(profile, memberLevels, await setting.last(scope, params.id));
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
