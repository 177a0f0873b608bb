/** The fact that a feedback was opened or closed. */
import { feedbackClosed, feedbackOpened } from '@membership/contracts/events/applications';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Feedback } from '../domain/feedback.ts';

/** Announces what a feedback is now; what was said stays here. */
export function announceFeedback(
  scope: TenantScope,
  { _id, applicationId, memberId, status, sequence }: Feedback,
  unit: UnitOfWork,
): void {
  unit.announce(scope, status === 'open' ? feedbackOpened : feedbackClosed, {
    subject: _id,
    sequence,
    data: { feedbackId: _id, applicationId, memberId, status },
  });
}
