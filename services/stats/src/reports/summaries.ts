/** VIP tags, licences and applications: how they are now, and what happened in a period. */
import { longestDays } from '@membership/contracts/endpoints/stats/index';
import { plusDays, startOfDay, type Day } from '@membership/platform/calendar';
import type { TenantScope } from '@membership/platform/scope';
import type { Breakdown } from '../counting/figures.ts';
import { churnOf, monthsUpTo, type ChurnRow } from './churn.ts';
import {
  ofOneMoment,
  openPeriod,
  withBefore,
  type AskedPeriod,
  type Numbers,
  type Opened,
} from './numbers.ts';
import type { Period } from './period.ts';

type Sums = Readonly<Record<string, number>>;
export type AskedSummary = AskedPeriod & { readonly withPrevious: boolean };
/** What happened in a period, of everything and of each by its id. */
export type Happened = {
  readonly period: Period;
  readonly all: Sums;
  readonly each: ReadonlyMap<number, Sums>;
};
type Summary = Pick<Opened, 'asOf'> & { readonly current: Happened; readonly previous: Happened | null };

/** Everything that is counted happened before. */
const END_OF_TIME = new Date(8.64e15);
const DAY_MS = 86_400_000;

/** Sums whose names begin with an id: `12.granted` is `granted` of 12. */
export function byId(sums: Sums): Map<number, Record<string, number>> {
  const each = new Map<number, Record<string, number>>();
  for (const [name, amount] of Object.entries(sums)) {
    const at = name.indexOf('.');
    const id = Number(name.slice(0, at));
    const of = each.get(id) ?? {};
    of[name.slice(at + 1)] = amount;
    each.set(id, of);
  }
  return each;
}
/** What they add up to. */
export function sumOf(all: Iterable<Sums>): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const one of all)
    for (const [name, amount] of Object.entries(one)) sums[name] = (sums[name] ?? 0) + amount;
  return sums;
}

function happened(period: Period, sums: Sums = {}): Happened {
  const each = byId(sums);
  return { period, each, all: sumOf(each.values()) };
}

async function inPeriod(
  { counters }: Numbers,
  scope: TenantScope,
  { generation, period, asOf }: Opened,
  series: Breakdown,
  withPrevious: boolean,
): Promise<Summary> {
  const { before, moments } = withBefore(period, withPrevious);
  const sums = await counters.detailsBetween(scope, generation, series, moments);
  return { asOf, current: happened(period, sums.at(-1)), previous: before && happened(before, sums[0]) };
}

export type TagSummary = {
  readonly id: number;
  readonly name: string;
  readonly code: string | null;
  readonly isRetired: boolean;
  readonly now: Sums;
  readonly steps: Sums;
  readonly stepsBefore: Sums | null;
} & Churn;
/** Of the months asked for, and of as many before them. */
type Churn = { readonly churn: readonly ChurnRow[]; readonly churnBefore: readonly ChurnRow[] };
export type VipSummary = Summary & {
  readonly vipMembers: number;
  readonly now: Sums;
  readonly purchases: Sums;
  readonly purchasesBefore: Sums | null;
  readonly tags: readonly TagSummary[];
} & Churn;

const heldOf = (now: Sums): number => (now['active'] ?? 0) + (now['grace'] ?? 0) + (now['suspended'] ?? 0);

/** Refusals: VALIDATION_ERROR for an end before its start, and for too many days. */
export const vipSummary = ofOneMoment(
  async (
    numbers: Numbers,
    scope: TenantScope,
    { withPrevious, months: many, ...asked }: AskedSummary & { readonly months: number },
  ): Promise<VipSummary> => {
    const { counters } = numbers;
    const opened = await openPeriod(numbers, scope, asked, longestDays.day);
    const { generation, period } = opened;
    const { moments } = withBefore(period, withPrevious);
    const months = monthsUpTo(period.last, withPrevious ? 2 * many : many, period.zone);
    const next = nextMonth(period.last, period.zone);
    const [summary, bought, steps, groups, tags, totals] = await Promise.all([
      inPeriod(numbers, scope, opened, 'tags', withPrevious),
      counters.detailsBetween(scope, generation, 'purchases', moments),
      counters.detailsBetween(scope, generation, 'tags', [
        ...months.map(({ from }) => from),
        next,
        END_OF_TIME,
      ]),
      counters.listGroups(scope, generation, 'tag'),
      counters.listStates(scope, generation, 'vip_tag'),
      counters.findTotals(scope, generation),
    ]);
    const monthly = steps.map(byId);
    const churnOfAll = (id: number | null, now: Sums): Churn => {
      const rows = churnOf(
        months,
        monthly.map((of) => {
          const { gained = 0, lost = 0 } = id === null ? sumOf(of.values()) : (of.get(id) ?? {});
          return { gained, lost };
        }),
        heldOf(now),
      );
      return { churn: rows.slice(-many), churnBefore: rows.slice(0, -many) };
    };
    const now = sumOf(groups.values());
    return {
      ...summary,
      ...{ vipMembers: totals?.standings?.activeVips ?? 0, now },
      ...churnOfAll(null, now),
      purchases: bought.at(-1) ?? {},
      purchasesBefore: withPrevious ? (bought[0] ?? {}) : null,
      tags: idsOf(groups, tags, ...stepped(summary)).map((id) => ({
        ...{ id, name: tags.get(id)?.name ?? `#${id}`, code: tags.get(id)?.code ?? null },
        isRetired: tags.get(id)?.isRetired ?? false,
        ...{ now: groups.get(id) ?? {}, ...stepsOf(summary, id) },
        ...churnOfAll(id, groups.get(id) ?? {}),
      })),
    };
  },
);

