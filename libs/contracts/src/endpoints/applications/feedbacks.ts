/** Feedbacks on an application: members write, administrators answer and close. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { byId, ordering, pageQuery } from '../../schemas.ts';
import { answerFeedbackBody, byFeedback, feedbackStatus, feedbackView, giveFeedbackBody } from './schemas.ts';

const common = { service: 'applications', dialect: 'app', tag: 'Applications' } as const;
const example = {
  id: 77,
  application_id: 1,
  member_id: 123,
  member_info: { id: 123, username: 'john_doe', email: 'john@example.com' },
  title: '导出很慢',
  content: '导出一千行需要一分钟',
  rating: 3,
  status: 'open' as const,
  reply: null,
  created_at: '2025-11-20T10:00:00Z',
  updated_at: '2025-11-20T10:00:00Z',
  closed_at: null,
};

export const giveFeedback = endpoint({
  ...common,
  name: 'giveFeedback',
  method: 'post',
  path: '/api/v1/applications/:id/feedbacks/',
  access: ['member'],
  kind: 'object',
  summary: { zh: '对应用提交反馈', en: 'Give feedback on an application' },
  params: byId,
  body: giveFeedbackBody,
  response: feedbackView,
  refusals: ['VALIDATION_ERROR', 'BIZ_001'],
  examples: { request: { title: example.title, content: example.content, rating: 3 }, response: example },
});

export const listFeedbacks = endpoint({
  ...common,
  name: 'listFeedbacks',
  method: 'get',
  path: '/api/v1/applications/:id/feedbacks/',
  access: ['member'],
  kind: 'list',
  summary: { zh: '应用的反馈列表', en: 'Feedbacks on an application' },
  description: {
    zh: '成员看到自己的反馈，管理员看到全部。',
    en: 'Members see their own, administrators all.',
  },
  params: byId,
  query: z.strictObject({
    ...pageQuery(10),
    status: feedbackStatus.optional(),
    ordering: ordering(['created_at'], '-created_at'),
  }),
  response: feedbackView,
  refusals: ['BIZ_001'],
});

export const answerFeedback = endpoint({
  ...common,
  name: 'answerFeedback',
  method: 'patch',
  path: '/api/v1/applications/:id/feedbacks/:feedback_id/',
  access: ['admin'],
  kind: 'object',
  summary: { zh: '回复、关闭或重新打开反馈', en: 'Answer, close or open a feedback again' },
  params: byFeedback,
  body: answerFeedbackBody,
  response: feedbackView,
  refusals: ['VALIDATION_ERROR', 'BIZ_001'],
  examples: {
    request: { status: 'closed', reply: '已在 2.1.0 中修复' },
    response: {
      ...example,
      status: 'closed',
      reply: '已在 2.1.0 中修复',
      closed_at: '2025-11-21T10:00:00Z',
      updated_at: '2025-11-21T10:00:00Z',
    },
  },
});
