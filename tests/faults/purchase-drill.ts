/** What the drills of purchases share: who buys, what is killed, and what must be true in the end. */
import * as points from '@membership/contracts/endpoints/points/index';
import * as vip from '@membership/contracts/endpoints/vip/index';
import type { Client } from '@membership/contracts/client';
import { createLogger } from '@membership/platform/log';
import { connectMongo } from '@membership/platform/mongo';
import { eventually } from '@membership/platform/testing/eventually';
import {
  verifyPurchases,
  type Books,
  type Fault,
  type Verified,
} from '../../tools/verify-purchases/verify-purchases.ts';
import { startPlatformKit, type PlatformKit } from '../platform-kit.ts';

export const DAY = 24 * 3_600_000;
export const START_POINTS = 1_000_000;
/** What a drill kills. */
export const TARGETS = ['vip', 'points', 'broker'] as const;
export type Target = (typeof TARGETS)[number];
/** Long enough for whatever is down to come back. */
const PATIENT = { milliseconds: 120_000, every: 250 };

export type PurchaseDrill = {
  readonly kit: PlatformKit;
  readonly john: Client;
  readonly admin: Client;
  readonly johnId: number;
  readonly books: Books;
  /** A tag that costs a point and more a day, without a limit. */
  aTag(code: string): Promise<number>;
  /** Kills it with -9 and brings it back; the broker is away for so long. */
  kill(target: Target, downMs?: number): Promise<void>;
  /** Lets the timeout fail purchases that are still requested, as if they had waited long enough. */
  timeIsOver(ids: readonly number[]): Promise<void>;
  /** Waits until a purchase stands so. */
  becomes(purchaseId: number, status: string): Promise<void>;
  /** Waits until every purchase is granted and paid, or neither. */
  areWhole(): Promise<Verified>;
  /** Waits until every purchase is whole, checks the books, and says what it found. */
  verify(title: string): Promise<Verified>;
  /** With the three verify commands over all that was done. */
  stop(): Promise<void>;
};

/** Starts the platform with a broker of its own; John has a million points. */
export async function startPurchaseDrill(settings: Record<string, string>): Promise<PurchaseDrill> {
  const kit = await startPlatformKit({ ownBroker: true, environment: { vip: settings } });
  try {
    return await drillOf(kit);
  } catch (error) {
    await kit.stop();
    throw error;
  }
}

async function drillOf(kit: PlatformKit): Promise<PurchaseDrill> {
  const [john, admin, johnId] = [
    await kit.as('john_doe'),
    await kit.as('admin_acme'),
    await kit.idOf('john_doe'),
  ];
  const books = { vip: await databaseOf(kit, 'vip'), points: await databaseOf(kit, 'points') };
  await admin.ask(points.earnPoints, {
    params: { id: String(johnId) },
    body: { points_amount: START_POINTS, category: 'manual' },
  });
  return {
    kit,
    john,
    admin,
    johnId,
    books,
    async aTag(code) {
      const { id } = await admin.ask(vip.defineTag, {
        body: {
          tag_name: code,
          tag_code: code,
          price_config: { monthly_price: 99 },
          default_duration_days: 30,
        },
      });
      return id;
    },
    async kill(target, downMs = 0) {
      if (target === 'broker') {
        const { restartBroker } = kit.infrastructure;
        if (!restartBroker) throw new Error('this drill needs a broker of its own');
        await restartBroker({ signal: 'SIGKILL', downMs });
        return;
      }
      await kit.services.kill(target, 'SIGKILL');
      await kit.services.restart(target);
    },
    async timeIsOver(ids) {
      await books.vip
        .collection<{ _id: number }>('purchases')
        .updateMany({ _id: { $in: [...ids] }, status: 'requested' }, { $set: { dueAt: new Date(0) } });
    },
    becomes: (purchaseId, status) =>
      eventually(async () => {
        const purchase = await john.ask(vip.getPurchase, { params: { id: String(purchaseId) } });
        expect(purchase).toMatchObject({ id: purchaseId, status });
      }, PATIENT),
    areWhole: () => areWhole(books),
    verify: (title) => verify({ kit, john, admin, johnId, books }, title),
    async stop() {
      await Promise.all([books.vip.close(), books.points.close()]);
      await kit.proveAndStop();
    },
  };
}

async function databaseOf(kit: PlatformKit, service: 'vip' | 'points') {
  const uri = kit.services.environmentOf(service).MONGODB_URI as string;
  const logger = createLogger({ service, level: 'silent' });
  return (await connectMongo({ uri, logger, poolSize: 2 })).connection;
}

const areWhole = (books: Books): Promise<Verified> =>
  eventually(async () => {
    const faults: Fault[] = [];
    const found = await verifyPurchases(books, { lateMs: 0, onFault: (fault) => faults.push(fault) });
    expect([faults, found.requested]).toEqual([[], 0]);
    return found;
  }, PATIENT);

async function verify(
  { kit, john, admin, johnId, books }: Pick<PurchaseDrill, 'kit' | 'john' | 'admin' | 'johnId' | 'books'>,
  title: string,
): Promise<Verified> {
  const verified = await areWhole(books);
  const spent = await sumOf(books, { memberId: johnId, status: 'completed' });
  expect(await john.ask(points.getProfile, { params: { id: String(johnId) } })).toMatchObject({
    total_points: START_POINTS - spent,
    available_points: START_POINTS - spent,
    frozen_points: 0,
  });
  const open = { params: { id: String(johnId) }, query: { status: 'held' as const } };
  expect((await admin.ask(points.listHolds, open)).count).toBe(0);
  // Nothing was given up on the way: what is parked would be a step that nobody takes any more.
  for (const service of ['vip', 'points'] as const)
    await eventually(async () => {
      const metrics = await (await fetch(kit.services.metricsUrls[service])).text();
      expect(Number(/^membership_dead_letters\S* (\d+)/m.exec(metrics)?.[1] ?? 0)).toBe(0);
    }, PATIENT);
  const { purchases, completed, failed, compensated } = verified;
  process.stdout.write(
    `     ${title}: ${purchases} purchases, ${completed} completed, ${failed} failed with nothing frozen, ${compensated} failed and given back\n` +
      `       held: granted and paid once each, or neither; no hold outlives its purchase; nothing parked; ${spent} points spent of ${START_POINTS}, none frozen\n`,
  );
  return verified;
}

async function sumOf({ vip: database }: Books, query: object): Promise<number> {
  const found = await database.collection<{ points: number }>('purchases').find(query).toArray();
  return found.reduce((sum, { points: price }) => sum + price, 0);
}
