/**
 * Adds the days of members up to those active in each day, week and month and to the cohorts, and holds both what they come to
 * and who joined against what the gateway has written down.
 */
import { compareSums, weekOf, type Looked, type Of } from './books.ts';

const DAY_MS = 86_400_000;
const FAULTS_AT_MOST = 1_000;
const PAGE = 500;
export type Days = Readonly<Record<string, number>>;
type Member = { readonly memberId: number; readonly joined: string | null; readonly days: Days };
type Period = {
  readonly interval: 'day' | 'week' | 'month';
  readonly period: string;
  readonly active?: number;
  readonly joined?: number;
  readonly kept?: Readonly<Record<string, number>>;
};

/** The days of a member, whose bits are days of a month. */
export const listDays = (days: Days): string[] =>
  Object.entries(days).flatMap(([month, bits]) =>
    Array.from({ length: 31 }, (_, index) => index)
      .filter((index) => (bits >> index) & 1)
      .map((index) => `${month}-${String(index + 1).padStart(2, '0')}`),
  );
const PERIODS = {
  day: (day: string) => day,
  week: weekOf,
  month: (day: string) => day.slice(0, 7),
} as const;
const mondays = (day: string) => Math.floor((Date.parse(`${day}T00:00:00Z`) / DAY_MS + 3) / 7);
const months = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
const LATER = {
  week: (from: string, to: string) => mondays(to) - mondays(from),
  month: (from: string, to: string) => months(to) - months(from),
} as const;

export async function retentionOf(of: Of): Promise<Looked> {
  const { books, generation, tenantId } = of;
  const session = await books.stats.startSession({ snapshot: true });
  try {
    const expected: Record<string, number> = {};
    const counted: Record<string, number> = {};
    const add = (to: Record<string, number>, name: string, many = 1) => {
      if (many !== 0) to[name] = (to[name] ?? 0) + many;
    };
    const rows = books.stats
      .collection<Member & { _id: string }>('retention_members')
      .find({ _id: { $gte: `${generation}/${tenantId}/`, $lt: `${generation}/${tenantId}0` } }, { session });
    for await (const { joined, days } of rows) {
      const active = listDays(days);
      for (const [interval, periodOf] of Object.entries(PERIODS)) {
        const each = new Map(active.map((day) => [periodOf(day), day]));
        for (const period of each.keys()) add(expected, `active in ${interval} ${period}`);
        if (joined === null || interval === 'day') continue;
        add(expected, `joined in ${interval} ${periodOf(joined)}`);
        for (const day of each.values()) {
          const later = LATER[interval as 'week' | 'month'](joined, day);
          if (later >= 0) add(expected, `kept of ${interval} ${periodOf(joined)} after ${later}`);
        }
      }
    }
    const periods = books.stats
      .collection<Period>('retention_periods')
      .find({ tenantId, generation }, { session });
    for await (const { interval, period, active = 0, joined = 0, kept = {} } of periods) {
      add(counted, `active in ${interval} ${period}`, active);
      add(counted, `joined in ${interval} ${period}`, joined);
      for (const [after, many] of Object.entries(kept))
        add(counted, `kept of ${interval} ${period} after ${after}`, many);
    }
    return compareSums(expected, counted);
  } finally {
    await session.endSession();
  }
}

/** A time of the gateway is of one of these days of whatever zone. */
export const daysAround = (at: Date): readonly string[] =>
  [-DAY_MS, 0, DAY_MS].map((by) => new Date(at.getTime() + by).toISOString().slice(0, 10));

/** That each member joined on the day on which the gateway says, and was active on that of its last login, in whatever zone. */
export async function joinedOf({ books, generation, tenantId }: Of): Promise<Looked> {
  const found = new Map<string, string>();
  let compared = 0;
  const members = books.gateway
    .collection<{ _id: number; joinedAt: Date; lastLoginAt: Date | null }>('members')
    .find({ tenantId }, { projection: { joinedAt: 1, lastLoginAt: 1 }, sort: { _id: 1 } });
  let page: { _id: number; joinedAt: Date; lastLoginAt: Date | null }[] = [];
  const look = async () => {
    const rows = await books.stats
      .collection<Member & { _id: string }>('retention_members')
      .find({ _id: { $in: page.map(({ _id }) => `${generation}/${tenantId}/${_id}`) } })
      .toArray();
    const known = new Map(rows.map((row) => [row.memberId, row]));
    for (const { _id, joinedAt, lastLoginAt } of page) {
      compared += 1;
      if (found.size >= FAULTS_AT_MOST) continue;
      const { joined = null, days = {} } = known.get(_id) ?? {};
      if (joined === null || !daysAround(joinedAt).includes(joined))
        found.set(`joining of member ${_id}`, `${joinedAt.toISOString()}, counted as ${joined ?? 'none'}`);
      const active = lastLoginAt ? new Set(listDays(days)) : null;
      if (lastLoginAt && !daysAround(lastLoginAt).some((day) => active?.has(day)))
        found.set(
          `activity of member ${_id}`,
          `logged in ${lastLoginAt.toISOString()}, counted as not active`,
        );
    }
    page = [];
  };
  for await (const member of members) {
    page.push(member);
    if (page.length === PAGE) await look();
  }
  if (page.length > 0) await look();
  return { compared, found };
}
