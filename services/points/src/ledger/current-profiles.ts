/** A profile as it is at the moment of asking: what has ended of it since anybody wrote to it is ended first. */
import { notFound } from '@membership/contracts/errors';
import type { GroupCommit } from '@membership/platform/group-commit';
import { scopeOfJob, type TenantScope } from '@membership/platform/scope';
import type { Command } from './command.ts';
import type { Outcome } from './outcome.ts';
import type { ProfileOpening } from './profile-opening.ts';
import type { Profile } from '../domain/profile.ts';
import type { ProfileRead } from './profile-reads.ts';
import type { ProfileRepository } from './profile-repository.ts';

export class CurrentProfiles {
  readonly #opening: ProfileOpening;
  readonly #profiles: ProfileRepository;
  readonly #group: GroupCommit<Command, Outcome>;
  constructor(opening: ProfileOpening, profiles: ProfileRepository, group: GroupCommit<Command, Outcome>) {
    this.#opening = opening;
    this.#profiles = profiles;
    this.#group = group;
  }

  /** Made on first need. Refuses (BIZ_001) a member that does not exist. */
  async get(scope: TenantScope, memberId: number): Promise<Profile> {
    return (await this.read(scope, memberId)).profile;
  }

  /** As `get`, with the member's tags. */
  async read(scope: TenantScope, memberId: number): Promise<ProfileRead> {
    await this.#opening.ensure(scope, memberId);
    const found = await this.#profiles.read(scope, memberId);
    if (!found) throw notFound();
    const { profile, tags } = found;
    if (!profile.nextExpiryAt || profile.nextExpiryAt > new Date()) return found;
    // Nobody ends points by looking at them: it is the platform's doing, as when its job comes by.
    const ended = await this.#group.submit({
      scope: scopeOfJob(scope.tenantId, 'points', scope.requestId),
      command: { kind: 'expire', memberId },
    });
    return { profile: 'outcome' in ended ? ended.outcome.profile : profile, tags };
  }
}
