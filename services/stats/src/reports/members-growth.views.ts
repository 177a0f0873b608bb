/** How the growth of a tenant's members looks to a client. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type { getMembersGrowth } from '@membership/contracts/endpoints/stats/index';
import type { GrowthRow, MembersGrowth } from './members-growth.ts';
import { daysView, instantOf } from './reports.views.ts';

const flowsView = ({
  membersJoined,
  membersDeactivated,
  membersReactivated,
}: Pick<GrowthRow, 'membersJoined' | 'membersDeactivated' | 'membersReactivated'>) => ({
  joined: membersJoined,
  deactivated: membersDeactivated,
  reactivated: membersReactivated,
});
function growthView({ period, rows }: Pick<MembersGrowth, 'period' | 'rows'>) {
  const sum = (flow: 'membersJoined' | 'membersDeactivated' | 'membersReactivated') =>
    rows.reduce((all, row) => all + row[flow], 0);
  return {
    ...daysView(period),
    joined: sum('membersJoined'),
    deactivated: sum('membersDeactivated'),
    reactivated: sum('membersReactivated'),
    growth: rows.map((row) => ({
      starts_at: row.from.toISOString(),
      ends_at: row.until.toISOString(),
      date: row.day,
      ...flowsView(row),
      members: row.members,
      active_members: row.active,
    })),
  };
}

export const membersGrowthView = ({
  asOf,
  interval,
  previous,
  ...current
}: MembersGrowth): ItemOf<typeof getMembersGrowth> => ({
  as_of: instantOf(asOf),
  tz: current.period.zone,
  interval,
  ...growthView(current),
  ...(previous ? { previous: growthView(previous) } : {}),
});
