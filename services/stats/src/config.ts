/** Settings of the stats service. */
import { serviceSettings, wholeNumber } from '@membership/platform/config';

export const statsSettings = {
  ...serviceSettings,
  /** Connections of a tenant that follow its figures, in each replica. */
  LIVE_LISTENERS_PER_TENANT: wholeNumber(50, 1, 10_000),
  /** In how many parts tenants are counted: so many replicas can count at once. The same in all of them. */
  PROJECTOR_PARTITIONS: wholeNumber(1, 1, 64),
};
