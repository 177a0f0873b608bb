/** Settings of the vip service. */
import { serviceSettings, wholeNumber } from '@membership/platform/config';

export const settings = {
  ...serviceSettings,
  /** Days that privileges last after a tag's end. */
  VIP_GRACE_DAYS: wholeNumber(7, 0, 365),
  /** Seconds between two looks for tags whose time has come. */
  VIP_CLOCK_SECONDS: wholeNumber(5, 1, 3_600),
  /** Hours before its end at which a tag that renews itself is renewed. */
  VIP_RENEWAL_HOURS: wholeNumber(24, 0, 24 * 365),
  /** Seconds that a purchase waits for its points before it fails. */
  VIP_PURCHASE_TIMEOUT_SECONDS: wholeNumber(120, 1, 86_400),
};
export type VipSettings = typeof settings;
