/** A tenant that is erased leaves nothing in any database of the platform, and nobody else's is touched. */
import * as applications from '@membership/contracts/endpoints/applications/index';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import * as licensing from '@membership/contracts/endpoints/licenses/index';
import { earnPoints, getProfile } from '@membership/contracts/endpoints/points/index';
import { getStatsOverview, listEvents } from '@membership/contracts/endpoints/stats/index';
import { grantTag, listTags } from '@membership/contracts/endpoints/vip/index';
import { createLogger } from '@membership/platform/log';
import { connectMongo } from '@membership/platform/mongo';
import { eventually } from '@membership/platform/testing/eventually';
import { verifyStatistics, type Books } from '../../../tools/verify-statistics/verify-statistics.ts';
import type { PlatformKit } from '../../platform-kit.ts';

const SERVICES = ['gateway', 'points', 'vip', 'licenses', 'applications', 'stats'] as const;
/** Where what was announced, taken in or done in turn is kept for a while, whoever's it was. */
const PASSING = ['outbox', 'inbox', 'turns', 'erased_tenants'];
/** Ends of chains are kept by their tenants; that there was a tenant stays known, under the name that the erasure gave. */
const TENANT_IN: Readonly<Record<string, string>> = { audit_ends: '_id', directory_tenants: 'nobody' };
/** The jobs look once a minute. */
const SOON = { milliseconds: 150_000, every: 2_000 };
/** With the story before it, on a slow machine. */
const PATIENCE_MS = 400_000;

type Left = { readonly rows: Record<string, number>; readonly names: string[] };

/** What all databases hold of a tenant: rows by collection, and collections in which its name stands. */
async function leftOf(kit: PlatformKit, tenantId: number, name: string): Promise<Left> {
  const left: Left = { rows: {}, names: [] };
  for (const service of SERVICES) {
    const logger = createLogger({ service, level: 'silent' });
    const { connection } = await connectMongo({ uri: kit.databaseUri(service), logger, poolSize: 2 });
    try {
      for (const { name: collection } of (await connection.db?.listCollections().toArray()) ?? []) {
        if (collection.startsWith('system.') || PASSING.includes(collection)) continue;
        const where = `${service}.${collection}`;
        const all = await connection.collection(collection).find().toArray();
        const idName = TENANT_IN[collection] ?? 'tenantId';
        const own = all.filter((row) => row[idName] === tenantId).length;
        if (own > 0) left.rows[where] = own;
        if (all.some((row) => JSON.stringify(row).toLowerCase().includes(name))) left.names.push(where);
      }
    } finally {
      await connection.close();
    }
  }
  return left;
}

/** What `npm run verify-statistics` says of a tenant. */
async function faultsOf(kit: PlatformKit, tenantId: number): Promise<string[]> {
  const open = await Promise.all(
    SERVICES.map(async (service) => {
      const logger = createLogger({ service, level: 'silent' });
      const { connection } = await connectMongo({ uri: kit.databaseUri(service), logger, poolSize: 2 });
      return [service, connection] as const;
    }),
  );
  const faults: string[] = [];
  const onFault = ({ figure, found }: { figure: string; found: string }) =>
    void faults.push(`${figure}: ${found}`);
  await verifyStatistics(Object.fromEntries(open) as Books, { tenantId, betweenLooksMs: 20, onFault });
  for (const [, connection] of open) await connection.close();
  return faults;
}

/** Nothing of ACME is there afterwards: the last of the stories. */
export function tenantErasure(platform: () => PlatformKit): void {
  test(
    'in all six services, the audit trail among them; the other tenant goes on',
    async () => {
      const kit = platform();
      const [admin, john, other] = [
        await kit.as('admin_acme'),
        await kit.idOf('john_doe'),
        await kit.as('admin_globex'),
      ];
      const { tenant: acme } = await admin.ask(identity.me, {});
      const { tenant: globex } = await other.ask(identity.me, {});
      if (!acme || !globex) throw new Error('the demo tenants are missing');
      const [assignment] = await kit.assignToJohn(1);
      await (await kit.as('john_doe')).ask(licensing.activateLicense, {
        params: { assignment_id: String(assignment) },
        body: { device_info: { device_id: 'ACME-PC', device_name: 'acme workstation' } },
      });
      const [tag] = (await admin.ask(listTags, {})).items;
      await admin.ask(grantTag, { body: { member_id: john, tag_id: tag?.id as number } });
      await admin.ask(applications.createApplication, { body: { name: 'ACME App', code: 'ACME-APP' } });
      await admin.ask(earnPoints, {
        params: { id: String(john) },
        body: { points_amount: 5, category: 'manual' },
      });
      await eventually(async () => {
        expect((await admin.ask(getStatsOverview, {})).members.total).toBeGreaterThan(0);
        expect(
          (await admin.ask(listEvents, { query: { type: 'application.created.v1' } })).results.length,
        ).toBeGreaterThan(0);
      });
      const before = await leftOf(kit, acme.id, 'acme');
      const services = new Set(Object.keys(before.rows).map((where) => where.split('.')[0]));
      expect(services).toEqual(new Set(SERVICES));
      const others = await leftOf(kit, globex.id, 'globex');

      const root = await kit.as('root');
      const params = { id: String(acme.id) };
      await root.ask(identity.suspendTenant, { params, body: {} });
      await root.ask(identity.eraseTenant, { params, body: { code: 'acme' } });
      await eventually(
        async () => expect(await leftOf(kit, acme.id, 'acme')).toEqual({ rows: {}, names: [] }),
        SOON,
      );
      expect(await faultsOf(kit, acme.id)).toEqual([]);
      const after = await leftOf(kit, globex.id, 'globex');
      expect(Object.keys(after.rows)).toEqual(expect.arrayContaining(Object.keys(others.rows)));
      const { user } = await other.ask(identity.me, {});
      await other.ask(earnPoints, {
        params: { id: String(user.id) },
        body: { points_amount: 7, category: 'manual' },
      });
      expect((await other.ask(getProfile, { params: { id: String(user.id) } })).total_points).toBe(7);
    },
    PATIENCE_MS,
  );
}
