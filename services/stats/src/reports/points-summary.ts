/** What happened to a tenant's points in a period. */
import type { TenantScope } from '@membership/platform/scope';
import type { Numbers } from './numbers.ts';
import type { Flow } from '../counting/figures.ts';
import type { Generation } from '../counting/models.ts';
import { periodOf, type Asked, type Period } from './period.ts';

export type PointsSummary = {
  readonly asOf: Generation['asOf'];
  readonly period: Period;
  readonly flows: Record<Flow, number>;
  readonly outstanding: number;
};

/** Refusals: VALIDATION_ERROR for an end before its start. */
export async function pointsSummary(
  { counters, generations }: Numbers,
  scope: TenantScope,
  { zone: asked, now, ...days }: Asked & { zone: string | undefined; now: Date },
): Promise<PointsSummary> {
  const { _id: generation, asOf } = await generations.serving();
  const period = periodOf(days, asked ?? (await counters.zoneOf(scope, generation)), now);
  const [flows, totals] = await Promise.all([
    counters.sumFlows(scope, generation, period.from, period.until),
    counters.findTotals(scope, generation),
  ]);
  return { asOf, period, flows, outstanding: totals?.standings?.outstanding ?? 0 };
}
