import { dayOf, startOfDay, type Day } from '@membership/platform/calendar';
import type { Directory } from '@membership/platform/directory';
import type { Paging } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { CatalogueRepository } from '../catalogue/catalogue-repository.ts';
import type { Plan, Product } from '../domain/product.ts';
import { daysOf, periodOf, type Period } from './period.ts';
import type { ReportCache } from './report-cache.ts';
import type { ReportRepository } from './report-repository.ts';
import { ALL_DAYS } from '../domain/tally.ts';
import {
  NO_TOTALS,
  ranked,
  rowsByDay,
  rowsById,
  totalsOf,
  type Totals,
  type UsageGroup,
  type UsageRow,
} from './usage-report.ts';

export type ReportStores = {
  readonly reports: ReportRepository;
  readonly cache: ReportCache;
  readonly products: CatalogueRepository<Product>;
  readonly plans: CatalogueRepository<Plan>;
  readonly directory: Directory;
};
export type UsageQuestion = {
  readonly group: UsageGroup;
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
  readonly productId?: number | undefined;
  /** false: another tenant was asked for, of which nothing is seen. */
  readonly isOwn: boolean;
  readonly paging: Paging;
};
export type UsageAnswer = {
  readonly period: Period;
  readonly rows: readonly (UsageRow & { readonly label: string })[];
  readonly totals: Totals;
  /** Rows in all, by user. */
  readonly count: number | null;
};

/** How licences were used in a period. Refuses a period that cannot be (400). */
export async function reportUsage(
  stores: ReportStores,
  scope: TenantScope,
  question: UsageQuestion,
  now: Date,
): Promise<UsageAnswer> {
  const { reports, cache, directory } = stores;
  const { group, productId, paging, isOwn } = question;
  const { timezone } = await directory.tenant(scope);
  const period = periodOf({ date_from: question.from, date_to: question.to }, dayOf(timezone, now));
  if (!isOwn) {
    const rows = group === 'date' ? daysOf(period).map((key) => ({ key, label: key, ...NO_TOTALS })) : [];
    return { period, rows, totals: NO_TOTALS, count: group === 'user' ? 0 : null };
  }
  const key = JSON.stringify([scope.tenantId, group, period, productId, group === 'user' ? paging : null]);
  const { rows, totals, count } = await cache.of(
    scope.tenantId,
    key,
    await reports.version(scope),
    async () => ({
      totals: totalsOf(await reports.sumsByPlan(scope, 'tenantId', period, productId)),
      ...(await rowsOf(
        stores,
        scope,
        { group, productId, paging },
        period,
        startOfDay(timezone, period.from),
      )),
    }),
  );
  const labels = await labelsOf(stores, scope, group, rows);
  return { period, rows: rows.map((row) => ({ ...row, label: labels(row) })), totals, count };
}

async function rowsOf(
  { reports }: ReportStores,
  scope: TenantScope,
  { group, productId, paging }: Pick<UsageQuestion, 'group' | 'productId' | 'paging'>,
  period: Period,
  since: Date,
): Promise<{ rows: UsageRow[]; count: number | null }> {
  if (group === 'date') {
    const sums = await reports.sumsByDay(scope, period.from, productId);
    const all = sums.find(({ day }) => day === ALL_DAYS);
    return {
      rows: rowsByDay(
        sums.filter((one) => one !== all),
        period,
        all?.bound ?? 0,
      ),
      count: null,
    };
  }
  if (group !== 'user') {
    const field = group === 'product' ? 'productId' : 'planId';
    return { rows: ranked(rowsById(await reports.sumsByPlan(scope, field, period, productId))), count: null };
  }
  const { items, count } = await reports.membersInUse(scope, since, paging);
  const ids = items.map(({ memberId }) => memberId);
  const rows = rowsById(await reports.sumsByMember(scope, ids, period, productId));
  const byId = new Map(rows.map((row) => [row.key, row]));
  return { rows: ids.map((id) => byId.get(id) ?? { key: id, ...NO_TOTALS }), count };
}

/** Names as they are now: they are not kept with the figures. */
async function labelsOf(
  { products, plans, directory }: ReportStores,
  scope: TenantScope,
  group: UsageGroup,
  rows: readonly UsageRow[],
): Promise<(row: UsageRow) => string> {
  if (group === 'date') return ({ key }) => String(key);
  const ids = rows.map(({ key }) => Number(key));
  if (group === 'user') {
    const members = await directory.membersById(scope, ids);
    return ({ key }) => members.get(Number(key))?.username ?? String(key);
  }
  const things = await (group === 'product' ? products : plans).byId(scope, ids);
  return ({ key }) => things.get(Number(key))?.name ?? String(key);
}
