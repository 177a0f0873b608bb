/** Shapes that the endpoints of VIP tags share. The fields of a definition are those of seed 001's user-type-tags. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import {
  code,
  count,
  flag,
  id,
  instant,
  jsonObject,
  longText,
  money,
  ordering,
  pageQuery,
  pathId,
  requiredText,
  search,
  shortText,
} from '../../schemas.ts';
import { both } from '../../text.ts';

export const tagTypes = ['vip', 'privilege', 'temporary', 'system'] as const;
export const tagType = z.enum(tagTypes).meta({ id: 'TagType' });
export const userTagStatuses = ['active', 'grace', 'expired', 'suspended', 'revoked'] as const;
export const userTagStatus = z.enum(userTagStatuses).meta({ id: 'UserTagStatus' });

/** Longest time a tag can be given for: a hundred years. */
export const LONGEST_DAYS = 36_500;
export const days = z.int().min(1).max(LONGEST_DAYS);

/** Permissions are switches, but for the part that is taken off prices. */
export const permissionModifiers = jsonObject
  .superRefine((modifiers, context) => {
    for (const [name, value] of Object.entries(modifiers))
      if (name === 'discount_rate_bonus') {
        if (typeof value !== 'number' || value < 0 || value > 1)
          context.addIssue({
            code: 'custom',
            path: [name],
            message: both('必须为 0 到 1 之间的数字', 'Must be a number from 0 to 1'),
          });
      } else if (typeof value !== 'boolean')
        context.addIssue({
          code: 'custom',
          path: [name],
          message: both('必须为布尔值', 'Must be a boolean'),
        });
  })
  .meta({
    properties: { discount_rate_bonus: { type: 'number', minimum: 0, maximum: 1 } },
    additionalProperties: { type: 'boolean' },
  });
/** Quotas are multiplied. */
export const quotaModifiers = jsonObject
  .superRefine((modifiers, context) => {
    for (const [name, value] of Object.entries(modifiers))
      if (typeof value !== 'number' || value < 0 || value > 1_000)
        context.addIssue({
          code: 'custom',
          path: [name],
          message: both('必须为 0 到 1000 之间的数字', 'Must be a number from 0 to 1000'),
        });
  })
  .meta({ additionalProperties: { type: 'number', minimum: 0, maximum: 1_000 } });
const currency = z.string().regex(/^[A-Z]{3}$/, {
  error: both('必须为三位大写货币代码', 'Must be a currency code of three capitals'),
});
export const priceConfigInput = z.strictObject({
  monthly_price: money.nullable().default(null),
  yearly_price: money.nullable().default(null),
  currency: currency.default('CNY'),
});
export const priceConfig = z
  .object({ monthly_price: z.number().nullable(), yearly_price: z.number().nullable(), currency: z.string() })
  .meta({ id: 'PriceConfig' });
const color = z.string().regex(/^#[0-9A-Fa-f]{6}$/, {
  error: both('必须为十六进制颜色，如 #FFD700', 'Must be a colour such as #FFD700'),
});

const fields = {
  tag_name: requiredText,
  tag_code: code,
  tag_type: tagType,
  tag_color: color,
  tag_icon: text().max(64),
  tag_description: longText,
  permission_modifiers: permissionModifiers,
  quota_modifiers: quotaModifiers,
  price_config: priceConfigInput.nullable(),
  default_duration_days: days.nullable(),
  max_duration_days: days.nullable(),
  tag_level: z.int().min(0).max(1_000_000),
  is_active: z.boolean(),
  is_assignable: z.boolean(),
  requires_payment: z.boolean(),
};
/** For POST and PUT: name and code are required, the rest has defaults. Days of null: without an end, without a limit. */
export const defineTagBody = z.strictObject({
  ...fields,
  tag_type: fields.tag_type.default('vip'),
  tag_color: fields.tag_color.default('#FFD700'),
  tag_icon: fields.tag_icon.default(''),
  tag_description: fields.tag_description.default(''),
  permission_modifiers: fields.permission_modifiers.default({}),
  quota_modifiers: fields.quota_modifiers.default({}),
  price_config: fields.price_config.default(null),
  default_duration_days: fields.default_duration_days.default(30),
  max_duration_days: fields.max_duration_days.default(null),
  tag_level: fields.tag_level.default(0),
  is_active: fields.is_active.default(true),
  is_assignable: fields.is_assignable.default(true),
  requires_payment: fields.requires_payment.default(false),
});
export const changeTagBody = z.strictObject(fields).partial();
export const tagDefinition = z
  .object({
    id,
    tag_name: z.string(),
    tag_code: z.string(),
    tag_type: tagType,
    tag_color: z.string(),
    tag_icon: z.string(),
    tag_description: z.string(),
    permission_modifiers: z.record(z.string(), z.unknown()),
    quota_modifiers: z.record(z.string(), z.unknown()),
    price_config: priceConfig.nullable(),
    default_duration_days: z.int().nullable(),
    max_duration_days: z.int().nullable(),
    tag_level: z.int(),
    is_active: z.boolean(),
    is_assignable: z.boolean(),
    requires_payment: z.boolean(),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'TagDefinition' });
