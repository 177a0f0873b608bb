/** Facts of the applications service. */
import { z } from 'zod';
import { defineEvent } from '../event.ts';

const id = z.int().positive();
const applicationState = z.object({
  applicationId: id,
  name: z.string(),
  code: z.string(),
  status: z.string(),
  isActive: z.boolean(),
  isDeleted: z.boolean(),
});
const articleState = z.object({
  articleId: id,
  applicationId: id,
  title: z.string(),
  slug: z.string(),
  status: z.string(),
  isDeleted: z.boolean(),
});
const feedbackState = z.object({
  feedbackId: id,
  applicationId: id,
  memberId: id,
  status: z.enum(['open', 'closed']),
});
const application = { producer: 'applications', aggregate: 'application', data: applicationState } as const;
const article = { producer: 'applications', aggregate: 'article', data: articleState } as const;
const feedback = { producer: 'applications', aggregate: 'feedback', data: feedbackState } as const;

export const applicationCreated = defineEvent('application.created.v1', {
  ...application,
  description: { zh: '应用已登记。', en: 'An application was registered.' },
});
export const applicationUpdated = defineEvent('application.updated.v1', {
  ...application,
  description: { zh: '应用已修改。', en: 'An application was changed.' },
});
export const applicationDeleted = defineEvent('application.deleted.v1', {
  ...application,
  description: {
    zh: '应用已删除（软删除）：其代码仍被占用。',
    en: 'An application was deleted (softly): its code stays taken.',
  },
});
export const applicationRestored = defineEvent('application.restored.v1', {
  ...application,
  description: { zh: '已删除的应用已恢复。', en: 'A deleted application came back.' },
});
export const articleCreated = defineEvent('article.created.v1', {
  ...article,
  description: { zh: '文章已撰写。', en: 'An article was written.' },
});
export const articleUpdated = defineEvent('article.updated.v1', {
  ...article,
  description: { zh: '文章已修改。', en: 'An article was changed.' },
});
export const articleDeleted = defineEvent('article.deleted.v1', {
  ...article,
  description: { zh: '文章已移除。', en: 'An article was removed.' },
});
export const feedbackOpened = defineEvent('feedback.opened.v1', {
  ...feedback,
  description: { zh: '会员提交了反馈。', en: 'A member gave feedback.' },
});
export const feedbackClosed = defineEvent('feedback.closed.v1', {
  ...feedback,
  description: { zh: '反馈已关闭。', en: 'Feedback was closed.' },
});
