/** How statistics look to a client. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type {
  getPointsCategories,
  getPointsSummary,
  getPointsTrends,
  getStatsOverview,
} from '@membership/contracts/endpoints/stats/index';
import { changePercent } from './proportions.ts';
import type { Period } from './period.ts';
import type { PointsCategories } from './points-categories.ts';
import type { PointsSummary } from './points-summary.ts';
import type { PointsTrends, TrendRow } from './points-trends.ts';
import type { DayFigures, Overview } from './tenant-overview.ts';

export const instantOf = (time: Date | null): string | null => time?.toISOString() ?? null;

const dayView = ({ flows }: DayFigures) => ({
  new_members: flows.membersJoined,
  logins: flows.logins,
  points_earned: flows.earned,
  points_spent: flows.spent,
  points_expired: flows.expired,
  activations: flows.activations,
  vip_granted: flows.vipGranted,
});

export function overviewView({
  asOf,
  zone,
  totals,
  today,
  yesterday,
}: Overview): ItemOf<typeof getStatsOverview> {
  const { flows = {}, standings = {} } = totals ?? {};
  const byStatus = (counts: Readonly<Record<string, number>> = {}) => {
    const total = Object.values(counts).reduce((sum, one) => sum + one, 0);
    return { total, of: (status: string) => counts[status] ?? 0 };
  };
  const licenses = byStatus(standings.licenses);
  const assignments = byStatus(standings.assignments);
  const [now, before] = [dayView(today), dayView(yesterday)];
  return {
    as_of: instantOf(asOf),
    tz: zone,
    members: { total: standings.members ?? 0, active: standings.membersActive ?? 0 },
    points: {
      issued: flows.earned ?? 0,
      spent: flows.spent ?? 0,
      expired: flows.expired ?? 0,
      outstanding: standings.outstanding ?? 0,
      records: flows.records ?? 0,
    },
    active_vips: standings.activeVips ?? 0,
    licenses: {
      total: licenses.total,
      active: licenses.of('active'),
      revoked: licenses.of('revoked'),
      expired: licenses.of('expired'),
      activations: flows.activations ?? 0,
      assignments: {
        total: assignments.total,
        assigned: assignments.of('assigned'),
        active: assignments.of('active'),
        suspended: assignments.of('suspended'),
        revoked: assignments.of('revoked'),
        expired: assignments.of('expired'),
      },
    },
    today: { date: today.day, ...now },
    yesterday: { date: yesterday.day, ...before },
    change_percent: {
      new_members: changePercent(now.new_members, before.new_members),
      logins: changePercent(now.logins, before.logins),
      points_earned: changePercent(now.points_earned, before.points_earned),
      points_spent: changePercent(now.points_spent, before.points_spent),
      points_expired: changePercent(now.points_expired, before.points_expired),
      activations: changePercent(now.activations, before.activations),
      vip_granted: changePercent(now.vip_granted, before.vip_granted),
    },
  };
}

const summedView = ({ period, flows }: Pick<PointsSummary, 'period' | 'flows'>) => ({
  ...daysView(period),
  ...{ earned: flows.earned, spent: flows.spent, expired: flows.expired, records: flows.records },
  net: flows.earned - flows.spent - flows.expired,
});

export const pointsSummaryView = ({
  asOf,
  outstanding,
  previous,
  ...current
}: PointsSummary): ItemOf<typeof getPointsSummary> => ({
  as_of: instantOf(asOf),
  tz: current.period.zone,
  ...summedView(current),
  outstanding,
  ...(previous ? { previous: summedView(previous) } : {}),
});

const trendView = ({ day, from, until, earned, spent, expired, records }: TrendRow) => ({
  starts_at: from.toISOString(),
  ends_at: until.toISOString(),
  date: day,
  earned,
  spent,
  expired,
  net: earned - spent - expired,
  records,
});
const trendsView = ({ period, rows }: Pick<PointsTrends, 'period' | 'rows'>) => ({
  date_from: period.first,
  date_to: period.last,
  trends: rows.map(trendView),
});

export const pointsTrendsView = ({
  asOf,
  interval,
  previous,
  ...current
}: PointsTrends): ItemOf<typeof getPointsTrends> => ({
  as_of: instantOf(asOf),
  tz: current.period.zone,
  interval,
  ...trendsView(current),
  ...(previous ? { previous: trendsView(previous) } : {}),
});

/** The days that a part of an answer is about. */
export const daysView = ({ first, last }: Period) => ({ date_from: first, date_to: last });

const categoriesView = ({ period, categories }: Pick<PointsCategories, 'period' | 'categories'>) => ({
  ...daysView(period),
  categories: categories.map(({ category, earned, spent, expired, records }) => ({
    ...{ category, earned, spent, expired, net: earned - spent - expired, records },
  })),
});

export const pointsCategoriesView = ({
  asOf,
  previous,
  ...current
}: PointsCategories): ItemOf<typeof getPointsCategories> => ({
  as_of: instantOf(asOf),
  tz: current.period.zone,
  ...categoriesView(current),
  ...(previous ? { previous: categoriesView(previous) } : {}),
});
