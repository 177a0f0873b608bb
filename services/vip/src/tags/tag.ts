/** The definition of a tag: what it gives, for how long, at what price. Pure. */
import type { tagTypes } from '@membership/contracts/endpoints/vip/schemas';
import { invalid, type Refusal } from '@membership/contracts/errors';

/** Prices in hundredths of the currency. */
export type Price = {
  readonly monthly: number | null;
  readonly yearly: number | null;
  readonly currency: string;
};
export type Tag = {
  readonly _id: number;
  readonly tenantId: number;
  readonly name: string;
  /** Unique among the tenant's tags that are not retired. */
  readonly code: string;
  readonly type: (typeof tagTypes)[number];
  readonly color: string;
  readonly icon: string;
  readonly description: string;
  readonly permissionModifiers: Readonly<Record<string, unknown>>;
  readonly quotaModifiers: Readonly<Record<string, unknown>>;
  readonly price: Price | null;
  /** Null: granted without an end. */
  readonly defaultDays: number | null;
  /** Null: without a limit. */
  readonly maxDays: number | null;
  readonly level: number;
  readonly isActive: boolean;
  readonly isAssignable: boolean;
  readonly requiresPayment: boolean;
  readonly isRetired: boolean;
  /** Events of this definition so far. */
  readonly sequence: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
export type TagFields = Omit<Tag, '_id' | 'tenantId' | 'isRetired' | 'sequence' | 'createdAt' | 'updatedAt'>;

type Birth = { readonly id: number; readonly tenantId: number; readonly now: Date };

/** A new tag. Refuses a default that is longer than the limit (400). */
export const define = (fields: TagFields, { id, tenantId, now }: Birth): Tag =>
  consistent({ _id: id, tenantId, ...fields, isRetired: false, sequence: 1, createdAt: now, updatedAt: now });

/** The tag with other fields. Refuses a default that is longer than the limit (400). */
export const redefine = (tag: Tag, fields: Partial<TagFields>, now: Date): Tag =>
  consistent({ ...tag, ...fields, sequence: tag.sequence + 1, updatedAt: now });

/** Nobody gets it any more; those who hold it keep it. */
export const retire = (tag: Tag, now: Date): Tag => ({
  ...tag,
  isActive: false,
  isRetired: true,
  sequence: tag.sequence + 1,
  updatedAt: now,
});

function consistent(tag: Tag): Tag {
  if (tag.maxDays !== null && (tag.defaultDays === null || tag.defaultDays > tag.maxDays))
    throw invalid({
      default_duration_days: {
        zh: `不能超过最长天数 ${tag.maxDays}`,
        en: `Must not be longer than max_duration_days (${tag.maxDays})`,
      },
    });
  return tag;
}

export const codeTaken = (): Refusal =>
  invalid({
    tag_code: { zh: 'tag_code字段在当前租户下必须唯一', en: 'tag_code must be unique within the tenant' },
  });
