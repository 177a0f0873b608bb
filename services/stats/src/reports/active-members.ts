/** How many members were active in each day, week or month. */
import { longestDays, type ActiveInterval } from '@membership/contracts/endpoints/stats/index';
import type { TenantScope } from '@membership/platform/scope';
import type { Serving } from '../projecting/generations.ts';
import { spansBefore, type Span } from '../retention/spans.ts';
import { ofOneMoment } from './numbers.ts';
import { openSpans, type AskedSpans, type RetentionNumbers } from './open-spans.ts';

export type ActiveRow = Span & { readonly active: number };
export type ActiveMembers = {
  readonly asOf: Serving['asOf'];
  readonly zone: string;
  readonly interval: ActiveInterval;
  readonly rows: readonly ActiveRow[];
  /** As many just before. */
  readonly previous: readonly ActiveRow[] | null;
};

/** Refusals: as of `openSpans`. */
export const activeMembers = ofOneMoment(
  async (
    numbers: RetentionNumbers,
    scope: TenantScope,
    { withPrevious, ...asked }: AskedSpans<ActiveInterval> & { readonly withPrevious: boolean },
  ): Promise<ActiveMembers> => {
    const { interval } = asked;
    const { generation, asOf, zone, spans } = await openSpans(numbers, scope, asked, longestDays[interval]);
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
    const rows = all.map((span) => ({ ...span, active: counted.get(span.period)?.active ?? 0 }));
    return {
      ...{ asOf, zone, interval, rows: rows.slice(earlier.length) },
      previous: withPrevious ? rows.slice(0, earlier.length) : null,
    };
  },
);