export const tagListQuery = z.strictObject({
  ...pageQuery(20),
  tag_type: tagType.optional(),
  is_active: flag.optional(),
  is_assignable: flag.optional(),
  requires_payment: flag.optional(),
  search: search.optional(),
  ordering: ordering(
    ['tag_level', 'tag_name', 'tag_code', 'created_at', 'updated_at'],
    '-tag_level,tag_name',
  ),
});

/** `is_active`: it gives its privileges now, in grace too. `days_until_expiry`: whole days left; null without an end. */
export const vipStatus = z
  .object({
    is_active: z.boolean(),
    is_expired: z.boolean(),
    is_in_grace_period: z.boolean(),
    days_until_expiry: count.nullable(),
  })
  .meta({ id: 'VipStatus' });
const tagInfo = tagDefinition
  .pick({
    id: true,
    tag_name: true,
    tag_code: true,
    tag_type: true,
    tag_color: true,
    tag_icon: true,
    tag_level: true,
  })
  .meta({ id: 'TagInfo' });
export const memberInfo = z
  .object({ id, username: z.string().nullable(), email: z.string().nullable() })
  .meta({ id: 'TagHolder' });
const renewal = z
  .object({
    duration_days: z.int().positive(),
    next_at: instant.nullable(),
    purchase_id: id.nullable(),
    waits_for: z.string().nullable(),
  })
  .meta({
    id: 'UserTagRenewal',
    description: both(
      '标签如何自动续期。`next_at`：下次尝试的时间；本次到期已尝试过或无法尝试时为 null。`purchase_id`：最近一次尝试。`waits_for`：须先改变什么，例如 `inactive`、`not_for_sale`、`member_deactivated`。',
      'How the tag renews itself. `next_at`: when it is tried next, null when it was tried for this end or cannot be. `purchase_id`: the last try. `waits_for`: what must change first, such as `inactive`, `not_for_sale`, `member_deactivated`.',
    ),
  });
const userTagFields = {
  id,
  member_id: id,
  member_info: memberInfo,
  tag_id: id,
  tag_info: tagInfo,
  status: userTagStatus,
  vip_status: vipStatus,
  granted_at: instant,
  expires_at: instant.nullable(),
  grace_ends_at: instant.nullable(),
  suspended_at: instant.nullable(),
  revoked_at: instant.nullable(),
  auto_renew: z.boolean(),
  /** Null while auto-renewal is off. */
  renewal: renewal.nullable(),
  reason: z.string().nullable(),
  created_at: instant,
  updated_at: instant,
};
export const userTag = z.object(userTagFields).meta({ id: 'UserTag' });
/** What an action answers beside its sentence. */
export const changedUserTag = z.object(userTagFields).meta({ id: 'ChangedUserTag' });

export const reason = shortText.nullable().default(null);
export const grantBody = z.strictObject({
  member_id: id,
  tag_id: id,
  duration_days: days.optional(),
  reason,
});
export const batchGrantBody = z.strictObject({
  member_ids: z.array(id).min(1).max(1_000),
  tag_id: id,
  duration_days: days.optional(),
  reason,
});
/** What became of a batch: one result a row, in the order of the request. */
export const batchGrantResult = z
  .object({
    total: count,
    successful_count: count,
    failed_count: count,
    results: z.array(
      z.object({
        index: count,
        member_id: id,
        status: z.enum(['success', 'failed']),
        user_tag_id: id.optional(),
        expires_at: instant.nullable().optional(),
        error: z
          .object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) })
          .optional(),
      }),
    ),
  })
  .meta({ id: 'BatchGrantResult' });
export const renewBody = z.strictObject({ duration_days: days.optional(), reason });
export const reasonBody = z.strictObject({ reason });

/** Nothing named: on, for as many days as before, else the tag’s default. */
export const autoRenewBody = z.strictObject({
  auto_renew: z.boolean().default(true),
  duration_days: days.optional(),
});

export const historyActions = [
  'granted',
  'renewed',
  'suspended',
  'resumed',
  'revoked',
  'grace_started',
  'expired',
  'auto_renew_on',
  'auto_renew_off',
] as const;
export const historyEntry = z
  .object({
    id,
    action: z.enum(historyActions),
    status_before: userTagStatus.nullable(),
    status_after: userTagStatus,
    expires_at_before: instant.nullable(),
    expires_at_after: instant.nullable(),
    reason: z.string().nullable(),
    actor: z.string(),
    created_at: instant,
  })
  .meta({ id: 'UserTagHistoryEntry' });

/** One of a member's tags as its status shows it (seed 001, `active_tags`). */
const heldTag = z
  .object({
    id,
    tag_id: id,
    tag_name: z.string(),
    tag_code: z.string(),
    tag_type: tagType,
    tag_color: z.string(),
    tag_icon: z.string(),
    tag_level: z.int(),
    expires_at: instant.nullable(),
    grace_ends_at: instant.nullable(),
    status: userTagStatus,
    vip_status: vipStatus,
    auto_renew: z.boolean(),
  })
  .meta({ id: 'HeldTag' });
export const memberStatus = z
  .object({
    member_id: id,
    is_vip: z.boolean(),
    highest_tag: heldTag.nullable(),
    active_tags: z.array(heldTag),
    other_tags: z.array(heldTag),
  })
  .meta({ id: 'MemberVipStatus' });
export const byMember = z.object({ id: pathId });
