/** How prices and purchases look to a client. */
import type * as contracts from '@membership/contracts/endpoints/vip/purchases';
import type { ItemOf } from '@membership/contracts/endpoint';
import { isAutoRenewal, type Purchase } from './purchase.ts';
import type { Offer } from './quote-tag.ts';

export const offerView = ({
  tag,
  days,
  price,
  isRenewal,
  startsAt,
  expiresAt,
}: Offer): ItemOf<typeof contracts.quoteTag> => ({
  tag_id: tag._id,
  tag_name: tag.name,
  tag_code: tag.code,
  duration_days: days,
  rate: price.rate,
  unit_price: price.unitMinor / 100,
  unit_days: price.unitDays,
  price: price.minor / 100,
  currency: price.currency,
  price_points: price.points,
  is_renewal: isRenewal,
  starts_at: startsAt.toISOString(),
  expires_at: expiresAt.toISOString(),
});

export const purchaseView = (purchase: Purchase): ItemOf<typeof contracts.getPurchase> => ({
  id: purchase._id,
  member_id: purchase.memberId,
  tag_id: purchase.tagId,
  tag_name: purchase.tagName,
  tag_code: purchase.tagCode,
  status: purchase.status,
  duration_days: purchase.days,
  price: purchase.minor / 100,
  currency: purchase.currency,
  price_points: purchase.points,
  auto_renew: purchase.autoRenew ?? null,
  origin: isAutoRenewal(purchase) ? 'auto_renewal' : 'member',
  renewed_expiry: purchase.renewsEnd?.toISOString() ?? null,
  reason: purchase.reason,
  user_tag_id: purchase.userTagId,
  created_at: purchase.createdAt.toISOString(),
  settled_at: purchase.settledAt?.toISOString() ?? null,
});
