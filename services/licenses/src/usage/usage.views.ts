/** Usage as clients see it. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type * as contracts from '@membership/contracts/endpoints/licenses/index';
import { hoursOf, type UsageInterval } from './usage.ts';

export const intervalView = (
  interval: Omit<UsageInterval, '_id' | 'tenantId'>,
): ItemOf<typeof contracts.reportUsage>['interval'] => ({
  device_id: interval.deviceId,
  started_at: interval.startedAt.toISOString(),
  ended_at: interval.endedAt.toISOString(),
  hours: Math.round(hoursOf(interval) * 100) / 100,
});
