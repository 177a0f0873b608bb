/** Tags and purchases that cannot be settled, due before all others: they hold up no other, and it is said that something is left. */
import * as contracts from '@membership/contracts/endpoints/vip/index';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { vipService } from '../src/service.ts';
import { aTag, aTenantOf, grantTo, letPass } from './builders.ts';
import { purchaseOf, settled } from './purchase-steps.ts';
import { holding, runDue } from './renewing-tags.ts';

/** A hundred transactions that fail. */
const LONG = { milliseconds: 120_000 };
type Row = { _id: number; [field: string]: unknown };

const ended = (kit: ServiceKit, job: string, outcome: 'done' | 'failed') =>
  eventually(
    async () =>
      expect(await kit.metrics()).toMatch(new RegExp(`job_runs_total\\{job="${job}",outcome="${outcome}"`)),
    LONG,
  );

/** Stores some like this one, each with something that cannot be. */
async function brokenLike(kit: ServiceKit, name: string, id: number, { count }: { readonly count: number }) {
  const rows = kit.connection.collection<Row>(name);
  const sound = await rows.findOne({ _id: id });
  const ids = Array.from({ length: count }, (_, index) => 10_000_000 + id * 1_000 + index);
  const past = new Date(0);
  const over = { dueAt: past, expiresAt: past, graceEndsAt: past };
  const broken = { ...over, tagId: 10_000_000, points: 'many' };
  await rows.insertMany(ids.map((one) => ({ ...sound, ...broken, _id: one, memberId: one })));
  const these = { _id: { $in: ids } };
  return {
    untouched: () => rows.countDocuments({ ...these, status: sound?.status }),
    remove: () => rows.deleteMany(these),
  };
}

/** A tag whose time has come, behind broken ones. */
async function aTagBehind(kit: ServiceKit, count: number) {
  const tenant = await aTenantOf(kit);
  const { id } = await grantTo(tenant.admin, tenant.john, (await aTag(tenant.admin)).id);
  const broken = await brokenLike(kit, 'user_tags', id, { count });
  await letPass(kit, id, 31);
  return { ...tenant, id, broken };
}

/** A purchase that nobody settled in time, behind broken ones. */
async function aPurchaseBehind(kit: ServiceKit, count: number) {
  const tenant = await aTenantOf(kit);
  const { id } = await tenant.asJohn.ask(contracts.purchaseTag, {
    params: { id: String((await aTag(tenant.admin)).id) },
    body: { pay_with: 'points', duration_days: 1 },
  });
  const broken = await brokenLike(kit, 'purchases', id, { count });
  const late = { $set: { dueAt: new Date('2026-01-01') } };
  await kit.connection.collection<Row>('purchases').updateOne({ _id: id }, late);
  return { ...tenant, id, broken };
}

describe('by the jobs, more of them than a batch has', () => {
  let kit: ServiceKit;
  beforeAll(async () => {
    kit = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '1' });
  });
  afterAll(() => kit.stop());

  test('tags', async () => {
    const { broken, id } = await aTagBehind(kit, 101);
    const stored = () => kit.connection.collection<Row>('user_tags').findOne({ _id: id });
    await eventually(async () => expect(await stored()).toMatchObject({ status: 'grace' }), LONG);
    await ended(kit, 'vip-clock', 'failed');
    expect(await broken.untouched()).toBe(101);
  }, 300_000);

  test('purchases', async () => {
    const { asJohn, broken, id } = await aPurchaseBehind(kit, 101);
    await eventually(async () => expect((await purchaseOf(asJohn, id)).reason).toBe('TIMEOUT'), LONG);
    await ended(kit, 'vip-purchase-timeout', 'failed');
    expect(await broken.untouched()).toBe(101);
  }, 300_000);
});

describe('by hand', () => {
  let kit: ServiceKit;
  beforeAll(async () => {
    kit = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '3600' });
    // They come again in an hour.
    for (const job of ['vip-clock', 'vip-purchase-timeout']) await ended(kit, job, 'done');
  });
  afterAll(() => kit.stop());

  test('tags', async () => {
    const { admin, asJohn, broken, id } = await aTagBehind(kit, 1);
    expect(await runDue(admin)).toMatchObject({ tags: 1, purchases: 0, is_complete: false });
    expect((await holding(asJohn, id)).status).toBe('grace');
    expect(await broken.untouched()).toBe(1);
    await broken.remove();
    expect(await runDue(admin)).toMatchObject({ tags: 0, is_complete: true });
  });

  test('purchases', async () => {
    const { admin, asJohn, broken, id } = await aPurchaseBehind(kit, 1);
    expect(await runDue(admin)).toMatchObject({ tags: 0, purchases: 1, is_complete: false });
    expect((await settled(asJohn, id, 'failed')).reason).toBe('TIMEOUT');
    expect(await broken.untouched()).toBe(1);
    await broken.remove();
    expect(await runDue(admin)).toMatchObject({ purchases: 0, is_complete: true });
  });
});
