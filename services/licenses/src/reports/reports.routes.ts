/** Answers the administrators' reports, as JSON or as tables. */
import { dayOf, startOfDay } from '@membership/platform/calendar';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { CSV_TYPE, csvOf, type CsvCell } from '@membership/platform/csv';
import { implement, reply, type Implementation } from '@membership/platform/http/implement';
import type { TenantScope } from '@membership/platform/scope';
import type { AssignmentRepository, Counted } from '../storage/assignment-repository.ts';
import { rowViews, type ViewStores } from '../assignments/assignments.views.ts';
import { endAfterDays } from '../term.ts';
import { periodOf } from './period.ts';
import { reportUsage, type ReportStores } from './report-usage.ts';

/** Rows that a table has at most. */
const TABLE_ROWS = 10_000;
const CRITICAL_DAYS = 7;
const WARNING_DAYS = 30;

const table = (name: string, names: readonly string[], rows: Iterable<readonly CsvCell[]>) => ({
  document: { type: CSV_TYPE, text: csvOf(names, rows), fileName: `${name}.csv` },
});
const isOwn = (scope: TenantScope, query: { tenant?: number | undefined; tenant_id?: number | undefined }) =>
  [query.tenant, query.tenant_id].every((id) => id === undefined || id === scope.tenantId);

export function reportRoutes(
  stores: ReportStores & ViewStores & { readonly assignments: AssignmentRepository },
): Implementation[] {
  const { reports, directory, assignments } = stores;
  return [
    implement(contracts.reportLicenseUsage, async ({ scope, query, http }) => {
      const { group_by: group, product_id: productId, page, page_size: size, format } = query;
      const isTable = format === 'csv';
      const paging = isTable ? { page: 1, size: TABLE_ROWS } : { page, size };
      const answer = await reportUsage(
        stores,
        scope,
        { group, from: query.date_from, to: query.date_to, productId, isOwn: isOwn(scope, query), paging },
        http.now,
      );
      const { period, totals, count } = answer;
      const rows = answer.rows.map(({ key, label, ...amounts }) => ({ key, label, ...amounts }));
      const value = {
        group_by: group,
        date_from: period.from,
        date_to: period.to,
        rows,
        totals,
        page_info:
          count === null
            ? null
            : { current_page: page, total_pages: Math.max(1, Math.ceil(count / size)), page_size: size },
      };
      if (!isTable) return value;
      const names = ['key', 'label', 'assignments', 'activations', 'active_devices', 'usage_hours'] as const;
      return reply(
        value,
        table(
          `license-usage-by-${group}-${period.from}-${period.to}`,
          names,
          rows.map((row) => names.map((name) => row[name])),
        ),
      );
    }),
    implement(contracts.reportExpiryAlerts, async ({ scope, query, http }) => {
      const { alert_days: days, page, page_size: size, format } = query;
      const isTable = format === 'csv';
      const paging = isTable ? { page: 1, size: TABLE_ROWS } : { page, size };
      const span = { after: http.now, until: endAfterDays(http.now, days) };
      const listed = await assignments.listEnding(scope, span, paging);
      const summary = await countSeverities(assignments, scope, { now: http.now, days, all: listed });
      const items = (await rowViews(stores, scope, listed.items, http.now)).map((row) => ({
        ...row,
        severity: severityOf(row.expires_at, http.now),
      }));
      const value = { ...listed, items, beside: { alert_days: days, summary } };
      if (!isTable) return value;
      return reply(
        value,
        table(
          `expiry-alerts-${days}-days`,
          [
            'id',
            'username',
            'email',
            'license_key',
            'product_name',
            'plan_name',
            'status',
            'expires_at',
            'days_until_expiry',
            'severity',
          ],
          items.map(({ member, license, ...row }) => [
            row.id,
            member.username,
            member.email,
            license.license_key,
            license.product_name,
            license.plan_name,
            row.status,
            row.expires_at,
            row.days_until_expiry,
            row.severity,
          ]),
        ),
      );
    }),
    implement(contracts.reportUserActivity, async ({ scope, query, http }) => {
      const { page, page_size: size, format } = query;
      const isTable = format === 'csv';
      const { timezone } = await directory.tenant(scope);
      const period = periodOf(query, dayOf(timezone, http.now));
      const since = startOfDay(timezone, period.from);
      const direction = query.ordering[0]?.descending === false ? 1 : -1;
      const found = await reports.listActivity(
        scope,
        { lastUsedAt: direction, memberId: direction },
        isTable ? { page: 1, size: TABLE_ROWS } : { page, size },
      );
      const ids = found.items.map(({ memberId }) => memberId);
      const members = ids.length > 0 ? await directory.membersById(scope, ids) : new Map<number, never>();
      const sums = await reports.sumsByMember(scope, ids, period);
      const within = new Map(sums.filter(({ part }) => part === 'within').map((one) => [one.id, one]));
      const active = await reports.countUsedSince(scope, since);
      const inactive = await restOf(found, [active], () => reports.countUnusedSince(scope, since));
      const items = found.items.map(({ memberId, lastUsedAt, openAssignments, boundDevices }) => ({
        member: {
          id: memberId,
          username: members.get(memberId)?.username ?? null,
          email: members.get(memberId)?.email ?? null,
        },
        is_active: lastUsedAt !== null && lastUsedAt >= since,
        last_used_at: lastUsedAt?.toISOString() ?? null,
        open_assignments: openAssignments,
        bound_devices: boundDevices,
        activations: within.get(memberId)?.activated ?? 0,
        usage_hours: Math.round((within.get(memberId)?.usedSeconds ?? 0) / 36) / 100,
      }));
      const summary = {
        members: found.count,
        active_members: active.count,
        inactive_members: inactive.count,
        ...estimateOf([found, active, inactive]),
      };
      const value = {
        ...found,
        items,
        beside: { date_from: period.from, date_to: period.to, summary },
      };
      if (!isTable) return value;
      const names = [
        'is_active',
        'last_used_at',
        'open_assignments',
        'bound_devices',
        'activations',
        'usage_hours',
      ] as const;
      return reply(
        value,
        table(
          `user-activity-${period.from}-${period.to}`,
          ['member_id', 'username', 'email', ...names],
          items.map(({ member, ...row }) => [
            member.id,
            member.username,
            member.email,
            ...names.map((name) => row[name]),
          ]),
        ),
      );
    }),
  ];
}

