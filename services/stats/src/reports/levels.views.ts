/** How the levels look to a client. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type { getLevelChanges, getLevelDistribution } from '@membership/contracts/endpoints/stats/index';
import type { LevelShare } from './level-shares.ts';
import type { LevelChanges, LevelDistribution, LevelFlow, LevelName } from './levels.ts';
import { percentageOf } from './proportions.ts';
import { daysView, instantOf } from './reports.views.ts';

function sharesView(shares: readonly LevelShare[]) {
  const all = shares.reduce((sum, { members }) => sum + members, 0);
  return shares.map(({ id, name, members, points }) => ({
    level_id: Number(id),
    level_name: name,
    members,
    percentage: percentageOf(members, all),
    points,
  }));
}

export function levelDistributionView({
  asOf,
  ladders: { user, member },
}: LevelDistribution): ItemOf<typeof getLevelDistribution> {
  const spent = new Map(member.map((share) => [Number(share.id), share.spent]));
  return {
    as_of: instantOf(asOf),
    user_levels: sharesView(user),
    member_levels: sharesView(member).map((share) => ({
      ...share,
      spent: (spent.get(share.level_id) ?? 0) / 100,
    })),
  };
}

const nameView = ({ id, name }: LevelName) => ({ level_id: id, level_name: name });
function ladderView(flows: readonly LevelFlow[]) {
  const sum = (isUpgrade: boolean) =>
    flows.reduce((all, flow) => all + (flow.isUpgrade === isUpgrade ? flow.changes : 0), 0);
  return {
    upgrades: sum(true),
    downgrades: sum(false),
    flows: flows.map(({ from, to, isUpgrade, changes }) => ({
      from: from && nameView(from),
      to: nameView(to),
      is_upgrade: isUpgrade,
      changes,
    })),
  };
}
const changesView = ({ period, ladders }: Pick<LevelChanges, 'period' | 'ladders'>) => ({
  ...daysView(period),
  user_levels: ladderView(ladders.user),
  member_levels: ladderView(ladders.member),
});

export const levelChangesView = ({
  asOf,
  previous,
  ...current
}: LevelChanges): ItemOf<typeof getLevelChanges> => ({
  as_of: instantOf(asOf),
  tz: current.period.zone,
  ...changesView(current),
  ...(previous ? { previous: changesView(previous) } : {}),
});