/** The first moment after the month of a day. */
const nextMonth = (day: Day, zone: string): Date =>
  startOfDay(zone, `${plusDays(`${day.slice(0, 7)}-01`, 31).slice(0, 7)}-01`);

/** What happened to one of them, and in the period before where that is wanted. */
const stepsOf = ({ current, previous }: Summary, id: number) => ({
  steps: current.each.get(id) ?? {},
  stepsBefore: previous && (previous.each.get(id) ?? {}),
});
const stepped = ({ current, previous }: Summary) => [current.each, ...(previous ? [previous.each] : [])];

/** Everything of which something is known, by its id. */
const idsOf = (...known: readonly ReadonlyMap<number, unknown>[]): number[] =>
  [...new Set(known.flatMap((one) => [...one.keys()]))].sort((left, right) => left - right);

export type PlanSummary = {
  readonly id: number;
  readonly name: string;
  readonly product: { readonly id: number | null; readonly name: string };
  readonly now: Sums;
  readonly used: Used;
  readonly steps: Sums;
  readonly stepsBefore: Sums | null;
};
/** Assignments with usage of the last days. */
export type Used = { readonly week: number; readonly month: number };
export type LicenseSummary = Summary & {
  readonly now: Sums;
  readonly used: Used;
  readonly plans: readonly PlanSummary[];
};

/** Refusals: VALIDATION_ERROR for an end before its start, and for too many days. */
export const licenseSummary = ofOneMoment(
  async (
    numbers: Numbers,
    scope: TenantScope,
    { withPrevious, ...asked }: AskedSummary,
  ): Promise<LicenseSummary> => {
    const { counters } = numbers;
    const opened = await openPeriod(numbers, scope, asked, longestDays.day);
    const { generation } = opened;
    const since = [30, 7].map((days) => new Date(asked.now.getTime() - days * DAY_MS));
    const [summary, lastUsed, groups, plans, products] = await Promise.all([
      inPeriod(numbers, scope, opened, 'plans', withPrevious),
      counters.detailsBetween(scope, generation, 'usage', [...since, END_OF_TIME]),
      counters.listGroups(scope, generation, 'plan'),
      counters.listStates(scope, generation, 'plan'),
      counters.listStates(scope, generation, 'product'),
    ]);
    const [earlier, week] = lastUsed.map(byId);
    const usedOf = (id: number): Used => {
      const inWeek = week?.get(id)?.['lastUsed'] ?? 0;
      return { week: inWeek, month: inWeek + (earlier?.get(id)?.['lastUsed'] ?? 0) };
    };
    const rows = idsOf(groups, plans, ...stepped(summary)).map((id): PlanSummary => {
      const plan = plans.get(id);
      const product = plan && products.get(plan.productId);
      return {
        ...{ id, name: plan?.name ?? `#${id}`, now: groups.get(id) ?? {}, used: usedOf(id) },
        product: { id: plan?.productId ?? null, name: product?.name ?? (plan ? `#${plan.productId}` : '') },
        ...stepsOf(summary, id),
      };
    });
    return {
      ...summary,
      now: sumOf(groups.values()),
      used: rows.reduce((sum, { used }) => ({ week: sum.week + used.week, month: sum.month + used.month }), {
        week: 0,
        month: 0,
      }),
      plans: rows,
    };
  },
);

export type ApplicationRow = {
  readonly id: number;
  readonly name: string;
  readonly code: string;
  readonly status: string;
  readonly now: Sums;
  readonly steps: Sums;
  readonly stepsBefore: Sums | null;
};
export type ApplicationSummary = Summary & {
  readonly now: Sums;
  readonly applications: readonly ApplicationRow[];
};

/** Refusals: VALIDATION_ERROR for an end before its start, and for too many days. */
export const applicationSummary = ofOneMoment(
  async (
    numbers: Numbers,
    scope: TenantScope,
    { withPrevious, ...asked }: AskedSummary,
  ): Promise<ApplicationSummary> => {
    const { counters } = numbers;
    const opened = await openPeriod(numbers, scope, asked, longestDays.day);
    const { generation } = opened;
    const [summary, groups, states] = await Promise.all([
      inPeriod(numbers, scope, opened, 'applications', withPrevious),
      counters.listGroups(scope, generation, 'application'),
      counters.listStates(scope, generation, 'application'),
    ]);
    const applications = [...states]
      .filter(([, { isDeleted }]) => !isDeleted)
      .sort(([left], [right]) => left - right)
      .map(
        ([id, { name, code, status }]): ApplicationRow => ({
          ...{ id, name, code, status },
          ...{ now: groups.get(id) ?? {}, ...stepsOf(summary, id) },
        }),
      );
    return { ...summary, now: sumOf(applications.map(({ now }) => now)), applications };
  },
);
