/** What the tests of the ledger share: a service with tenants and members, requests in the domain's words, and the audit. */
import * as points from '@membership/contracts/endpoints/points/index';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { startServiceKit, type Caller, type ServiceKit } from '@membership/platform/testing/service-kit';
import { pointsService } from '../src/app.ts';
import type { Fault } from '../src/ledger/audit.ts';
import { verifyLedger } from '../src/ledger/verify-ledger.ts';
import { storedLots } from './stored-lots.ts';

export type LedgerKit = Awaited<ReturnType<typeof startLedgerKit>>;

/** The points service with tenant 1 (ACME Corp) and tenant 2 (Globex). */
export async function startLedgerKit(environment: Record<string, string> = {}) {
  await clearOfMidnight('Asia/Shanghai');
  const kit: ServiceKit = await startServiceKit(pointsService, { EXPIRY_JOB_SECONDS: '1', ...environment });
  await kit.aTenant({ tenantId: 1, name: 'ACME Corp' });
  await kit.aTenant({ tenantId: 2, name: 'Globex' });
  let names = 0;
  const as = (caller: Caller = { role: 'internal' }) => kit.as(caller);
  const params = (id: number) => ({ id: String(id) });
  return {
    kit,
    as,
    admin: () => kit.as({ role: 'admin' }),
    stop: () => kit.stop(),
    aMember: (tenantId = 1) => kit.aMember({ tenantId, username: `john_${++names}_${Date.now()}` }),
    earn: (member: number, amount: number, more: Record<string, unknown> = {}) =>
      as().call(points.earnPoints, {
        params: params(member),
        body: { points_amount: amount, category: 'license', ...more },
      }),
    spend: (member: number, amount: number, more: Record<string, unknown> = {}) =>
      as().call(points.spendPoints, {
        params: params(member),
        body: { points_amount: amount, category: 'vip_upgrade', ...more },
      }),
    hold: (member: number, amount: number, more: Record<string, unknown> = {}) =>
      as().call(points.placeHold, {
        params: params(member),
        body: { points_amount: amount, category: 'feature_unlock', ...more },
      }),
    capture: (hold: number, amount?: number) =>
      as().call(points.captureHold, {
        params: params(hold),
        body: amount === undefined ? {} : { points_amount: amount },
      }),
    release: (hold: number) => as().call(points.releaseHold, { params: params(hold) }),
    cancel: (record: number, reason = '更正') =>
      kit.as({ role: 'admin' }).call(points.cancelPointsRecord, { params: params(record), body: { reason } }),
    transfer: (from: number, to: number, amount: number) =>
      kit.as({ userId: from }).call(points.transferPoints, {
        params: params(from),
        body: { to_member: to, points_amount: amount },
      }),
    profile: (member: number) => as().ask(points.getProfile, { params: params(member) }),
    records: async (member: number) =>
      (
        await kit
          .as({ role: 'admin' })
          .ask(points.listPointsRecords, { query: { member: String(member), page_size: '100' } })
      ).items,
    settings: (body: Record<string, unknown>) =>
      kit.as({ role: 'admin' }).ask(points.updatePointsSettings, { body }),
    /** Lots of a member, wherever they are stored. */
    lots: (member: number) => storedLots(kit.connection, member),
    /** Lets the lot that this record made, or this hold, end now: what happened before was in time. */
    async endNow(member: number, what: { lot?: number; hold?: number }) {
      const by = (name: string) => kit.connection.collection<{ _id: number }>(name);
      // At once, as the ledger itself would: who moves points meanwhile sees all of it or nothing.
      await kit.connection.transaction(async (session) => {
        const past = new Date();
        const lot = { _id: what.lot ?? 0 };
        await by('lots').updateOne(lot, { $set: { endsAt: past } }, { session });
        await by('records').updateOne(
          { ...lot, lot: { $exists: true } },
          { $set: { 'lot.endsAt': past } },
          { session },
        );
        if (what.hold !== undefined)
          await by('holds').updateOne({ _id: what.hold }, { $set: { expiresAt: past } }, { session });
        // Two at once end at two times: the earlier one is the one that is due.
        const nextExpiryAt = { $min: ['$nextExpiryAt', past] };
        // Written to in any case: an update that changes nothing meets nobody who writes at the same moment.
        await by('profiles').updateOne({ _id: member }, [{ $set: { nextExpiryAt, updatedAt: past } }], {
          session,
        });
      });
    },
    /** What does not add up in the whole ledger, or in these profiles. */
    async faults(tenantId?: number, profileIds?: readonly number[]) {
      const found: Fault[] = [];
      await verifyLedger(kit.connection, { tenantId, profileIds, onFault: (fault) => found.push(fault) });
      return found;
    },
  };
}
