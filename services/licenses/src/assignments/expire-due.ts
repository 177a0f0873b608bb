import { licenseExpired } from '@membership/contracts/events/licenses';
import { scopeOfJob } from '@membership/platform/scope';
import type { Transactions } from '@membership/platform/transaction';
import { announceLicense } from '../licenses/announce-license.ts';
import { licenseStatusAt, type License } from '../licenses/license.ts';
import { endAssignments, type EndStores } from './end-assignments.ts';

type JobStores = EndStores & { readonly transactions: Transactions };
const BATCH = 200;

/**
 * Writes what has reached its end: assignments and licences past theirs, and what a revoked licence left open. One batch
 * of each; returns how many it did. Doing it twice, or in two processes, does it once.
 */
export async function expireDue(stores: JobStores, run: string, now: Date): Promise<number> {
  return (
    (await expireAssignments(stores, run, now)) +
    (await expireLicenses(stores, run, now)) +
    (await finishRevocations(stores, run, now))
  );
}

async function expireAssignments(stores: JobStores, run: string, now: Date): Promise<number> {
  const due = await stores.assignments.findDue(now, BATCH);
  for (const [tenantId, rows] of Map.groupBy(due, (row) => row.tenantId)) {
    const scope = scopeOfJob(tenantId, 'licenses', run);
    await stores.transactions.run(async (unit) => {
      const open = await stores.assignments.findEnded(
        scope,
        rows.map(({ _id }) => _id),
        now,
        unit.session,
      );
      await endAssignments(stores, scope, open, { status: 'expired', reason: null, now }, unit);
    });
  }
  return due.length;
}

async function expireLicenses(
  { licenses, names, transactions }: JobStores,
  run: string,
  now: Date,
): Promise<number> {
  const due = await licenses.findDue(now, BATCH);
  for (const [tenantId, rows] of Map.groupBy(due, (row) => row.tenantId)) {
    const scope = scopeOfJob(tenantId, 'licenses', run);
    await transactions.run(async (unit) => {
      const fresh = await licenses.byId(
        scope,
        rows.map(({ _id }) => _id),
        unit.session,
      );
      for (const license of fresh.values()) {
        if (license.status !== 'active' || licenseStatusAt(license, now) !== 'expired') continue;
        const expired: License = {
          ...license,
          status: 'expired',
          sequence: license.sequence + 1,
          updatedAt: now,
        };
        await licenses.save(scope, expired, unit.session);
        await announceLicense(names, scope, licenseExpired, expired, unit);
      }
    });
  }
  return due.length;
}

async function finishRevocations(stores: JobStores, run: string, now: Date): Promise<number> {
  const unfinished = await stores.licenses.findUnfinished(BATCH);
  for (const { _id, tenantId, revokeReason } of unfinished) {
    const scope = scopeOfJob(tenantId, 'licenses', run);
    await stores.transactions.run(async (unit) => {
      const open = await stores.assignments.findOpenOf(scope, _id, BATCH, unit.session);
      await endAssignments(stores, scope, open, { status: 'revoked', reason: revokeReason, now }, unit);
    });
  }
  return unfinished.length;
}
