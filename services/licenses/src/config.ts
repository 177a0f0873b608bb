/** Settings of the licences service. */
import { serviceSettings, wholeNumber } from '@membership/platform/config';

export const settings = {
  ...serviceSettings,
  /** Seconds between two runs of the job that writes what has reached its end. */
  EXPIRY_JOB_SECONDS: wholeNumber(5, 1, 3_600),
};
export type LicensesSettings = typeof settings;
