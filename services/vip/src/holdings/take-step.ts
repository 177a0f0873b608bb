/** Writes steps down: the holding, its history, and the fact of each, in one transaction. */
import * as facts from '@membership/contracts/events/vip';
import type { Ids } from '@membership/platform/ids';
import type { Metrics } from '@membership/platform/metrics';
import { actorName, type TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Tag } from '../tags/tag.ts';
import { tagState } from '../tags/tag-facts.ts';
import { withRenewalTime } from './auto-renewal.ts';
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
  auto_renew_on: facts.vipAutoRenewChanged,
  auto_renew_off: facts.vipAutoRenewChanged,
} as const satisfies Record<Action, unknown>;

export type Notebook = {
  readonly userTags: UserTagRepository;
  readonly ids: Ids;
  readonly steps: ReturnType<Metrics['counter']>;
  /** How long before the end a holding that renews itself is renewed. */
  readonly renewalLeadMs: number;
};

/** Keeps a step and announces it, with the tag's definition as it is now. Returns the holding as it is afterwards. */
export async function takeStep(
  notebook: Notebook,
  scope: TenantScope,
  step: Step,
  tag: Tag,
  reason: string | null,
  unit: UnitOfWork,
): Promise<UserTag> {
  const [after] = await takeSteps(notebook, scope, [step], tag, reason, unit);
  return after ?? step.after;
}

/** Keeps steps of many holdings of one tag and announces each. Returns them as they are afterwards, in the order of the steps. */
export async function takeSteps(
  { userTags, ids, steps: counter, renewalLeadMs }: Notebook,
  scope: TenantScope,
  taken: readonly Step[],
  tag: Tag,
  reason: string | null,
  unit: UnitOfWork,
): Promise<readonly UserTag[]> {
  const steps = taken.map((step) => ({ ...step, after: withRenewalTime(step.after, tag, renewalLeadMs) }));
  const [added, changed] = [steps.filter(({ before }) => !before), steps.filter(({ before }) => before)];
  await userTags.add(
    scope,
    added.map(({ after }) => after),
    unit,
  );
  await userTags.save(
    scope,
    changed.map(({ after }) => after),
    unit,
  );
  const fresh = await ids.take('user_tag_history', steps.length);
  const actor = actorName(scope.actor);
  await userTags.remember(
    scope,
    steps.map((step, index) => entryOf(step, { id: fresh[index] as number, actor, reason })),
    unit,
  );
  for (const { action, before, after } of steps) {
    unit.announce(scope, FACTS[action], {
      subject: after._id,
      sequence: after.sequence,
      data: {
        userTagId: after._id,
        memberId: after.memberId,
        tag: tagState(tag),
        status: after.status,
        previousStatus: before?.status ?? null,
        grantedAt: after.grantedAt.toISOString(),
        expiresAt: after.expiresAt?.toISOString() ?? null,
        graceEndsAt: after.graceEndsAt?.toISOString() ?? null,
        autoRenew: after.autoRenew,
        reason: after.reason,
      },
    });
    unit.afterCommit(() => counter.inc({ action }));
  }
  return steps.map(({ after }) => after);
}
