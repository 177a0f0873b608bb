import type { Ids } from '@membership/platform/ids';
import { requireMember, type TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { ApplicationRepository } from '../storage/application-repository.ts';
import { announceFeedback } from './announce-feedback.ts';
import type { Feedback } from '../domain/feedback.ts';
import type { FeedbackRepository } from '../storage/feedback-repository.ts';

type Stores = {
  readonly applications: ApplicationRepository;
  readonly feedbacks: FeedbackRepository;
  readonly ids: Ids;
};
type Command = Pick<Feedback, 'applicationId' | 'title' | 'content' | 'rating'> & { readonly now: Date };

/** Keeps what the caller says of an application (404 unknown). */
export async function giveFeedback(
  { applications, feedbacks, ids }: Stores,
  scope: TenantScope,
  { now, ...said }: Command,
  unit: UnitOfWork,
): Promise<Feedback> {
  const memberId = requireMember(scope);
  await applications.get(scope, said.applicationId, unit);
  const feedback: Feedback = {
    _id: await ids.next('feedbacks'),
    tenantId: scope.tenantId,
    memberId,
    memberName: scope.actor.name,
    ...said,
    status: 'open',
    reply: null,
    closedAt: null,
    sequence: 1,
    createdAt: now,
    updatedAt: now,
  };
  await feedbacks.add(scope, feedback, unit);
  announceFeedback(scope, feedback, unit);
  return feedback;
}
