/** How the number of a tenant's members grew in the course of a period. */
import { longestDays, type Interval } from '@membership/contracts/endpoints/stats/index';
import type { TenantScope } from '@membership/platform/scope';
import type { Serving } from '../projecting/generations.ts';
import { ofOneMoment, openPeriod, type AskedPeriod, type Numbers } from './numbers.ts';
import { periodBefore, requireAtMost, type Period } from './period.ts';
import { stretchesOf, type Stretch } from './stretches.ts';

const FLOWS = ['membersJoined', 'membersDeactivated', 'membersReactivated'] as const;
type MemberFlows = Readonly<Record<(typeof FLOWS)[number], number>>;
/** Members at the end of the stretch, and how many of them were active. */
export type GrowthRow = Stretch & MemberFlows & { readonly members: number; readonly active: number };
type Growth = { readonly period: Period; readonly rows: readonly GrowthRow[] };
export type MembersGrowth = Growth & {
  readonly asOf: Serving['asOf'];
  readonly interval: Interval;
  readonly previous: Growth | null;
};
/** Everything that is counted happened before. */
const END_OF_TIME = new Date(8.64e15);

/** Refusals: VALIDATION_ERROR for an end before its start, and for more days than the interval takes. */
export const membersGrowth = ofOneMoment(
  async (
    numbers: Numbers,
    scope: TenantScope,
    {
      interval,
      withPrevious,
      ...asked
    }: AskedPeriod & { readonly interval: Interval; readonly withPrevious: boolean },
  ): Promise<MembersGrowth> => {
    const { generation, asOf, period } = await openPeriod(numbers, scope, asked);
    requireAtMost(longestDays[interval], period, asked, interval);
    const before = withPrevious ? periodBefore(period) : null;
    const earlier = before ? stretchesOf(before, interval) : [];
    const stretches = [...earlier, ...stretchesOf(period, interval)];
    const moments = [...stretches.map(({ from }) => from), period.until, END_OF_TIME];
    const [flows, totals] = await Promise.all([
      numbers.counters.flowsBetween(scope, generation, moments, FLOWS),
      numbers.counters.findTotals(scope, generation),
    ]);
    const { members = 0, membersActive = 0 } = totals?.standings ?? {};
    const rows = runningTotals(stretches, flows, { members, active: membersActive });
    return {
      ...{ asOf, interval, period, rows: rows.slice(earlier.length) },
      previous: before && { period: before, rows: rows.slice(0, earlier.length) },
    };
  },
);

/** How many there were at the end of each stretch: as many as now, less what followed. The last flows are those after all. */
export function runningTotals(
  stretches: readonly Stretch[],
  flows: readonly MemberFlows[],
  now: { readonly members: number; readonly active: number },
): GrowthRow[] {
  let { members, active } = now;
  const rows: GrowthRow[] = [];
  for (let index = stretches.length - 1; index >= 0; index--) {
    const after = flows[index + 1] as MemberFlows;
    members -= after.membersJoined;
    active -= after.membersJoined + after.membersReactivated - after.membersDeactivated;
    rows.unshift({ ...(stretches[index] as Stretch), ...(flows[index] as MemberFlows), members, active });
  }
  return rows;
}
