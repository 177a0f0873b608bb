/** What happened to a tenant's points in a period. */
import type { TenantScope } from '@membership/platform/scope';
import { openPeriod, type AskedPeriod, type Numbers } from './numbers.ts';
import type { Flow } from '../counting/figures.ts';
import type { Serving } from '../projecting/generations.ts';
import type { Period } from './period.ts';

export type PointsSummary = {
  readonly asOf: Serving['asOf'];
  readonly period: Period;
  readonly flows: Record<Flow, number>;
  readonly outstanding: number;
};

/** Refusals: VALIDATION_ERROR for an end before its start. */
export async function pointsSummary(
  numbers: Numbers,
  scope: TenantScope,
  asked: AskedPeriod,
): Promise<PointsSummary> {
  const { generation, asOf, period } = await openPeriod(numbers, scope, asked);
  const [flows, totals] = await Promise.all([
    numbers.counters.sumFlows(scope, generation, period.from, period.until),
    numbers.counters.findTotals(scope, generation),
  ]);
  return { asOf, period, flows, outstanding: totals?.standings?.outstanding ?? 0 };
}
