/** Licences: a key with a number of activations, of a plan of a product. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import {
  byId,
  count,
  flag,
  id,
  idFilter,
  idsFilter,
  instant,
  instantInput,
  momentFilter,
  ordering,
  pageQuery,
  search,
} from '../../schemas.ts';
import { both } from '../../text.ts';
import {
  emptyBody,
  expiresDays,
  licenseQuota,
  licenseStatuses,
  maxActivations,
  notesText,
  reasonText,
  textFilter,
} from './shared.ts';

/** An existing key that moves in: letters, digits, hyphens. Ours have 125 random bits; one that is brought along is as strong as it is. */
const licenseKey = z
  .string()
  .min(8)
  .max(64)
  .regex(/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/, {
    error: both('只能包含字母、数字和中划线', 'Only letters, digits and single hyphens between them'),
  });
const license = z.object({
  id,
  license_key: z.string(),
  product_id: id,
  product_name: z.string(),
  plan_id: id,
  plan_name: z.string(),
  status: z.enum(licenseStatuses),
  max_activations: count,
  license_quota: licenseQuota,
  /** Assignments that are assigned, active or suspended. */
  open_assignments: count,
  expires_at: instant.nullable(),
  days_until_expiry: count.nullable(),
  notes: z.string(),
  revoked_at: instant.nullable(),
  revoke_reason: z.string().nullable(),
  created_at: instant,
  updated_at: instant,
});
const head = { service: 'licenses', access: ['admin'], dialect: 'data', tag: 'Licences' } as const;
const example = {
  id: 5,
  license_key: 'ABC-DEF-GHI',
  product_id: 2,
  product_name: 'SuperApp Pro',
  plan_id: 3,
  plan_name: '专业版',
  status: 'active',
  max_activations: 10,
  license_quota: { max_activations: 10, current_activations: 3, available_slots: 7 },
  open_assignments: 2,
  expires_at: null,
  days_until_expiry: null,
  notes: '',
  revoked_at: null,
  revoke_reason: null,
  created_at: '2024-09-01T10:00:00Z',
  updated_at: '2024-09-01T10:00:00Z',
};

export const listLicenses = endpoint({
  ...head,
  name: 'listLicenses',
  method: 'get',
  path: '/api/v1/licenses/',
  kind: 'list',
  summary: { zh: '许可证列表', en: 'List licences' },
  query: z.strictObject({
    search: search.optional().meta({
      description: both(
        '密钥、备注、产品名称或套餐名称的一部分，或许可证的编号',
        'Part of the key, of the notes, or of the name of the product or plan; or the id of the licence',
      ),
    }),
    ids: idsFilter.optional(),
    product_id: idFilter.optional(),
    plan_id: idFilter.optional(),
    status: z.enum(licenseStatuses).optional(),
    license_key: textFilter.optional(),
    expires_before: momentFilter.optional(),
    nearly_full: flag.optional().meta({
      description: both(
        '`true`：未撤销，名额不止一个，且剩余不超过十分之一',
        '`true`: it is not revoked, and of several activations a tenth at most is left',
      ),
    }),
    ordering: ordering(['created_at', 'expires_at'], '-created_at'),
    ...pageQuery(20),
  }),
  response: license,
  examples: { response: example },
});

export const issueLicense = endpoint({
  ...head,
  name: 'issueLicense',
  method: 'post',
  path: '/api/v1/licenses/',
  kind: 'action',
  status: 201,
  summary: { zh: '发放许可证', en: 'Issue a licence' },
  description: {
    zh: '密钥由平台生成，不可猜测且全平台唯一；也可用 `license_key` 带入已有的密钥；已被占用的（包括大小写不同或分隔方式不同）返回409 CONFLICT。`max_activations` 省略：套餐的值。',
    en: 'The key is made here, unguessable and unique over the platform, unless `license_key` brings an existing one along; one that is taken, also in another case or divided otherwise, is 409 CONFLICT. `max_activations` left out: the plan’s.',
  },
  body: z.strictObject({
    product_id: id,
    plan_id: id,
    license_key: licenseKey.optional(),
    max_activations: maxActivations.optional(),
    expires_at: instantInput.nullable().default(null),
    notes: notesText.default(''),
  }),
  response: license,
  message: { zh: '许可证创建成功', en: 'Licence issued' },
  refusals: ['VALIDATION_ERROR', 'CONFLICT'],
  examples: {
    request: { product_id: 2, plan_id: 3, max_activations: 10, license_key: 'ABC-DEF-GHI' },
    response: example,
  },
});

export const getLicense = endpoint({
  ...head,
  name: 'getLicense',
  method: 'get',
  path: '/api/v1/licenses/:id/',
  kind: 'object',
  summary: { zh: '许可证详情', en: 'One licence' },
  params: byId,
  response: license,
  refusals: ['BIZ_001'],
  examples: { response: example },
});

