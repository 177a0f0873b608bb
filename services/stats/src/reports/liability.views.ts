/** How liability and breakage look to a client. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type { getPointsBreakage, getPointsLiability } from '@membership/contracts/endpoints/stats/index';
import type { EarningSums } from '../liability/liability.ts';
import type { BreakageRow, PointsBreakage } from './points-breakage.ts';
import type { PointsLiability } from './points-liability.ts';
import { percentageOf } from './proportions.ts';
import { instantOf } from './reports.views.ts';
import { endsView, spanView } from './spans.views.ts';

/** In hundredths, half up. */
const valueOf = (points: number, pointsPerUnit: number): number =>
  Math.round((points * 100) / pointsPerUnit) / 100;

export function liabilityView({
  asOf,
  zone,
  interval,
  pointsPerUnit,
  rows,
  ...sums
}: PointsLiability): ItemOf<typeof getPointsLiability> {
  const owed = (points: number) => ({ points, value: valueOf(points, pointsPerUnit) });
  return {
    as_of: instantOf(asOf),
    tz: zone,
    interval,
    points_per_currency_unit: pointsPerUnit,
    outstanding: owed(sums.outstanding),
    overdue: owed(sums.overdue),
    expiring: rows.map(({ points, ...span }) => ({ ...spanView(zone, span), ...owed(points) })),
    later: owed(sums.later),
    never: owed(sums.never),
    undated: owed(sums.undated),
  };
}

export function breakageView({
  asOf,
  zone,
  interval,
  pointsPerUnit,
  rows,
  previous,
}: PointsBreakage): ItemOf<typeof getPointsBreakage> {
  const becameView = ({ earned, used, expired }: EarningSums) => ({
    ...{ earned, used, expired, outstanding: earned - used - expired },
    expired_percentage: percentageOf(expired, earned),
    expired_value: valueOf(expired, pointsPerUnit),
  });
  const periodView = (some: readonly BreakageRow[]) => {
    const sum = (name: keyof EarningSums) => some.reduce((all, row) => all + row[name], 0);
    return {
      ...endsView(some),
      totals: becameView({ earned: sum('earned'), used: sum('used'), expired: sum('expired') }),
      breakage: some.map((row) => ({ ...spanView(zone, row), ...becameView(row) })),
    };
  };
  return {
    as_of: instantOf(asOf),
    tz: zone,
    interval,
    points_per_currency_unit: pointsPerUnit,
    ...periodView(rows),
    ...(previous ? { previous: periodView(previous) } : {}),
  };
}
