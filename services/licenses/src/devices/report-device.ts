import { Refusal } from '@membership/contracts/errors';
import { licenseUsageReported } from '@membership/contracts/events/licenses';
import { GroupCommit, type Item } from '@membership/platform/group-commit';
import type { Metrics } from '@membership/platform/metrics';
import type { TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import type { Connection } from 'mongoose';
import type { Report, ReportCommand } from './device-report.ts';
import type { ReportStore } from './report-store.ts';

type Options = {
  readonly connection: Connection;
  readonly transactions: Transactions;
  readonly metrics: Metrics;
  readonly store: ReportStore;
};

/** Heartbeats and usage: those that wait at the same moment share one transaction. Refusals: see ReportBatch.decide. */
export class DeviceReports extends GroupCommit<ReportCommand, Report> {
  constructor({ connection, transactions, metrics, store }: Options) {
    super({
      name: 'device-reports',
      connection,
      transactions,
      metrics,
      decide: (items, unit) => reportAll(store, items, unit),
    });
  }
}

async function reportAll(
  store: ReportStore,
  items: readonly Item<ReportCommand>[],
  unit: UnitOfWork,
): Promise<(Report | Refusal)[]> {
  const batch = await store.read(items, unit.session);
  const results = items.map(({ scope, command }) => {
    const decided = batch.decide(scope.tenantId, command);
    if (!(decided instanceof Refusal)) announceUsage(scope, decided, unit);
    return decided;
  });
  await store.write(batch, unit.session);
  return results;
}

function announceUsage(
  scope: TenantScope,
  { assignment, device, interval, addedSeconds }: Report,
  unit: UnitOfWork,
): void {
  if (!interval || addedSeconds === 0) return;
  const { _id: assignmentId, licenseId, memberId, productId, planId, usedSeconds, sequence } = assignment;
  unit.announce(scope, licenseUsageReported, {
    subject: assignmentId,
    sequence,
    data: {
      assignmentId,
      licenseId,
      memberId,
      productId,
      planId,
      deviceId: device.deviceId,
      startedAt: interval.startedAt.toISOString(),
      endedAt: interval.endedAt.toISOString(),
      addedSeconds,
      usedSeconds,
    },
  });
}
