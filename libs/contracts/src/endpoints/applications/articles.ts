/** Articles of an application: administrators write, members read what is published. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { byId, pageQuery } from '../../schemas.ts';
import { articleDetail, articleRow, byArticle, changeArticleBody, writeArticleBody } from './schemas.ts';

const common = { service: 'applications', dialect: 'app', tag: 'Applications' } as const;
const row = {
  id: 10001,
  title: '应用使用指南',
  slug: 'app-guide',
  excerpt: '详细的使用说明',
  author_info: { id: 3, username: 'admin', email: 'admin@example.com' },
  status: 'published' as const,
  created_at: '2025-11-20T10:00:00Z',
  updated_at: '2025-11-20T10:00:00Z',
};
const detail = { ...row, application_id: 1, content: '第一步：……' };

export const listArticles = endpoint({
  ...common,
  name: 'listArticles',
  method: 'get',
  path: '/api/v1/applications/:id/articles/',
  access: ['member'],
  kind: 'object',
  summary: { zh: '应用的文章，最新的在前', en: 'Articles of an application, newest first' },
  description: {
    zh: '直接返回数组，每页最多100条。成员看到已发布的文章，管理员看到全部。',
    en: 'A bare array, at most 100 a page. Members see what is published, administrators everything.',
  },
  params: byId,
  query: z.strictObject(pageQuery(100)),
  response: z.array(articleRow),
  refusals: ['BIZ_001'],
  examples: { response: [row] },
});

export const writeArticle = endpoint({
  ...common,
  name: 'writeArticle',
  method: 'post',
  path: '/api/v1/applications/:id/articles/',
  access: ['admin'],
  kind: 'object',
  summary: { zh: '撰写文章', en: 'Write an article' },
  description: {
    zh: '`slug` 在应用内唯一；省略时由 id 生成。',
    en: '`slug` is unique in the application; left out, one is made from the id.',
  },
  params: byId,
  body: writeArticleBody,
  bodyLimit: 256 * 1024,
  response: articleDetail,
  refusals: ['VALIDATION_ERROR', 'BIZ_001'],
  examples: {
    request: { title: row.title, slug: row.slug, excerpt: row.excerpt, content: detail.content },
    response: detail,
  },
});

export const getArticle = endpoint({
  ...common,
  name: 'getArticle',
  method: 'get',
  path: '/api/v1/applications/:id/articles/:article_id/',
  access: ['member'],
  kind: 'object',
  summary: { zh: '文章详情', en: 'One article' },
  params: byArticle,
  response: articleDetail,
  refusals: ['BIZ_001'],
  examples: { response: detail },
});

export const changeArticle = endpoint({
  ...common,
  name: 'changeArticle',
  method: 'patch',
  path: '/api/v1/applications/:id/articles/:article_id/',
  access: ['admin'],
  kind: 'object',
  summary: { zh: '修改文章', en: 'Change an article' },
  params: byArticle,
  body: changeArticleBody,
  bodyLimit: 256 * 1024,
  response: articleDetail,
  refusals: ['VALIDATION_ERROR', 'BIZ_001'],
  examples: { request: { status: 'archived' }, response: { ...detail, status: 'archived' } },
});

export const deleteArticle = endpoint({
  ...common,
  name: 'deleteArticle',
  method: 'delete',
  path: '/api/v1/applications/:id/articles/:article_id/',
  access: ['admin'],
  kind: 'empty',
  summary: { zh: '删除文章', en: 'Remove an article' },
  params: byArticle,
  response: undefined,
  refusals: ['BIZ_001'],
});
