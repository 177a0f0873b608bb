/** Settings of the points service. */
import { answerCacheSettings, serviceSettings, wholeNumber } from '@membership/platform/config';

export const pointsSettings = {
  ...serviceSettings,
  ...answerCacheSettings,
  /** Writes that may share one transaction. */
  GROUP_COMMIT_MAXIMUM: wholeNumber(64, 1, 1_000),
  /** Writes that may wait for one; a tenant's, half as many. */
  GROUP_COMMIT_WAITING: wholeNumber(2_000, 2, 100_000),
  /** Seconds between two looks for points that have ended. */
  EXPIRY_JOB_SECONDS: wholeNumber(30, 1, 86_400),
  /** Seconds for which Redis keeps a member's profile; 0: not at all. */
  BALANCES_CACHE_SECONDS: wholeNumber(300, 0, 3_600),
  /** The same of a tenant's user levels and member levels; where they are not kept, they are shown from memory. */
  LEVELS_CACHE_SECONDS: wholeNumber(3_600, 0, 3_600),
  /** The same of a tenant's benefits. */
  BENEFITS_CACHE_SECONDS: wholeNumber(1_800, 0, 3_600),
};
