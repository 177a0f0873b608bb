/** A tenant at a glance: how things are, and today beside yesterday. */
import type { TenantScope } from '@membership/platform/scope';
import { ofOneMoment, type Numbers } from './numbers.ts';
import type { Flow } from '../counting/figures.ts';
import type { Serving } from '../projecting/generations.ts';
import type { StoredTotals } from '../counting/models.ts';
import { dayOf, plusDays, startOfDay, type Day } from '@membership/platform/calendar';

export type DayFigures = { readonly day: Day; readonly flows: Record<Flow, number> };
export type Overview = {
  readonly asOf: Serving['asOf'];
  readonly zone: string;
  readonly totals: StoredTotals | null;
  readonly today: DayFigures;
  readonly yesterday: DayFigures;
};

/** Reads how far the log is counted first: the numbers are at least as new as that. */
export const tenantOverview = ofOneMoment(
  async (
    { counters, generations }: Numbers,
    scope: TenantScope,
    { zone: asked, now }: { zone: string | undefined; now: Date },
  ): Promise<Overview> => {
    const { _id: generation, asOf } = await generations.serving(scope);
    const [zone, totals] = await Promise.all([
      asked ?? counters.zoneOf(scope, generation),
      counters.findTotals(scope, generation),
    ]);
    const today = dayOf(zone, now);
    const yesterday = plusDays(today, -1);
    const [begin, middle, end] = [yesterday, today, plusDays(today, 1)].map((day) =>
      startOfDay(zone, day),
    ) as [Date, Date, Date];
    const [flowsYesterday, flowsToday] = await Promise.all([
      counters.sumFlows(scope, generation, begin, middle),
      counters.sumFlows(scope, generation, middle, end),
    ]);
    return {
      asOf,
      zone,
      totals,
      today: { day: today, flows: flowsToday },
      yesterday: { day: yesterday, flows: flowsYesterday },
    };
  },
);
