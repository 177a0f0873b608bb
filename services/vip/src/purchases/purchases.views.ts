/** How prices look to a client. */
import type * as contracts from '@membership/contracts/endpoints/vip/purchases';
import type { ItemOf } from '@membership/contracts/endpoint';
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