export const updateLicense = endpoint({
  ...head,
  name: 'updateLicense',
  method: 'patch',
  path: '/api/v1/licenses/:id/',
  kind: 'action',
  summary: {
    zh: '修改许可证的限制：只改所发送的字段',
    en: 'Change the limits of a licence: the fields that are sent',
  },
  description: {
    zh: '已撤销的不能修改。其分配最迟与它同时结束，因此新的 `expires_at` 会同时移动分配的结束时间：大型许可证在数秒内完成，在此之前列表按已写入的时间筛选。到期后设置新的 `expires_at` 即以原密钥续期；已随之结束的不再恢复。`max_activations` 不能低于已绑定的设备数。',
    en: 'Not once it is revoked. Its assignments end with it at the latest, so a new `expires_at` moves theirs: those of a large licence within seconds, and lists filter by what is written until then. After its end a new `expires_at` renews it under the same key; what ended with it stays ended. `max_activations` cannot go below the devices that are bound.',
  },
  params: byId,
  body: z
    .strictObject({ max_activations: maxActivations, expires_at: instantInput.nullable(), notes: notesText })
    .partial(),
  response: license,
  message: { zh: '许可证更新成功', en: 'Licence updated' },
  refusals: ['BIZ_001', 'VALIDATION_ERROR', 'INVALID_STATE'],
  examples: {
    request: { max_activations: 20 },
    response: {
      ...example,
      max_activations: 20,
      license_quota: { max_activations: 20, current_activations: 3, available_slots: 17 },
    },
  },
});

export const renewLicense = endpoint({
  ...head,
  name: 'renewLicense',
  method: 'post',
  path: '/api/v1/licenses/:id/renew/',
  kind: 'action',
  summary: {
    zh: '以原密钥为许可证续期，宽限期内及之后均可',
    en: 'Renew a licence under its key, also in grace and after it',
  },
  description: {
    zh: '从其到期时间或现在（取较晚者）起增加天数；`renews_from` 为 `end` 的套餐即使已过期也从到期时间起算。许可证重新激活：可照常分配、激活、更换密钥。已随之结束的分配不再恢复，需要重新分配给成员。没有到期时间或已撤销：409 INVALID_STATE。天数不足以超过现在：400。',
    en: 'Adds days from its end, or from now where that is later; a plan with `renews_from` `end` counts from the end though it has passed. It is active again: it is assigned, activated and given new keys as before. Assignments that ended with it stay ended; their members are assigned anew. Without an end, or revoked: 409 INVALID_STATE. Days that do not reach beyond now: 400.',
  },
  params: byId,
  body: z.strictObject({ duration_days: expiresDays }),
  response: license,
  message: { zh: '许可证续期成功', en: 'Licence renewed' },
  refusals: ['BIZ_001', 'VALIDATION_ERROR', 'INVALID_STATE'],
  examples: {
    request: { duration_days: 365 },
    response: { ...example, expires_at: '2025-09-24T10:00:00Z', days_until_expiry: 365 },
  },
});

export const deleteLicense = endpoint({
  ...head,
  name: 'deleteLicense',
  method: 'delete',
  path: '/api/v1/licenses/:id/',
  kind: 'empty',
  summary: { zh: '删除无人持有的许可证', en: 'Remove a licence that nobody holds' },
  description: {
    zh: '有人持有：409 INVALID_STATE，请改为撤销。其密钥仍被占用。',
    en: 'Held by somebody: 409 INVALID_STATE, revoke it first. Its key stays taken.',
  },
  params: byId,
  response: undefined,
  refusals: ['BIZ_001', 'INVALID_STATE'],
});

export const revokeLicense = endpoint({
  ...head,
  name: 'revokeLicense',
  method: 'post',
  path: '/api/v1/licenses/:id/revoke/',
  kind: 'action',
  summary: { zh: '撤销许可证及其所有分配', en: 'Revoke a licence, its assignments with it' },
  params: byId,
  body: z.strictObject({ reason: reasonText.optional() }),
  response: license,
  message: { zh: '许可证已撤销', en: 'Licence revoked' },
  refusals: ['BIZ_001', 'INVALID_STATE'],
  examples: {
    request: { reason: '合同终止' },
    response: {
      ...example,
      status: 'revoked',
      revoke_reason: '合同终止',
      revoked_at: '2024-09-24T10:00:00Z',
      open_assignments: 0,
      license_quota: { max_activations: 10, current_activations: 0, available_slots: 10 },
    },
  },
});

export const rotateLicenseKey = endpoint({
  ...head,
  name: 'rotateLicenseKey',
  method: 'post',
  path: '/api/v1/licenses/:id/rotate-key/',
  kind: 'action',
  summary: {
    zh: '为许可证更换密钥；旧密钥立即失效',
    en: 'Give a licence a new key; the old one is void at once',
  },
  params: byId,
  body: emptyBody,
  response: license,
  message: { zh: '许可证密钥已更换', en: 'The licence has a new key' },
  refusals: ['BIZ_001', 'INVALID_STATE'],
  examples: { response: { ...example, license_key: 'K7Q2M-9XW4T-B3HNP-6RDVE-JS8CF' } },
});
