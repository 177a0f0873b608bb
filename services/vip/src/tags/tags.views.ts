/** How a tag's definition looks to a client, and what a client's words mean to it. */
import type * as contracts from '@membership/contracts/endpoints/vip/tags';
import type { changeTagBody, defineTagBody } from '@membership/contracts/endpoints/vip/schemas';
import type { ItemOf } from '@membership/contracts/endpoint';
import type { z } from 'zod';
import type { Price, Tag, TagFields } from './tag.ts';

const amount = (minor: number | null): number | null => (minor === null ? null : minor / 100);
const minor = (amount: number | null): number | null => (amount === null ? null : Math.round(amount * 100));
const priceView = ({ monthly, yearly, currency }: Price) => ({
  monthly_price: amount(monthly),
  yearly_price: amount(yearly),
  currency,
});

/** What is shown of a tag beside a member's holding of it. */
export const tagInfoView = (tag: Tag) => ({
  id: tag._id,
  tag_name: tag.name,
  tag_code: tag.code,
  tag_type: tag.type,
  tag_color: tag.color,
  tag_icon: tag.icon,
  tag_level: tag.level,
});

export const tagView = (tag: Tag): ItemOf<typeof contracts.getTag> => ({
  id: tag._id,
  tag_name: tag.name,
  tag_code: tag.code,
  tag_type: tag.type,
  tag_color: tag.color,
  tag_icon: tag.icon,
  tag_description: tag.description,
  permission_modifiers: { ...tag.permissionModifiers },
  quota_modifiers: { ...tag.quotaModifiers },
  price_config: tag.price && priceView(tag.price),
  default_duration_days: tag.defaultDays,
  max_duration_days: tag.maxDays,
  tag_level: tag.level,
  is_active: tag.isActive,
  is_assignable: tag.isAssignable,
  requires_payment: tag.requiresPayment,
  created_at: tag.createdAt.toISOString(),
  updated_at: tag.updatedAt.toISOString(),
});

const NAMES = {
  tag_name: 'name',
  tag_code: 'code',
  tag_type: 'type',
  tag_color: 'color',
  tag_icon: 'icon',
  tag_description: 'description',
  permission_modifiers: 'permissionModifiers',
  quota_modifiers: 'quotaModifiers',
  default_duration_days: 'defaultDays',
  max_duration_days: 'maxDays',
  tag_level: 'level',
  is_active: 'isActive',
  is_assignable: 'isAssignable',
  requires_payment: 'requiresPayment',
} as const satisfies Partial<Record<keyof z.output<typeof defineTagBody>, keyof TagFields>>;

/** A PATCH in the domain's words; what the client left out stays out. */
export function changedFields({
  price_config: price,
  ...body
}: z.output<typeof changeTagBody>): Partial<TagFields> {
  const named = Object.entries(body).flatMap(([name, value]) =>
    value === undefined ? [] : [[NAMES[name as keyof typeof NAMES], value]],
  );
  return {
    ...Object.fromEntries(named),
    ...(price === undefined
      ? {}
      : {
          price: price && {
            monthly: minor(price.monthly_price),
            yearly: minor(price.yearly_price),
            currency: price.currency,
          },
        }),
  };
}

/** A whole definition in the domain's words. */
export const allFields = (body: z.output<typeof defineTagBody>): TagFields =>
  changedFields(body) as TagFields;
