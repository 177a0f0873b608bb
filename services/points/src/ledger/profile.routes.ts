/** Profiles: list, detail, switches, summary, permissions, level check. */
import {
  checkProfileLevel,
  getProfile,
  getProfilePermissions,
  getProfileSummary,
  listProfiles,
  setProfileLevel,
  updateProfile,
} from '@membership/contracts/endpoints/points/index';
import { notFound } from '@membership/contracts/errors';
import type { Order } from '@membership/contracts/schemas';
import type { Directory } from '@membership/platform/directory';
import type { GroupCommit } from '@membership/platform/group-commit';
import {
  implement,
  implementGrouped,
  implementWrite,
  type Implementation,
} from '@membership/platform/http/implement';
import { sortOf } from '@membership/platform/sorting';
import { isPlainMember, requireOwn, type TenantScope } from '@membership/platform/scope';
import type { TenantDefinitions } from '../tenants/tenant-definitions.ts';
import { dayOf, plusDays } from '@membership/platform/calendar';
import type { Command } from './command.ts';
import type { Outcome } from './outcome.ts';
import type { CurrentProfiles } from './current-profiles.ts';
import type { ProfileOpening } from './profile-opening.ts';
import type { Profile } from '../domain/profile.ts';
import type { ProfileRead } from './profile-reads.ts';
import type { ProfileRepository } from './profile-repository.ts';
import { withNewest, type TagProjection } from '../domain/member-tag.ts';
import { permissionsView, profileView, summaryView } from './profile.views.ts';
import { levelChangeView } from './record.views.ts';

const PROFILE_ORDER: Record<string, string> = {
  total_points: 'total',
  created_at: 'createdAt',
  member: '_id',
};

type Wiring = {
  readonly group: GroupCommit<Command, Outcome>;
  readonly opening: ProfileOpening;
  readonly current: Pick<CurrentProfiles, 'read'>;
  readonly profiles: ProfileRepository;
  readonly definitions: TenantDefinitions;
  readonly directory: Directory;
};

export function profileRoutes({
  group,
  opening,
  current,
  profiles,
  definitions,
  directory,
}: Wiring): Implementation[] {
  const existing = async (scope: TenantScope, memberId: number): Promise<ProfileRead> => {
    requireOwn(scope, memberId);
    return current.read(scope, memberId);
  };
  const views = async (
    scope: TenantScope,
    found: readonly Profile[],
    tagsOf: () => readonly TagProjection[] | Promise<readonly TagProjection[]>,
    now: Date,
  ) => {
    const tenant = await directory.tenant(scope);
    const { levels, tags: newest } = await definitions.of(scope);
    const from = plusDays(dayOf(tenant.timezone, now), -29);
    const [days, tags] = await Promise.all([profiles.days(scope, found, from), tagsOf()]);
    return found.map((profile) =>
      profileView(profile, {
        tenant,
        levels,
        now,
        days: days.get(profile._id) ?? [],
        tags: withNewest(
          tags.filter(({ memberId }) => memberId === profile._id),
          newest,
        ),
      }),
    );
  };
  const one = async (scope: TenantScope, { profile, tags }: ProfileRead, now: Date) =>
    (await views(scope, [profile], () => tags, now))[0] as ReturnType<typeof profileView>;

  return [
    implement(listProfiles, async ({ scope, query, http }) => {
      const own = isPlainMember(scope) ? (scope.actor.id ?? undefined) : undefined;
      if (own !== undefined) await opening.ensure(scope, own);
      const page = await profiles.list(
        scope,
        {
          memberId: own,
          levelId: query.current_level,
          isEnabled: query.is_points_enabled,
          search: query.search,
        },
        { page: query.page, size: query.page_size, sort: sortOf(query.ordering as Order[], PROFILE_ORDER) },
      );
      const ids = page.items.map(({ _id }) => _id);
      return { ...page, items: await views(scope, page.items, () => profiles.tags(scope, ids), http.now) };
    }),
    implement(getProfile, async ({ scope, params, http }) =>
      one(scope, await existing(scope, params.id), http.now),
    ),
    implementWrite<typeof updateProfile, void>(
      updateProfile,
      async ({ scope, params, body, http, unit }) => {
        const changes = {
          ...(body.is_points_enabled === undefined ? {} : { isEnabled: body.is_points_enabled }),
          ...(body.points_multiplier === undefined
            ? {}
            : { multiplier: Math.round(body.points_multiplier * 100) }),
        };
        const profile = await profiles.change(scope, params.id, changes, unit);
        if (!profile) throw notFound();
        return one(scope, { profile, tags: await profiles.tags(scope, [params.id]) }, http.now);
      },
      // Made on first need, as for every other door.
      { prepare: ({ scope, params }) => opening.ensure(scope, params.id) },
    ),
    implement(getProfileSummary, async ({ scope, params, query, http }) => {
      const { profile } = await existing(scope, params.id);
      const { timezone } = await directory.tenant(scope);
      const today = dayOf(timezone, http.now);
      const days = await profiles.days(scope, [profile], plusDays(today, 1 - query.days));
      return summaryView(
        profile,
        await definitions.of(scope),
        days.get(profile._id) ?? [],
        today,
        query.days,
      );
    }),
    implement(getProfilePermissions, async ({ scope, params, http }) => {
      const { profile, tags } = await existing(scope, params.id);
      const { levels, tags: newest } = await definitions.of(scope);
      return permissionsView(profile, {
        levels,
        tags: withNewest(tags, newest),
        now: http.now,
      });
    }),
    implementGrouped(
      checkProfileLevel,
      group,
      async ({ scope, params }): Promise<Command> => {
        await opening.ensure(scope, params.id);
        return { kind: 'check_level', memberId: params.id };
      },
      (outcome) => ({
        level_change: levelChangeView(outcome.levelChange),
        timestamp: outcome.at.toISOString(),
      }),
    ),
    implementGrouped(
      setProfileLevel,
      group,
      async ({ scope, params, body }): Promise<Command> => {
        await opening.ensure(scope, params.id);
        return { kind: 'set_level', memberId: params.id, levelId: body.level_id, reason: body.reason };
      },
      (outcome) => ({
        level_change: levelChangeView(outcome.levelChange),
        timestamp: outcome.at.toISOString(),
      }),
    ),
  ];
}
