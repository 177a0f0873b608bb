/** A tenant's members: how many there are, at which member level, what they spend, and what happened day by day. */
import { dayOf, plusDays, startOfDay, type Day } from '@membership/platform/calendar';
import type { TenantScope } from '@membership/platform/scope';
import type { Serving } from '../projecting/generations.ts';
import type { StoredTotals } from '../counting/models.ts';
import { sharesOf, type LevelShare } from './level-shares.ts';
import { ofOneMoment, type Numbers } from './numbers.ts';
import { periodBefore, periodOf, type Period } from './period.ts';

const TREND_FLOWS = ['membersJoined', 'memberLevelUpgrades', 'earned', 'spent'] as const;

export type Trend = { readonly day: Day } & Readonly<Record<(typeof TREND_FLOWS)[number], number>>;
export type MemberStatistics = {
  readonly asOf: Serving['asOf'];
  readonly period: Period;
  readonly totals: StoredTotals | null;
  readonly activeMembers: number;
  readonly joinedThisMonth: number;
  /** Every level of the ladder, the first one first. */
  readonly levels: readonly LevelShare[];
  /** Every day of the period; null where it was not asked for. */
  readonly trends: readonly Trend[] | null;
  /** As many days just before. */
  readonly previous: { readonly period: Period; readonly trends: readonly Trend[] | null } | null;
};
export type AskedStatistics = {
  readonly days: number;
  readonly withTrends: boolean;
  readonly withPrevious: boolean;
  readonly now: Date;
};

/** The last so many days, today included, as the tenant's zone counts them. */
export const memberStatistics = ofOneMoment(
  async (
    { counters, generations }: Numbers,
    scope: TenantScope,
    { days, withTrends, withPrevious, now }: AskedStatistics,
  ): Promise<MemberStatistics> => {
    const { _id: generation, asOf } = await generations.serving(scope);
    const zone = await counters.zoneOf(scope, generation);
    const today = dayOf(zone, now);
    const period = periodOf({ date_from: plusDays(today, 1 - days), date_to: today }, zone, now);
    const month = startOfDay(zone, `${today.slice(0, 7)}-01`);
    const before = withPrevious ? periodBefore(period) : null;
    const calendar = Array.from({ length: before ? 2 * days : days }, (_, index) =>
      plusDays((before ?? period).first, index),
    );
    const moments = [...calendar.map((day) => startOfDay(zone, day)), period.until];
    const [totals, definitions, activeMembers, { membersJoined }, flows] = await Promise.all([
      counters.findTotals(scope, generation),
      counters.listLevels(scope, generation, 'member_level'),
      counters.countActive(scope, generation, period.from),
      counters.sumFlows(scope, generation, month, period.until),
      withTrends ? counters.flowsBetween(scope, generation, moments, TREND_FLOWS) : null,
    ]);
    const trends =
      flows && calendar.map((day, index) => ({ day, ...(flows[index] as (typeof flows)[number]) }));
    return {
      asOf,
      period,
      totals,
      activeMembers,
      joinedThisMonth: membersJoined,
      levels: sharesOf(totals?.standings?.levels ?? {}, definitions),
      trends: trends && trends.slice(-days),
      previous: before && { period: before, trends: trends && trends.slice(0, days) },
    };
  },
);