/** One whose later end is on its way may have none. */
function severityOf(expiresAt: string | null, now: Date): (typeof contracts.alertSeverities)[number] {
  if (expiresAt === null) return 'notice';
  const end = new Date(expiresAt);
  if (end <= endAfterDays(now, CRITICAL_DAYS)) return 'critical';
  return end <= endAfterDays(now, WARNING_DAYS) ? 'warning' : 'notice';
}

/** Counts stop at 10,000, and what is left of a count that did cannot be told from it: it is counted on its own. */
const restOf = async (
  all: Counted,
  parts: readonly Counted[],
  count: () => Promise<Counted>,
): Promise<Counted> =>
  [all, ...parts].some(({ isEstimate }) => isEstimate)
    ? count()
    : { count: parts.reduce((left, part) => left - part.count, all.count) };

const estimateOf = (counts: readonly Counted[]): { is_estimate?: true } =>
  counts.some(({ isEstimate }) => isEstimate) ? { is_estimate: true } : {};

/** How many ends are how near. Counts are what the report costs: none is made that others answer. */
async function countSeverities(
  assignments: AssignmentRepository,
  scope: TenantScope,
  { now, days, all }: { readonly now: Date; readonly days: number; readonly all: Counted },
) {
  const between = (after: number, until: number) =>
    assignments.countEnding(scope, { after: endAfterDays(now, after), until: endAfterDays(now, until) });
  const none: Counted = { count: 0 };
  const critical = days > CRITICAL_DAYS ? await between(0, CRITICAL_DAYS) : all;
  const warning =
    days <= CRITICAL_DAYS
      ? none
      : days > WARNING_DAYS
        ? await between(CRITICAL_DAYS, WARNING_DAYS)
        : await restOf(all, [critical], () => between(CRITICAL_DAYS, days));
  const notice =
    days <= WARNING_DAYS ? none : await restOf(all, [critical, warning], () => between(WARNING_DAYS, days));
  return {
    critical: critical.count,
    warning: warning.count,
    notice: notice.count,
    ...estimateOf([critical, warning, notice]),
  };
}
