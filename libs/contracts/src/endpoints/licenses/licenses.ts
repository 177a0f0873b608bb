/** Licences: a key with a number of activations, of a plan of a product. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import {
  byId,
  count,
  id,
  idFilter,
  instant,
  instantInput,
  momentFilter,
  ordering,
  pageQuery,
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
  summary: 'List licences',
  query: z.strictObject({
    product_id: idFilter.optional(),
    plan_id: idFilter.optional(),
    status: z.enum(licenseStatuses).optional(),
    license_key: textFilter.optional(),
    expires_before: momentFilter.optional(),
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
  summary: 'Issue a licence',
  description:
    'The key is made here, unguessable and unique over the platform, unless `license_key` brings an existing one along; one that is taken, also in another case or divided otherwise, is 409 CONFLICT. `max_activations` left out: the plan’s.',
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
  summary: 'One licence',
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
  summary: 'Change the limits of a licence: the fields that are sent',
  description:
    'Not once it is revoked. Its assignments end with it at the latest, so a new `expires_at` moves theirs: those of a large licence within seconds, and lists filter by what is written until then. After its end a new `expires_at` renews it under the same key; what ended with it stays ended. `max_activations` cannot go below the devices that are bound.',
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
  summary: 'Renew a licence under its key, also in grace and after it',
  description:
    'Adds days from its end, or from now where that is later; a plan with `renews_from` `end` counts from the end though it has passed. It is active again: it is assigned, activated and given new keys as before. Assignments that ended with it stay ended; their members are assigned anew. Without an end, or revoked: 409 INVALID_STATE. Days that do not reach beyond now: 400.',
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
  summary: 'Remove a licence that nobody holds',
  description: 'Held by somebody: 409 INVALID_STATE, revoke it first. Its key stays taken.',
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
  summary: 'Revoke a licence, its assignments with it',
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
  summary: 'Give a licence a new key; the old one is void at once',
  params: byId,
  body: emptyBody,
  response: license,
  message: { zh: '许可证密钥已更换', en: 'The licence has a new key' },
  refusals: ['BIZ_001', 'INVALID_STATE'],
  examples: { response: { ...example, license_key: 'K7Q2M-9XW4T-B3HNP-6RDVE-JS8CF' } },
});
