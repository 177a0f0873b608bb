/** Settings of the stats service. */
import { serviceSettings, wholeNumber } from '@membership/platform/config';

export const statsSettings = {
  ...serviceSettings,
  /** Connections of a tenant that follow its figures, in each replica. */
  LIVE_LISTENERS_PER_TENANT: wholeNumber(50, 1, 10_000),
};
