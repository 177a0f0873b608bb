/** Shapes that the endpoints of the applications service share. Seed 004 gives the fields and their names. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { emailAddress } from '../../email.ts';
import {
  code,
  count,
  httpUrl,
  id,
  instant,
  jsonObject,
  longText,
  pathId,
  requiredLine,
  requiredReason,
  requiredText,
  shortText,
} from '../../schemas.ts';
import { both } from '../../text.ts';

export const applicationStatuses = [
  'development',
  'testing',
  'active',
  'maintenance',
  'deprecated',
  'archived',
  'inactive',
] as const;
export const applicationStatus = z.enum(applicationStatuses).meta({ id: 'ApplicationStatus' });
export type ApplicationStatus = z.output<typeof applicationStatus>;

const version = requiredLine(50);
const tags = z.array(requiredLine(64)).max(50);

/** Every field that a client may set, without defaults; null empties what may be empty. */
const fields = {
  name: requiredText,
  code,
  description: longText.nullable(),
  logo: httpUrl.nullable(),
  website: httpUrl.nullable(),
  contact_email: emailAddress.nullable(),
  current_version: version,
  owner: shortText.nullable(),
  team: shortText.nullable(),
  status: applicationStatus,
  tags,
  metadata: jsonObject,
};

export const createApplicationBody = z.strictObject({
  name: fields.name,
  code: fields.code,
  description: fields.description.default(null),
  logo: fields.logo.default(null),
  website: fields.website.default(null),
  contact_email: fields.contact_email.default(null),
  current_version: fields.current_version.default('1.0.0'),
  owner: fields.owner.default(null),
  team: fields.team.default(null),
  status: fields.status.default('development'),
  tags: fields.tags.default([]),
  metadata: fields.metadata.default({}),
});
/** `logo` and `metadata` may be left out and are then emptied; `is_active` left out stays as it is. */
export const replaceApplicationBody = z.strictObject({
  ...fields,
  logo: fields.logo.default(null),
  metadata: fields.metadata.default({}),
  is_active: z.boolean().optional(),
});
export const changeApplicationBody = z.strictObject({ ...fields, is_active: z.boolean() }).partial();

const written = {
  id,
  name: z.string(),
  code: z.string(),
  description: z.string().nullable(),
  logo: z.string().nullable(),
  website: z.string().nullable(),
  contact_email: z.string().nullable(),
  current_version: z.string(),
  owner: z.string().nullable(),
  team: z.string().nullable(),
  status: applicationStatus,
  is_active: z.boolean(),
  tags: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()),
  created_at: instant,
  updated_at: instant,
};
export const writtenApplication = z.object(written).meta({ id: 'Application' });
export const applicationDetail = z
  .object({ ...written, license_count: count, feedback_count: count, article_count: count })
  .meta({ id: 'ApplicationDetail' });
export const applicationRow = writtenApplication
  .pick({
    id: true,
    name: true,
    code: true,
    description: true,
    logo: true,
    current_version: true,
    status: true,
    is_active: true,
    created_at: true,
    updated_at: true,
  })
  .meta({ id: 'ApplicationRow' });

/** Who wrote something, as far as this service knows it. */
export const person = z
  .object({ id, username: z.string().nullable(), email: z.string().nullable() })
  .meta({ id: 'Person' });

export const articleStatuses = ['draft', 'published', 'archived'] as const;
export const articleStatus = z.enum(articleStatuses).meta({ id: 'ArticleStatus' });
const slug = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, {
    error: both('只能包含小写字母、数字和中划线', 'Only lower-case letters, digits and single hyphens'),
  });
const articleFields = {
  title: requiredText,
  slug,
  excerpt: text().max(1000),
  content: text().max(60_000),
  status: articleStatus,
};
export const writeArticleBody = z.strictObject({
  title: articleFields.title,
  slug: articleFields.slug.optional(),
  excerpt: articleFields.excerpt.default(''),
  content: articleFields.content.default(''),
  status: articleFields.status.default('published'),
});
export const changeArticleBody = z.strictObject(articleFields).partial();
export const articleRow = z
  .object({
    id,
    title: z.string(),
    slug: z.string(),
    excerpt: z.string(),
    author_info: person.nullable(),
    status: articleStatus,
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'ArticleRow' });
export const articleDetail = articleRow
  .extend({ application_id: id, content: z.string() })
  .meta({ id: 'Article' });
export const byArticle = z.object({ id: pathId, article_id: pathId });

export const feedbackStatus = z.enum(['open', 'closed']).meta({ id: 'FeedbackStatus' });
export const giveFeedbackBody = z.strictObject({
  title: shortText.nullable().default(null),
  content: requiredReason,
  rating: z.int().min(1).max(5).nullable().default(null),
});
export const answerFeedbackBody = z
  .strictObject({ status: feedbackStatus, reply: longText.nullable() })
  .partial();
export const feedbackView = z
  .object({
    id,
    application_id: id,
    member_id: id,
    member_info: person,
    title: z.string().nullable(),
    content: z.string(),
    rating: z.int().nullable(),
    status: feedbackStatus,
    reply: z.string().nullable(),
    created_at: instant,
    updated_at: instant,
    closed_at: instant.nullable(),
  })
  .meta({ id: 'Feedback' });
export const byFeedback = z.object({ id: pathId, feedback_id: pathId });
