/** How many of the members that joined in one week or month were active in those after it. */
import { longestCohortDays, type CohortInterval } from '@membership/contracts/endpoints/stats/index';
import type { TenantScope } from '@membership/platform/scope';
import type { Serving } from '../projecting/generations.ts';
import { spansBefore, spansFrom, type Span } from '../retention/spans.ts';
import { ofOneMoment } from './numbers.ts';
import { openSpans, type AskedSpans, type RetentionNumbers } from './open-spans.ts';

/** So many weeks or months after joining. */
export type Later = { readonly after: number; readonly active: number; readonly isOver: boolean };
export type Cohort = Span & { readonly members: number; readonly later: readonly Later[] };
export type MembersRetention = {
  readonly asOf: Serving['asOf'];
  readonly zone: string;
  readonly interval: CohortInterval;
  readonly cohorts: readonly Cohort[];
  /** As many just before. */
  readonly previous: readonly Cohort[] | null;
};

/** Refusals: as of `openSpans`. `periods`: how many weeks or months each cohort is followed for, at most. */
export const membersRetention = ofOneMoment(
  async (
    numbers: RetentionNumbers,
    scope: TenantScope,
    {
      periods,
      withPrevious,
      ...asked
    }: AskedSpans<CohortInterval> & { readonly periods: number; readonly withPrevious: boolean },
  ): Promise<MembersRetention> => {
    const { interval } = asked;
    const { generation, asOf, zone, today, spans } = await openSpans(
      numbers,
      scope,
      asked,
      longestCohortDays[interval],
    );
    const earlier = withPrevious ? spansBefore(interval, (spans[0] as Span).first, spans.length) : [];
    const all = [...earlier, ...spans];
    const counted = await numbers.retention.activity.findPeriods(
      scope,
      generation,
      interval,
      {
        from: (all[0] as Span).period,
        to: (all.at(-1) as Span).period,
      },
      numbers.moment,
    );
    const cohorts = all.map((span) => {
      const { joined = 0, kept = {} } = counted.get(span.period) ?? {};
      const present = spansFrom(interval, span.first, today);
      const later = Array.from({ length: Math.min(present, periods) + 1 }, (_, after) => ({
        ...{ after, active: kept[after] ?? 0, isOver: after < present },
      }));
      return { ...span, members: joined, later };
    });
    return {
      ...{ asOf, zone, interval, cohorts: cohorts.slice(earlier.length) },
      previous: withPrevious ? cohorts.slice(0, earlier.length) : null,
    };
  },
);
