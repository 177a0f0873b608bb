import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { ApplicationRepository } from '../storage/application-repository.ts';
import { announceFeedback } from './announce-feedback.ts';
import { settle, type Feedback, type Settlement } from '../domain/feedback.ts';
import type { FeedbackRepository } from '../storage/feedback-repository.ts';

type Stores = { readonly applications: ApplicationRepository; readonly feedbacks: FeedbackRepository };
type Command = {
  readonly applicationId: number;
  readonly feedbackId: number;
  readonly settlement: Settlement;
  readonly now: Date;
};

/** Answers, closes or opens a feedback again (404 unknown). Saying what is so already changes nothing. */
export async function answerFeedback(
  { applications, feedbacks }: Stores,
  scope: TenantScope,
  { applicationId, feedbackId, settlement, now }: Command,
  unit: UnitOfWork,
): Promise<Feedback> {
  await applications.get(scope, applicationId, unit);
  const current = await feedbacks.get(scope, applicationId, feedbackId, unit);
  const settled = settle(current, settlement, now);
  if (settled === current) return current;
  await feedbacks.save(scope, settled, unit);
  if (settled.sequence > current.sequence) announceFeedback(scope, settled, unit);
  return settled;
}
