/** Answers the endpoints of feedbacks. */
import * as contracts from '@membership/contracts/endpoints/applications/feedbacks';
import type { ItemOf } from '@membership/contracts/endpoint';
import type { Directory } from '@membership/platform/directory';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import type { Ids } from '@membership/platform/ids';
import { isPlainMember, requireMemberId, type TenantScope } from '@membership/platform/scope';
import type { ApplicationRepository } from '../storage/application-repository.ts';
import { sortOf } from '@membership/platform/sorting';
import { peopleOf } from '../people.ts';
import { answerFeedback } from './answer-feedback.ts';
import type { Feedback } from '../domain/feedback.ts';
import type { FeedbackRepository } from '../storage/feedback-repository.ts';
import { giveFeedback } from './give-feedback.ts';

export type FeedbackStores = {
  readonly applications: ApplicationRepository;
  readonly feedbacks: FeedbackRepository;
  readonly directory: Directory;
  readonly ids: Ids;
};
type View = ItemOf<typeof contracts.giveFeedback>;

const writerOf = ({ memberId, memberName }: Feedback) => ({ id: memberId, name: memberName });

export function feedbackRoutes(stores: FeedbackStores): Implementation[] {
  const { applications, feedbacks, directory } = stores;
  const views = async (scope: TenantScope, found: readonly Feedback[]): Promise<View[]> => {
    const personOf = await peopleOf(directory, scope, found.map(writerOf));
    return found.map((feedback) => ({
      id: feedback._id,
      application_id: feedback.applicationId,
      member_id: feedback.memberId,
      member_info: personOf(writerOf(feedback)) as View['member_info'],
      title: feedback.title,
      content: feedback.content,
      rating: feedback.rating,
      status: feedback.status,
      reply: feedback.reply,
      created_at: feedback.createdAt.toISOString(),
      updated_at: feedback.updatedAt.toISOString(),
      closed_at: feedback.closedAt?.toISOString() ?? null,
    }));
  };
  const view = async (scope: TenantScope, feedback: Feedback) => (await views(scope, [feedback]))[0] as View;
  return [
    implementWrite(contracts.giveFeedback, async ({ scope, params, body, http, unit }) =>
      view(
        scope,
        await giveFeedback(stores, scope, { ...body, applicationId: params.id, now: http.now }, unit),
      ),
    ),
    implement(contracts.listFeedbacks, async ({ scope, params, query }) => {
      await applications.get(scope, params.id);
      const memberId = isPlainMember(scope) ? requireMemberId(scope) : undefined;
      const found = await feedbacks.list(
        scope,
        { applicationId: params.id, memberId, status: query.status },
        sortOf(query.ordering, { created_at: 'createdAt' }),
        { page: query.page, size: query.page_size },
      );
      return { ...found, items: await views(scope, found.items) };
    }),
    implementWrite(contracts.answerFeedback, async ({ scope, params, body, http, unit }) =>
      view(
        scope,
        await answerFeedback(
          stores,
          scope,
          { applicationId: params.id, feedbackId: params.feedback_id, settlement: body, now: http.now },
          unit,
        ),
      ),
    ),
  ];
}
