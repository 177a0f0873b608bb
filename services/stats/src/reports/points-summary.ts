/** What happened to a tenant's points in a period. */
import type { TenantScope } from '@membership/platform/scope';
import { ofOneMoment, openPeriod, type AskedPeriod, type Numbers } from './numbers.ts';
import type { Flow } from '../counting/figures.ts';
import type { Serving } from '../projecting/generations.ts';
import { periodBefore, type Period } from './period.ts';

export type PointsSummary = {
  readonly asOf: Serving['asOf'];
  readonly period: Period;
  readonly flows: Record<Flow, number>;
  readonly outstanding: number;
  readonly previous: { readonly period: Period; readonly flows: Record<Flow, number> } | null;
};

/** Refusals: VALIDATION_ERROR for an end before its start. */
export const pointsSummary = ofOneMoment(
  async (
    numbers: Numbers,
    scope: TenantScope,
    { withPrevious, ...asked }: AskedPeriod & { readonly withPrevious: boolean },
  ): Promise<PointsSummary> => {
    const { generation, asOf, period } = await openPeriod(numbers, scope, asked);
    const before = withPrevious ? periodBefore(period) : null;
    const [flows, totals, earlier] = await Promise.all([
      numbers.counters.sumFlows(scope, generation, period.from, period.until),
      numbers.counters.findTotals(scope, generation),
      before && numbers.counters.sumFlows(scope, generation, before.from, before.until),
    ]);
    return {
      asOf,
      period,
      flows,
      outstanding: totals?.standings?.outstanding ?? 0,
      previous: before && earlier && { period: before, flows: earlier },
    };
  },
);
