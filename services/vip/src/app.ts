/** Wires the vip service: the only file that knows every area. */
import { Directory } from '@membership/platform/directory';
import { trustGateway } from '@membership/platform/http/trust-gateway';
import { scheduleJob } from '@membership/platform/job';
import type { ServiceContext, ServiceParts } from '@membership/platform/service';
import type { VipSettings } from './config.ts';
import { HoldingCensus } from './holdings/census-repository.ts';
import { overviewRoutes } from './holdings/overview.routes.ts';
import { runClock } from './holdings/run-clock.ts';
import { UserTagRepository } from './holdings/user-tag-repository.ts';
import { userTagRoutes } from './holdings/user-tags.routes.ts';
import { modelsOf } from './models.ts';
import { PointsRateRepository } from './purchases/points-rate-repository.ts';
import { PurchaseRepository } from './purchases/purchase-repository.ts';
import { purchaseRoutes } from './purchases/purchases.routes.ts';
import { renewDueTags } from './purchases/renew-due-tags.ts';
import { runDue } from './purchases/run-due.ts';
import { timeOutPurchases } from './purchases/settle-purchase.ts';
import { subscriptions } from './subscriptions.ts';
import { TagRepository } from './tags/tag-repository.ts';
import { tagRoutes } from './tags/tags.routes.ts';

export function build({
  service,
  settings,
  logger,
  metrics,
  connection,
  transactions,
  ids,
  secret,
}: ServiceContext<VipSettings>): ServiceParts {
  const models = modelsOf(connection);
  const directory = new Directory({ connection, gatewayUrl: settings.GATEWAY_INTERNAL_URL, service, logger });
  const stores = {
    tags: new TagRepository(models.tags),
    userTags: new UserTagRepository(models.userTags, models.history),
    census: new HoldingCensus(models.userTags),
    pointsRates: new PointsRateRepository(models.pointsRates),
    purchases: new PurchaseRepository(models.purchases),
    purchaseTimeoutMs: settings.VIP_PURCHASE_TIMEOUT_SECONDS * 1_000,
    settled: metrics.counter(
      'membership_vip_purchases_total',
      'Purchases of tags that were completed or failed, and why they failed',
      ['outcome', 'reason', 'origin'],
    ),
    steps: metrics.counter(
      'membership_vip_steps_total',
      'Tags granted, renewed, suspended, resumed, revoked, in grace, expired',
      ['action'],
    ),
    graceDays: settings.VIP_GRACE_DAYS,
    renewalLeadMs: settings.VIP_RENEWAL_HOURS * 3_600_000,
    directory,
    ids,
  };
  const due = { ...stores, transactions, logger };
  const { userTags, purchases } = stores;
  const jobs = {
    'vip-clock': { run: runClock, waiting: () => userTags.due(new Date(), 1) },
    'vip-purchase-timeout': { run: timeOutPurchases, waiting: () => purchases.overdue(new Date(), 1) },
    'vip-renewal': {
      run: renewDueTags,
      waiting: async () =>
        userTags.dueForRenewal(new Date(), 1, { without: await directory.suspendedTenantIds() }),
    },
  };
  return {
    implementations: [
      ...tagRoutes(stores),
      ...userTagRoutes(stores),
      ...overviewRoutes({ ...stores, runDue: (scope) => runDue(due, scope) }),
      ...purchaseRoutes(stores),
    ],
    subscriptions: subscriptions(stores),
    authenticate: trustGateway(secret('INTERNAL_KEY'), service),
    async start() {
      const every = settings.VIP_CLOCK_SECONDS * 1_000;
      const scheduled = Object.entries(jobs).map(([name, { run, waiting }]) =>
        scheduleJob({
          ...{ connection, logger, metrics, name, every, waiting },
          run: (context) => run(due, context),
        }),
      );
      return async () => {
        await Promise.all(scheduled.map((job) => job.stop()));
      };
    },
  };
}
