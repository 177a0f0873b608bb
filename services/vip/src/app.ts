/** Wires the vip service: the only file that knows every area. */
import { Directory } from '@membership/platform/directory';
import { keyOf } from '@membership/platform/http/context';
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
      ['outcome', 'reason'],
    ),
    steps: metrics.counter(
      'membership_vip_steps_total',
      'Tags granted, renewed, suspended, resumed, revoked, in grace, expired',
      ['action'],
    ),
    graceDays: settings.VIP_GRACE_DAYS,
    directory,
    ids,
  };
  return {
    implementations: [
      ...tagRoutes(stores),
      ...userTagRoutes(stores),
      ...overviewRoutes(stores),
      ...purchaseRoutes(stores),
    ],
    subscriptions: subscriptions(stores),
    authenticate: trustGateway(keyOf(settings.INTERNAL_KEY), service),
    async start() {
      const clock = scheduleJob({
        connection,
        logger,
        metrics,
        name: 'vip-clock',
        every: settings.VIP_CLOCK_SECONDS * 1_000,
        run: (context) => runClock({ ...stores, transactions, logger }, context),
      });
      const timeout = scheduleJob({
        connection,
        logger,
        metrics,
        name: 'vip-purchase-timeout',
        every: settings.VIP_CLOCK_SECONDS * 1_000,
        run: (context) => timeOutPurchases({ ...stores, transactions, logger }, context),
      });
      return async () => {
        await Promise.all([clock.stop(), timeout.stop()]);
      };
    },
  };
}
