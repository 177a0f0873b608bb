/** Writes a step down: the holding, its history, and the fact, in one transaction. */
import * as facts from '@membership/contracts/events/vip';
import type { Ids } from '@membership/platform/ids';
import type { Metrics } from '@membership/platform/metrics';
import { actorName, type TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Tag } from '../tags/tag.ts';
import { tagState } from '../tags/tag-facts.ts';
import { entryOf } from './history.ts';
import type { Action, Step, UserTag } from './user-tag.ts';
import type { UserTagRepository } from './user-tag-repository.ts';

const FACTS = {
  granted: facts.vipGranted,
  renewed: facts.vipRenewed,
  suspended: facts.vipSuspended,
  resumed: facts.vipResumed,
  revoked: facts.vipRevoked,
  grace_started: facts.vipGraceStarted,
  expired: facts.vipExpired,
} as const satisfies Record<Action, unknown>;

export type Notebook = {
  readonly userTags: UserTagRepository;
  readonly ids: Ids;
  readonly steps: ReturnType<Metrics['counter']>;
};

/** Keeps a step and announces it, with the tag's definition as it is now. Returns the holding as it is afterwards. */
export async function takeStep(
  { userTags, ids, steps }: Notebook,
  scope: TenantScope,
  step: Step,
  tag: Tag,
  reason: string | null,
  unit: UnitOfWork,
): Promise<UserTag> {
  const { before, after, action } = step;
  await (before ? userTags.save(scope, after, unit) : userTags.add(scope, after, unit));
  await userTags.remember(
    scope,
    entryOf(step, { id: await ids.next('user_tag_history'), actor: actorName(scope.actor), reason }),
    unit,
  );
  unit.announce(scope, FACTS[action], {
    subject: after._id,
    sequence: after.sequence,
    data: {
      userTagId: after._id,
      memberId: after.memberId,
      tag: tagState(tag),
      status: after.status,
      grantedAt: after.grantedAt.toISOString(),
      expiresAt: after.expiresAt?.toISOString() ?? null,
      graceEndsAt: after.graceEndsAt?.toISOString() ?? null,
      autoRenew: after.autoRenew,
      reason: after.reason,
    },
  });
  unit.afterCommit(() => steps.inc({ action }));
  return after;
}
