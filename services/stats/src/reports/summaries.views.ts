/** How the summaries of tags, licences and applications look to a client. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type {
  getApplicationStatistics,
  getLicenseStatistics,
  getVipStatistics,
} from '@membership/contracts/endpoints/stats/index';
import type { ChurnRow } from './churn.ts';
import { percentageOf } from './proportions.ts';
import { daysView, instantOf } from './reports.views.ts';
import type { ApplicationSummary, Happened, LicenseSummary, Used, VipSummary } from './summaries.ts';

type Sums = Readonly<Record<string, number>>;
/** These of the sums, zero where there is none. */
const pick = <Name extends string>(sums: Sums, names: readonly Name[], prefix = ''): Record<Name, number> =>
  Object.fromEntries(names.map((name) => [name, sums[prefix + name] ?? 0])) as Record<Name, number>;
const headView = ({ asOf, current }: { asOf: Date | null; current: Happened }) => ({
  as_of: instantOf(asOf),
  tz: current.period.zone,
  ...daysView(current.period),
});

const TAG_STATUSES = ['active', 'grace', 'suspended', 'expired', 'revoked'] as const;
const TAG_STEPS = ['granted', 'renewed', 'suspended', 'resumed', 'expired', 'revoked'] as const;
const FAILED = 'failed.';

function purchasesView(sums: Sums) {
  const reasons = Object.entries(sums)
    .filter(([name, purchases]) => name.startsWith(FAILED) && purchases > 0)
    .map(([name, purchases]) => ({ reason: name.slice(FAILED.length), purchases }))
    .sort((left, right) => right.purchases - left.purchases || left.reason.localeCompare(right.reason));
  return {
    ...pick(sums, ['asked', 'completed', 'points']),
    asked_by_renewal: sums['renewals'] ?? 0,
    failed: reasons.reduce((all, { purchases }) => all + purchases, 0),
    failed_by_reason: reasons,
  };
}
const churnView = ({ month, heldAtStart, gained, lost, heldAtEnd }: ChurnRow) => ({
  ...{ month, held_at_start: heldAtStart, gained, lost, held_at_end: heldAtEnd },
  churn_percent: heldAtStart > 0 ? percentageOf(lost, heldAtStart) : null,
});

export const vipSummaryView = (summary: VipSummary): ItemOf<typeof getVipStatistics> => ({
  ...headView(summary),
  vip_members: summary.vipMembers,
  auto_renewing: summary.now['autoRenewing'] ?? 0,
  by_status: pick(summary.now, TAG_STATUSES),
  ...pick(summary.current.all, TAG_STEPS),
  purchases: purchasesView(summary.purchases),
  churn: summary.churn.map(churnView),
  tags: summary.tags.map(({ id, name, code, isRetired, now, steps, stepsBefore, churn, churnBefore }) => ({
    ...{ tag_id: id, tag_name: name, tag_code: code, is_retired: isRetired },
    auto_renewing: now['autoRenewing'] ?? 0,
    by_status: pick(now, TAG_STATUSES),
    ...pick(steps, TAG_STEPS),
    churn: churn.map(churnView),
    ...(stepsBefore
      ? { previous: { ...pick(stepsBefore, TAG_STEPS), churn: churnBefore.map(churnView) } }
      : {}),
  })),
  ...(summary.previous
    ? {
        previous: {
          ...daysView(summary.previous.period),
          ...pick(summary.previous.all, TAG_STEPS),
          purchases: purchasesView(summary.purchasesBefore ?? {}),
          churn: summary.churnBefore.map(churnView),
        },
      }
    : {}),
});

const LICENSES = ['active', 'revoked', 'expired'] as const;
const ASSIGNMENTS = ['assigned', 'active', 'suspended', 'revoked', 'expired'] as const;
const total = (counts: Sums): number => Object.values(counts).reduce((sum, one) => sum + one, 0);

function licensesNow(now: Sums, used: Used) {
  const licenses = pick(now, LICENSES, 'licenses.');
  const assignments = pick(now, ASSIGNMENTS, 'assignments.');
  return {
    licenses,
    assignments,
    funnel: {
      ...{ issued: total(licenses), seats: now['seats'] ?? 0, assigned: total(assignments) },
      ...{ activated: now['activated'] ?? 0, used_in_30_days: used.month, used_in_7_days: used.week },
    },
  };
}
const licensesInPeriod = (steps: Sums) => ({
  ...pick(steps, ['issued', 'assigned', 'activated', 'revoked', 'expired']),
  usage_hours: Math.round((steps['usedSeconds'] ?? 0) / 36) / 100,
});

export const licenseSummaryView = (summary: LicenseSummary): ItemOf<typeof getLicenseStatistics> => ({
  ...headView(summary),
  ...licensesNow(summary.now, summary.used),
  period: licensesInPeriod(summary.current.all),
  plans: summary.plans.map(({ id, name, product, now, used, steps, stepsBefore }) => ({
    ...{ product_id: product.id, product_name: product.name, plan_id: id, plan_name: name },
    ...licensesNow(now, used),
    period: licensesInPeriod(steps),
    ...(stepsBefore ? { previous: { period: licensesInPeriod(stepsBefore) } } : {}),
  })),
  ...(summary.previous
    ? { previous: { ...daysView(summary.previous.period), period: licensesInPeriod(summary.previous.all) } }
    : {}),
});

const APPLICATIONS = [
  'development',
  'testing',
  'active',
  'maintenance',
  'deprecated',
  'archived',
  'inactive',
] as const;
const ofArticles = (now: Sums): number =>
  Object.entries(now).reduce((sum, [name, many]) => sum + (name.startsWith('articles.') ? many : 0), 0);
const applicationNow = (now: Sums) => ({
  articles: ofArticles(now),
  published_articles: now['articles.published'] ?? 0,
  open_feedback: now['feedback.open'] ?? 0,
  closed_feedback: now['feedback.closed'] ?? 0,
  licenses: now['licenses.active'] ?? 0,
  active_assignments: now['assignments.active'] ?? 0,
});
const applicationPeriod = (steps: Sums) => ({
  articles_written: steps['articles'] ?? 0,
  feedback_opened: steps['feedback_opened'] ?? 0,
  feedback_closed: steps['feedback_closed'] ?? 0,
});

export function applicationSummaryView(summary: ApplicationSummary): ItemOf<typeof getApplicationStatistics> {
  const statuses: Record<string, number> = {};
  for (const { status } of summary.applications) statuses[status] = (statuses[status] ?? 0) + 1;
  return {
    ...headView(summary),
    total: summary.applications.length,
    by_status: pick(statuses, APPLICATIONS),
    ...applicationNow(summary.now),
    period: applicationPeriod(summary.current.all),
    applications: summary.applications.map(({ id, name, code, status, now, steps, stepsBefore }) => ({
      ...{ application_id: id, name, code, status },
      ...applicationNow(now),
      period: applicationPeriod(steps),
      ...(stepsBefore ? { previous: { period: applicationPeriod(stepsBefore) } } : {}),
    })),
    ...(summary.previous
      ? {
          previous: { ...daysView(summary.previous.period), period: applicationPeriod(summary.previous.all) },
        }
      : {}),
  };
}
