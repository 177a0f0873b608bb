/** How active members and cohorts look to a client. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type { getActiveMembers, getMembersRetention } from '@membership/contracts/endpoints/stats/index';
import type { ActiveMembers, ActiveRow } from './active-members.ts';
import type { Cohort, MembersRetention } from './members-retention.ts';
import { percentageOf } from './proportions.ts';
import { instantOf } from './reports.views.ts';
import { endsView, spanView } from './spans.views.ts';

const activeView = (zone: string, rows: readonly ActiveRow[]) => ({
  ...endsView(rows),
  active: rows.map(({ active, ...span }) => ({ ...spanView(zone, span), active_members: active })),
});

export const activeMembersView = ({
  asOf,
  zone,
  interval,
  rows,
  previous,
}: ActiveMembers): ItemOf<typeof getActiveMembers> => ({
  as_of: instantOf(asOf),
  tz: zone,
  interval,
  ...activeView(zone, rows),
  ...(previous ? { previous: activeView(zone, previous) } : {}),
});

const cohortsView = (zone: string, cohorts: readonly Cohort[]) => ({
  ...endsView(cohorts),
  cohorts: cohorts.map(({ members, later, ...span }) => ({
    ...spanView(zone, span),
    members,
    retention: later.map(({ after, active, isOver }) => ({
      ...{ after, active_members: active, percentage: percentageOf(active, members), is_over: isOver },
    })),
  })),
});

export const membersRetentionView = ({
  asOf,
  zone,
  interval,
  cohorts,
  previous,
}: MembersRetention): ItemOf<typeof getMembersRetention> => ({
  as_of: instantOf(asOf),
  tz: zone,
  interval,
  ...cohortsView(zone, cohorts),
  ...(previous ? { previous: cohortsView(zone, previous) } : {}),
});
