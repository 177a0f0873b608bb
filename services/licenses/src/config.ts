/** Settings of the licences service. */
import { answerCacheSettings, serviceSettings, wholeNumber } from '@membership/platform/config';

export const settings = {
  ...serviceSettings,
  ...answerCacheSettings,
  /** Seconds for which Redis keeps a member's list of its own licences; 0: not at all. */
  OWN_LICENSES_CACHE_SECONDS: wholeNumber(600, 0, 3_600),
  /** Seconds for which Redis, and each process of its own, keeps what a report adds up; 0: not at all. */
  LICENSE_STATISTICS_CACHE_SECONDS: wholeNumber(300, 0, 3_600),
  /** Seconds between two runs of the jobs that write what has reached its end, and free what leases let go. */
  EXPIRY_JOB_SECONDS: wholeNumber(5, 1, 3_600),
  /** Days after which the key that signs licence files is replaced by itself. */
  SIGNING_KEY_DAYS: wholeNumber(90, 1, 3_650),
};
export type LicensesSettings = typeof settings;
