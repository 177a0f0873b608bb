/** What became of points, by when they were earned. */
import { longestEarningDays, type BookInterval } from '@membership/contracts/endpoints/stats/index';
import { dayOf } from '@membership/platform/calendar';
import type { TenantScope } from '@membership/platform/scope';
import type { EarningSums } from '../liability/liability.ts';
import type { Serving } from '../projecting/generations.ts';
import { periodOf, spansBefore, type Span } from '../retention/spans.ts';
import { ofOneMoment } from './numbers.ts';
import { spansOf } from './open-spans.ts';
import type { Asked } from './period.ts';
import { openBooks, type LiabilityNumbers } from './points-liability.ts';

export type BreakageRow = Span & EarningSums;
export type PointsBreakage = {
  readonly asOf: Serving['asOf'];
  readonly zone: string;
  readonly interval: BookInterval;
  readonly pointsPerUnit: number;
  readonly rows: readonly BreakageRow[];
  /** As many just before. */
  readonly previous: readonly BreakageRow[] | null;
};

/** Refusals: VALIDATION_ERROR for an end before its start, a start that is yet to come, and for more than ten years. */
export const pointsBreakage = ofOneMoment(
  async (
    numbers: LiabilityNumbers,
    scope: TenantScope,
    {
      interval,
      zone: asked,
      withPrevious,
      now,
      ...days
    }: Asked & {
      readonly interval: BookInterval;
      readonly zone: string | undefined;
      readonly withPrevious: boolean;
      readonly now: Date;
    },
  ): Promise<PointsBreakage> => {
    const { asOf, zone, found } = await openBooks(numbers, scope, asked);
    const spans = spansOf({ interval, ...days }, zone, now, longestEarningDays);
    const earlier = withPrevious ? spansBefore(interval, (spans[0] as Span).first, spans.length) : [];
    const rows = new Map(
      [...earlier, ...spans].map((span) => [span.period, { ...span, earned: 0, used: 0, expired: 0 }]),
    );
    for (const { at, earned, used, expired } of found.earnings) {
      const row = rows.get(periodOf(interval, dayOf(zone, at)));
      if (!row) continue;
      row.earned += earned;
      row.used += used;
      row.expired += expired;
    }
    const all = [...rows.values()];
    return {
      ...{ asOf, zone, interval, pointsPerUnit: found.pointsPerUnit },
      rows: all.slice(earlier.length),
      previous: withPrevious ? all.slice(0, earlier.length) : null,
    };
  },
);
