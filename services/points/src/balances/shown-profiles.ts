/**
 * Profiles to be shown, out of Redis where there is one: never older than what a client has written, and what others write is
 * there as soon. Nothing is decided by them: who moves points reads the profile in the transaction that writes it.
 */
import type { Answers } from '@membership/platform/answers/answers-of';
import type { TenantScope } from '@membership/platform/scope';
import { balancesOf } from '../domain/balances.ts';
import type { Profile } from '../domain/profile.ts';
import type { CurrentProfiles } from '../ledger/current-profiles.ts';
import type { ProfileRead } from '../ledger/profile-reads.ts';

export class ShownProfiles {
  readonly #answers: Answers;
  readonly #current: CurrentProfiles;
  constructor(answers: Answers, current: CurrentProfiles) {
    this.#answers = answers;
    this.#current = current;
  }

  /** As `CurrentProfiles.read`: what has ended of it is ended first. */
  async read(scope: TenantScope, memberId: number): Promise<ProfileRead> {
    const load = () => this.#current.read(scope, memberId);
    const found = await this.#answers.read(balancesOf(scope.tenantId, memberId), '', load);
    const { nextExpiryAt } = found.profile;
    return nextExpiryAt && nextExpiryAt <= new Date() ? load() : found;
  }

  /** As `read`, without the member's tags. */
  async get(scope: TenantScope, memberId: number): Promise<Profile> {
    return (await this.read(scope, memberId)).profile;
  }
}
