/** Settings of the licences service. */
import { serviceSettings, wholeNumber } from '@membership/platform/config';

export const settings = {
  ...serviceSettings,
  /** Seconds between two runs of the jobs that write what has reached its end, and free what leases let go. */
  EXPIRY_JOB_SECONDS: wholeNumber(5, 1, 3_600),
  /** Days after which the key that signs licence files is replaced by itself. */
  SIGNING_KEY_DAYS: wholeNumber(90, 1, 3_650),
};
export type LicensesSettings = typeof settings;
