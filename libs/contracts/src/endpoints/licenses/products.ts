/** Products: what is licensed; may be linked to an application. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import {
  byId,
  count,
  flag,
  id,
  idFilter,
  instant,
  longText,
  ordering,
  pageQuery,
  requiredText,
  search,
} from '../../schemas.ts';

const version = text().trim().max(64);
const product = z.object({
  id,
  name: z.string(),
  version: z.string(),
  description: z.string(),
  application_id: id.nullable(),
  is_active: z.boolean(),
  created_at: instant,
  updated_at: instant,
});
const fields = {
  name: requiredText,
  version,
  description: longText,
  application_id: id.nullable(),
  is_active: z.boolean(),
};
const head = { service: 'licenses', access: ['admin'], dialect: 'data', tag: 'Licence catalogue' } as const;
const example = {
  id: 2,
  name: 'SuperApp Pro',
  version: '2.1.0',
  description: '',
  application_id: 1,
  is_active: true,
  created_at: '2024-09-01T10:00:00Z',
  updated_at: '2024-09-01T10:00:00Z',
};

export const listProducts = endpoint({
  ...head,
  name: 'listProducts',
  method: 'get',
  path: '/api/v1/products/',
  kind: 'list',
  summary: { zh: '产品列表', en: 'List products' },
  query: z.strictObject({
    application_id: idFilter.optional(),
    is_active: flag.optional(),
    search: search.optional(),
    ordering: ordering(['created_at', 'name'], '-created_at'),
    ...pageQuery(20),
  }),
  response: product,
  examples: { response: example },
});

export const createProduct = endpoint({
  ...head,
  name: 'createProduct',
  method: 'post',
  path: '/api/v1/products/',
  kind: 'action',
  status: 201,
  summary: { zh: '新增产品', en: 'Add a product' },
  description: {
    zh: '刚刚创建的应用可能尚未在此同步：此时 `application_id` 返回400，请重试。',
    en: 'An application that was made a moment ago may not be known here yet: then `application_id` is refused with 400; try again.',
  },
  body: z.strictObject({
    name: fields.name,
    version: fields.version.default('1.0.0'),
    description: fields.description.default(''),
    application_id: fields.application_id.default(null),
    is_active: fields.is_active.default(true),
  }),
  response: product,
  message: { zh: '产品创建成功', en: 'Product created' },
  refusals: ['VALIDATION_ERROR'],
  examples: { request: { name: 'SuperApp Pro', version: '2.1.0', application_id: 1 }, response: example },
});

export const getProduct = endpoint({
  ...head,
  name: 'getProduct',
  method: 'get',
  path: '/api/v1/products/:id/',
  kind: 'object',
  summary: { zh: '产品详情', en: 'One product' },
  params: byId,
  response: product.extend({ plan_count: count }),
  refusals: ['BIZ_001'],
  examples: { response: { ...example, plan_count: 1 } },
});

export const updateProduct = endpoint({
  ...head,
  name: 'updateProduct',
  method: 'patch',
  path: '/api/v1/products/:id/',
  kind: 'action',
  summary: { zh: '修改产品：只改所发送的字段', en: 'Change a product: the fields that are sent' },
  params: byId,
  body: z.strictObject(fields).partial(),
  response: product,
  message: { zh: '产品更新成功', en: 'Product updated' },
  refusals: ['BIZ_001', 'VALIDATION_ERROR'],
  examples: { request: { version: '2.2.0' }, response: { ...example, version: '2.2.0' } },
});

export const deleteProduct = endpoint({
  ...head,
  name: 'deleteProduct',
  method: 'delete',
  path: '/api/v1/products/:id/',
  kind: 'empty',
  summary: { zh: '下架产品', en: 'Retire a product' },
  description: {
    zh: '产品从列表中消失，不能再发放许可证；已有许可证继续有效，仍显示其名称。',
    en: 'It leaves the lists and can be licensed no more; licences that exist go on and still show its name.',
  },
  params: byId,
  response: undefined,
  refusals: ['BIZ_001'],
});
