/** Plans: what a licence of a product contains, and its default limits. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import {
  byId,
  count,
  flag,
  id,
  idFilter,
  instant,
  jsonObject,
  longText,
  ordering,
  pageQuery,
  requiredText,
  search,
} from '../../schemas.ts';
import { LONGEST_FILE_DAYS } from './offline.ts';
import {
  deviceIdentities,
  deviceLimit,
  expiresDays,
  maxActivations,
  renewalStarts,
  validationModes,
} from './shared.ts';

const limits = z.strictObject({
  /** Of a licence that names no `max_activations`. */
  max_activations: maxActivations.default(1),
  /** Of an assignment that names no `max_concurrent_devices`; null: as many as the licence allows. */
  max_concurrent_devices: deviceLimit.nullable().default(null),
  /** Of an assignment that names no `expires_days`; null: until the licence ends. */
  expires_days: expiresDays.nullable().default(null),
});
/** What a plan asks of those who use its licences. Unlike the default limits it holds for licences that exist, too, within a second. */
const policy = z.strictObject({
  /**
   * What a device is. `id_and_fingerprint`: the same `device_id` with another `hardware_fingerprint` is another device, which
   * takes the place of the one before and counts as new. `id`: it is the same device with other hardware.
   */
  device_identity: z.enum(deviceIdentities).default('id_and_fingerprint'),
  /** Different devices that an assignment may bind within `new_devices_days`; null: as many as there are slots for. */
  new_devices_limit: z.int().min(1).max(100).nullable().default(null),
  new_devices_days: z.int().min(1).max(366).default(30),
  /** What software is told to do when its licence is not in order: stop, or warn and go on. A revoked licence always stops. */
  validation_mode: z.enum(validationModes).default('block'),
  /** Days after its end in which a licence still validates, with a warning. */
  grace_days: z.int().min(0).max(90).default(0),
  /** Where the days of a renewal after the end count from: `now`, so that all of them can be used, or the `end`, so that nobody gains by being late. */
  renews_from: z.enum(renewalStarts).default('now'),
  /** Floating seats: a device that says nothing for so long gives its slot back; null: it keeps it. */
  lease_minutes: z.int().min(1).max(43_200).nullable().default(null),
  /** Days that a licence file lasts at most: so long a device works on that was unbound. */
  offline_days: z.int().min(1).max(LONGEST_FILE_DAYS).default(LONGEST_FILE_DAYS),
});
const plan = z.object({
  id,
  product_id: id,
  name: z.string(),
  description: z.string(),
  features: z.record(z.string(), z.unknown()),
  default_limits: z.object({
    max_activations: z.int(),
    max_concurrent_devices: z.int().nullable(),
    expires_days: z.int().nullable(),
  }),
  policy: z.object({
    device_identity: z.enum(deviceIdentities),
    new_devices_limit: z.int().nullable(),
    new_devices_days: z.int(),
    validation_mode: z.enum(validationModes),
    grace_days: count,
    renews_from: z.enum(renewalStarts),
    lease_minutes: count.nullable(),
    offline_days: count,
  }),
  is_active: z.boolean(),
  created_at: instant,
  updated_at: instant,
});
const fields = {
  name: requiredText,
  description: longText,
  features: jsonObject,
  default_limits: limits,
  policy,
  is_active: z.boolean(),
};
const head = { service: 'licenses', access: ['admin'], dialect: 'data', tag: 'Licence catalogue' } as const;
const example = {
  id: 3,
  product_id: 2,
  name: '专业版',
  description: '',
  features: { max_projects: 50, advanced_features: true, priority_support: true },
  default_limits: { max_activations: 10, max_concurrent_devices: null, expires_days: null },
  policy: {
    device_identity: 'id_and_fingerprint',
    new_devices_limit: null,
    new_devices_days: 30,
    validation_mode: 'block',
    grace_days: 0,
    renews_from: 'now',
    lease_minutes: null,
    offline_days: LONGEST_FILE_DAYS,
  },
  is_active: true,
  created_at: '2024-09-01T10:00:00Z',
  updated_at: '2024-09-01T10:00:00Z',
};

export const listPlans = endpoint({
  ...head,
  name: 'listPlans',
  method: 'get',
  path: '/api/v1/plans/',
  kind: 'list',
  summary: { zh: '套餐列表', en: 'List plans' },
  query: z.strictObject({
    product_id: idFilter.optional(),
    is_active: flag.optional(),
    search: search.optional(),
    ordering: ordering(['created_at', 'name'], '-created_at'),
    ...pageQuery(20),
  }),
  response: plan,
  examples: { response: example },
});

export const createPlan = endpoint({
  ...head,
  name: 'createPlan',
  method: 'post',
  path: '/api/v1/plans/',
  kind: 'action',
  status: 201,
  summary: { zh: '为产品新增套餐', en: 'Add a plan to a product' },
  body: z.strictObject({
    product_id: id,
    name: fields.name,
    description: fields.description.default(''),
    features: fields.features.default({}),
    default_limits: fields.default_limits.prefault({}),
    policy: fields.policy.prefault({}),
    is_active: fields.is_active.default(true),
  }),
  response: plan,
  message: { zh: '套餐创建成功', en: 'Plan created' },
  refusals: ['VALIDATION_ERROR'],
  examples: {
    request: {
      product_id: 2,
      name: '专业版',
      features: { max_projects: 50, advanced_features: true, priority_support: true },
      default_limits: { max_activations: 10 },
    },
    response: example,
  },
});

export const getPlan = endpoint({
  ...head,
  name: 'getPlan',
  method: 'get',
  path: '/api/v1/plans/:id/',
  kind: 'object',
  summary: { zh: '套餐详情', en: 'One plan' },
  params: byId,
  response: plan,
  refusals: ['BIZ_001'],
  examples: { response: example },
});

export const updatePlan = endpoint({
  ...head,
  name: 'updatePlan',
  method: 'patch',
  path: '/api/v1/plans/:id/',
  kind: 'action',
  summary: {
    zh: '修改套餐：只改所发送的字段；已有许可证的限制不变',
    en: 'Change a plan: the fields that are sent; licences that exist keep their limits',
  },
  description: {
    zh: '`default_limits` 和 `policy` 整体替换。新的策略在一秒内对已有许可证生效。',
    en: '`default_limits` and `policy` are replaced whole. A new policy holds for licences that exist, within a second.',
  },
  params: byId,
  body: z.strictObject(fields).partial(),
  response: plan,
  message: { zh: '套餐更新成功', en: 'Plan updated' },
  refusals: ['BIZ_001', 'VALIDATION_ERROR'],
  examples: { request: { is_active: false }, response: { ...example, is_active: false } },
});

export const deletePlan = endpoint({
  ...head,
  name: 'deletePlan',
  method: 'delete',
  path: '/api/v1/plans/:id/',
  kind: 'empty',
  summary: { zh: '下架套餐', en: 'Retire a plan' },
  description: {
    zh: '套餐从列表中消失，不能再发放许可证；已有许可证继续有效，仍显示其名称和功能。',
    en: 'It leaves the lists and can be licensed no more; licences that exist go on and still show its name and features.',
  },
  params: byId,
  response: undefined,
  refusals: ['BIZ_001'],
});
