/** Everything this service listens to: who exists, and what points are worth. */
import { pointsSettingsUpdated } from '@membership/contracts/events/points';
import { on, type Subscription } from '@membership/platform/consumer';
import type { Directory } from '@membership/platform/directory';
import type { PointsRateRepository } from './purchases/points-rate-repository.ts';

export const subscriptions = ({
  directory,
  pointsRates,
}: {
  readonly directory: Directory;
  readonly pointsRates: PointsRateRepository;
}): Subscription[] => [
  ...directory.subscriptions(),
  on(pointsSettingsUpdated, ({ data, envelope }, { scope, unit }) =>
    pointsRates.project(scope, data.pointsRedeemedPerCurrencyUnit, envelope.sequence, unit),
  ),
];
