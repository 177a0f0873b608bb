/** The leaderboards: members read them, too. */
import {
  getOwnRank,
  listLeaderboard,
  listLeaderboardPeriods,
} from '@membership/contracts/endpoints/stats/index';
import { implement, type Implementation } from '@membership/platform/http/implement';
import { keptPeriods, leaderboard, ownRank, type BoardNumbers } from './leaderboards.ts';
import { instantOf } from './reports.views.ts';
import { keptPeriodView, ownRankView, rankedView, windowView } from './leaderboards.views.ts';

export const leaderboardsRoutes = (numbers: BoardNumbers): Implementation[] => [
  implement(listLeaderboard, async ({ scope, query: { page, page_size: size, ...asked }, http }) => {
    const { window, count, items } = await leaderboard(numbers, scope, {
      ...asked,
      window: asked.window,
      period: asked.period,
      ...{ page, size, now: http.now },
    });
    return { items: items.map(rankedView), count, beside: windowView(window) };
  }),
  implement(getOwnRank, async ({ scope, query: { member_id: memberId, around, ...asked }, http }) =>
    ownRankView(
      await ownRank(numbers, scope, {
        ...asked,
        window: asked.window,
        period: asked.period,
        ...{ memberId, around, now: http.now },
      }),
    ),
  ),
  implement(
    listLeaderboardPeriods,
    async ({ scope, query: { page, page_size: size, metric, window }, http }) => {
      const { asOf, ...kept } = await keptPeriods(numbers, scope, {
        ...{ metric, window, page, size },
        now: http.now,
      });
      return { ...kept, items: kept.items.map(keptPeriodView), beside: { as_of: instantOf(asOf) } };
    },
  ),
];
