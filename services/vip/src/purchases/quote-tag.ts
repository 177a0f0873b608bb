import { invalid, invalidState } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { grant, type UserTag } from '../holdings/user-tag.ts';
import type { UserTagRepository } from '../holdings/user-tag-repository.ts';
import type { Tag } from '../tags/tag.ts';
import type { TagRepository } from '../tags/tag-repository.ts';
import type { PointsRateRepository } from './points-rate-repository.ts';
import { quote, type Quote } from '../tags/quote.ts';

export type QuoteStores = {
  readonly tags: TagRepository;
  readonly userTags: UserTagRepository;
  readonly pointsRates: PointsRateRepository;
  readonly graceDays: number;
};
type Command = {
  readonly tagId: number;
  readonly memberId: number;
  readonly days?: number | undefined;
  readonly now: Date;
};
/** A price, and what the member would have for it. */
export type Offer = {
  readonly tag: Tag;
  readonly days: number;
  readonly price: Quote;
  readonly isRenewal: boolean;
  /** When the days that are paid for begin. */
  readonly startsAt: Date;
  readonly expiresAt: Date;
};

/**
 * What a tag costs a member for so many days, and how long it would have it then. Refuses what buying it would refuse: an
 * unknown tag (404), no days where the tag has none of its own (400), a tag that cannot be given or has no price
 * (INVALID_STATE), one that the member has without an end (INVALID_STATE), more time than the tag allows (VIP_DURATION_EXCEEDED).
 */
export async function quoteTag(
  { tags, userTags, pointsRates, graceDays }: QuoteStores,
  scope: TenantScope,
  { tagId, memberId, days: asked, now }: Command,
  unit?: UnitOfWork,
): Promise<Offer> {
  const tag = await tags.get(scope, tagId, unit);
  const days = asked ?? tag.defaultDays;
  if (days === null)
    throw invalid({
      duration_days: {
        zh: '该标签没有默认天数，请指定天数',
        en: 'The tag has no default: name the days',
      },
    });
  const held = await userTags.findHeld(scope, memberId, tagId, unit);
  const ids = { id: held?._id ?? 0, tenantId: scope.tenantId, memberId, tagId };
  const { action, after } = grant(held, ids, { tag, days, graceDays, reason: null, now });
  return {
    tag,
    days,
    price: quote(tag.price, days, await pointsRates.of(scope, unit)),
    isRenewal: action === 'renewed',
    startsAt: action === 'renewed' ? laterOf(held?.expiresAt ?? now, now) : now,
    expiresAt: endOf(after),
  };
}

const laterOf = (left: Date, right: Date): Date => (left > right ? left : right);

function endOf({ expiresAt }: UserTag): Date {
  if (expiresAt) return expiresAt;
  throw invalidState('endless', [], {
    zh: '您已永久拥有该标签',
    en: 'You have this tag without an end',
  });
}
