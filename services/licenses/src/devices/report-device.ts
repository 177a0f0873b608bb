import { Refusal } from '@membership/contracts/errors';
import { licenseUsageReported } from '@membership/contracts/events/licenses';
import { GroupCommit, type Item } from '@membership/platform/group-commit';
import type { Metrics } from '@membership/platform/metrics';
import type { TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import type { Connection } from 'mongoose';
import { TallySheet } from '../domain/tally.ts';
import type { Tallies } from '../storage/tallies.ts';
import { cutByDay } from '../tenant-day.ts';
import type { Report, ReportCommand } from './device-report.ts';
import type { ReportStore } from './report-store.ts';

type Options = {
  readonly connection: Connection;
  readonly transactions: Transactions;
  readonly metrics: Metrics;
  readonly store: ReportStore;
  readonly tallies: Tallies;
};

/** Heartbeats and usage: those that wait at the same moment share one transaction. Refusals: see ReportBatch.decide. */
export class DeviceReports extends GroupCommit<ReportCommand, Report> {
  constructor({ connection, transactions, metrics, store, tallies }: Options) {
    super({
      name: 'device-reports',
      connection,
      transactions,
      metrics,
      keysOf: ({ assignmentId }) => [assignmentId],
      decide: (items, unit) => reportAll({ store, tallies }, items, unit),
    });
  }
}

async function reportAll(
  { store, tallies }: Pick<Options, 'store' | 'tallies'>,
  items: readonly Item<ReportCommand>[],
  unit: UnitOfWork,
): Promise<(Report | Refusal)[]> {
  const batch = await store.read(items, unit.session);
  const results: (Report | Refusal)[] = [];
  const sheet = new TallySheet();
  for (const { scope, command } of items) {
    const decided = batch.decide(scope.tenantId, command);
    results.push(decided);
    if (decided instanceof Refusal) continue;
    announceUsage(scope, decided, unit);
    const zone = await tallies.zoneOf(scope);
    const { assignment, added } = decided;
    const parts = added.flatMap((span) => cutByDay(span, zone));
    sheet.add(assignment, {}, { day: '', at: command.now, isUse: true });
    for (const { day, seconds } of parts)
      sheet.add(assignment, { usedSeconds: seconds }, { day, at: command.now });
  }
  await store.write(batch, unit.session);
  await tallies.write(sheet, unit.session);
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
