/** VIP tags across services: what they give reaches the permissions, and what was bought is proven against what was paid. */
import { execFile } from 'node:child_process';
import * as points from '@membership/contracts/endpoints/points/index';
import * as vip from '@membership/contracts/endpoints/vip/index';
import { createLogger } from '@membership/platform/log';
import { connectMongo } from '@membership/platform/mongo';
import { eventually } from '@membership/platform/testing/eventually';
import { PROJECT_DIR } from '../../../tools/stack/folders.ts';
import type { PlatformKit } from '../../platform-kit.ts';

/** Jane's: nobody else of the stories gives her anything. */
export function vipTags(platform: () => PlatformKit): void {
  let kit: PlatformKit;
  beforeAll(() => void (kit = platform()));

  test('granted, suspended, resumed, redefined, revoked: each reaches the permissions and quotas, and says how fast', async () => {
    const [admin, jane, janeId] = [
      await kit.as('admin_acme'),
      await kit.as('jane_roe'),
      await kit.idOf('jane_roe'),
    ];
    const [tag] = (await admin.ask(vip.listTags, { query: { search: 'VIP_GOLD' } })).items;
    const tagId = tag?.id as number;
    const permissions = () => jane.ask(points.getProfilePermissions, { params: { id: String(janeId) } });
    const took: string[] = [];
    /** From the answer of a step to the first answer that knows of it. The outcome counts; the time is told. */
    async function reaches(name: string, step: () => Promise<unknown>, isKnown: () => Promise<void>) {
      await step();
      const answered = performance.now();
      await eventually(isKnown, { every: 5 });
      took.push(`${name} ${Math.round(performance.now() - answered)} ms`);
    }
    const gives = async (bonus: number) => {
      const { vip_tag_permissions: tags, effective_permissions: effective } = await permissions();
      expect(Object.keys(tags)).toEqual(bonus > 0 ? ['VIP_GOLD'] : []);
      expect(effective.discount_rate).toBeCloseTo(0.05 + bonus);
      expect(effective.max_downloads_per_day).toBe(bonus > 0 ? 20 : 10);
    };
    await gives(0);
    const body = { member_id: janeId, tag_id: tagId, duration_days: 30 };
    let id = 0;
    await reaches(
      'granted',
      async () => ({ id } = await admin.ask(vip.grantTag, { body })),
      () => gives(0.1),
    );
    const params = { id: String(id) };
    await reaches(
      'suspended',
      () => admin.ask(vip.suspendUserTag, { params, body: {} }),
      () => gives(0),
    );
    await reaches(
      'resumed',
      () => admin.ask(vip.resumeUserTag, { params, body: {} }),
      () => gives(0.1),
    );
    await reaches(
      'redefined',
      () =>
        admin.ask(vip.changeTag, {
          params: { id: String(tagId) },
          body: { permission_modifiers: { discount_rate_bonus: 0.2 } },
        }),
      () => gives(0.2),
    );
    await reaches(
      'revoked',
      () => admin.ask(vip.revokeUserTag, { params, body: {} }),
      () => gives(0),
    );
    process.stdout.write(
      `     from vip's answer to points' permissions: ${took.join(', ')} (said: within a second)\n`,
    );
  });

  /** Runs `npm run verify-purchases` as an operator would: exit code and output. */
  const verifyPurchases = (...args: string[]) =>
    new Promise<[number, string]>((done) => {
      const uriOf = (service: 'vip' | 'points') => kit.services.environmentOf(service).MONGODB_URI as string;
      const env = { ...process.env, VIP_MONGODB_URI: uriOf('vip'), POINTS_MONGODB_URI: uriOf('points') };
      const options = { cwd: PROJECT_DIR, env };
      execFile(process.execPath, ['tools/verify-purchases.ts', ...args], options, (error, stdout, stderr) =>
        done([error ? Number(error.code) : 0, stdout + stderr]),
      );
    });

  test('a purchase that is paid and not granted, or granted and unpaid, is found by the command', async () => {
    const [admin, jane, janeId] = [
      await kit.as('admin_acme'),
      await kit.as('jane_roe'),
      await kit.idOf('jane_roe'),
    ];
    await admin.ask(points.earnPoints, {
      params: { id: String(janeId) },
      body: { points_amount: 1_000, category: 'manual' },
    });
    const [tag] = (await admin.ask(vip.listTags, { query: { search: 'VIP_GOLD' } })).items;
    const buy = { params: { id: String(tag?.id) }, body: { pay_with: 'points' as const } };
    const dear = await jane.ask(vip.purchaseTag, { ...buy, body: { ...buy.body, duration_days: 30 } });
    const { id } = await jane.ask(vip.purchaseTag, { ...buy, body: { ...buy.body, duration_days: 1 } });
    const isSettled = (purchase: number, status: string) =>
      eventually(async () =>
        expect(await jane.ask(vip.getPurchase, { params: { id: String(purchase) } })).toMatchObject({
          status,
        }),
      );
    await isSettled(id, 'completed');
    await isSettled(dear.id, 'failed');
    await eventually(async () =>
      expect(await verifyPurchases()).toEqual([
        0,
        '2 purchases: 1 completed, 1 failed, 0 failed and given back, 0 on their way; all adds up\n',
      ]),
    );
    expect((await jane.ask(points.getProfile, { params: { id: String(janeId) } })).total_points).toBe(670);

    const logger = createLogger({ service: 'vip', level: 'silent' });
    const databaseOf = async (service: 'vip' | 'points') =>
      (await connectMongo({ uri: kit.services.environmentOf(service).MONGODB_URI as string, logger }))
        .connection;
    // Whatever gave back what paid for it: nothing of the platform does, alone.
    const ledger = await databaseOf('points');
    try {
      const paid = { sourceType: 'vip_purchase', sourceId: id };
      await ledger.collection('records').updateOne(paid, { $set: { status: 'cancelled' } });
      const [code, found] = await verifyPurchases();
      expect([code, found]).toEqual([
        1,
        expect.stringContaining(
          `purchase ${id}: granted, and 330 of the points that paid for it were given back`,
        ),
      ]);
      await ledger.collection('records').updateOne(paid, { $set: { status: 'active' } });
    } finally {
      await ledger.close();
    }
    const connection = await databaseOf('vip');
    try {
      const write = (_id: number, $set: object) =>
        connection.collection<{ _id: number }>('purchases').updateOne({ _id }, { $set });
      const long = new Date(0);
      await write(id, { status: 'failed', settledAt: long });
      await write(dear.id, { status: 'completed', settledAt: long });
      const [code, found] = await verifyPurchases();
      expect(code).toBe(1);
      expect(found).toContain(`purchase ${id}: failed, and granted 1 times`);
      expect(found).toContain(`purchase ${id}: failed, and was paid -330`);
      expect(found).toContain(`purchase ${dear.id}: granted, and points have rejected`);
      const nobodys = await verifyPurchases('--tenant', '999', '--json');
      expect(nobodys).toEqual([2, expect.stringContaining('There is no tenant 999')]);
    } finally {
      await connection.close();
    }
    expect((await verifyPurchases('--tenant', 'x'))[0]).toBe(2);
    expect((await verifyPurchases('--help'))[0]).toBe(0);
  });
}
