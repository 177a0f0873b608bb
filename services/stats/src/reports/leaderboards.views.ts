/** How leaderboards look to a client. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type {
  getOwnRank,
  listLeaderboard,
  listLeaderboardPeriods,
} from '@membership/contracts/endpoints/stats/index';
import type { BoardWindow, KeptPeriod, OwnRank, Ranked } from './leaderboards.ts';
import { instantOf } from './reports.views.ts';

export const windowView = ({ asOf, zone, board, startsAt, endsAt, isOver }: BoardWindow) => ({
  as_of: instantOf(asOf),
  tz: zone,
  ...board,
  starts_at: instantOf(startsAt),
  ends_at: instantOf(endsAt),
  resets_at: isOver ? null : instantOf(endsAt),
});

export const rankedView = ({ rank, score, memberId, member }: Ranked): ItemOf<typeof listLeaderboard> => ({
  rank,
  member_id: member ? memberId : null,
  display_name: member?.displayName ?? null,
  score,
});

export const ownRankView = ({
  window,
  count,
  memberId,
  rank,
  score,
  neighbours,
}: OwnRank): ItemOf<typeof getOwnRank> => ({
  ...windowView(window),
  count,
  member_id: memberId,
  rank,
  score,
  neighbours: neighbours.map((one) => ({ ...rankedView(one), is_me: one.memberId === memberId })),
});

export const keptPeriodView = ({
  board,
  startsAt,
  endsAt,
  isOver,
  members,
}: KeptPeriod): ItemOf<typeof listLeaderboardPeriods> => ({
  period: board.period,
  starts_at: instantOf(startsAt),
  ends_at: instantOf(endsAt),
  is_over: isOver,
  members,
});
