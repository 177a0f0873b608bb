/**
 * Drill: vip, points or the broker killed with -9 at each step of a purchase, asked for by a member or by the tag itself,
 * and the timeout racing what comes late. A step is held still by stopping who would take the next one.
 */
import * as points from '@membership/contracts/endpoints/points/index';
import * as vip from '@membership/contracts/endpoints/vip/index';
import { eventually } from '@membership/platform/testing/eventually';
import { DAY, startPurchaseDrill, TARGETS, type PurchaseDrill, type Target } from './purchase-drill.ts';

const PATIENT = { milliseconds: 120_000, every: 100 };
/** A case kills and starts processes several times, on machines that have other things to do. */
const CASE_MS = 300_000;

let drill: PurchaseDrill;
beforeAll(async () => {
  // So long that no purchase times out but those whose time a test ends.
  drill = await startPurchaseDrill({ VIP_PURCHASE_TIMEOUT_SECONDS: '3600', VIP_CLOCK_SECONDS: '1' });
});
afterAll(async () => {
  if (drill) await drill.stop();
});

let made = 0;
const aTag = () => drill.aTag(`STEP_${++made}`);

/** A member who buys a day, again and again. */
async function byMember(): Promise<() => Promise<number>> {
  const params = { id: String(await aTag()) };
  const body = { pay_with: 'points' as const, duration_days: 1 };
  return async () => (await drill.john.ask(vip.purchaseTag, { params, body })).id;
}

/** A tag of a day that renews itself as soon as it is told that most of the day has passed. */
async function byTag(): Promise<() => Promise<number>> {
  const { john, admin, johnId, books } = drill;
  const tagId = await aTag();
  const { id } = await admin.ask(vip.grantTag, {
    body: { member_id: johnId, tag_id: tagId, duration_days: 1 },
  });
  await john.ask(vip.setAutoRenewal, { params: { id: String(id) }, body: { duration_days: 1 } });
  const dates = ['expiresAt', 'graceEndsAt', 'dueAt', 'grantedAt', 'renewal.at'];
  const earlier = dates.map((path) => [path, { $subtract: [`$${path}`, 0.75 * DAY] }]);
  return async () => {
    await books.vip
      .collection<{ _id: number }>('user_tags')
      .updateOne({ _id: id }, [{ $set: Object.fromEntries(earlier) }]);
    return eventually(async () => {
      const { items } = await john.ask(vip.listPurchases, { query: { tag: tagId } });
      expect(items.map(({ origin }) => origin)).toEqual(['auto_renewal']);
      return items[0]?.id as number;
    }, PATIENT);
  };
}

const { kill: dead, restart: alive } = {
  kill: (service: 'vip' | 'points') => drill.kit.services.kill(service, 'SIGKILL'),
  restart: (service: 'vip' | 'points') => drill.kit.services.restart(service),
};
/** What was announced has reached the broker: whoever is down finds it in its queue. */
const isPublished = (service: 'vip' | 'points') =>
  eventually(async () => {
    const metrics = await (await fetch(drill.kit.services.metricsUrls[service])).text();
    expect(Number(/^membership_outbox_rows\S* (\d+)/m.exec(metrics)?.[1])).toBe(0);
  }, PATIENT);
const areFrozen = (ids: readonly number[]) =>
  eventually(async () => {
    const params = { id: String(drill.johnId) };
    const { items } = await drill.admin.ask(points.listHolds, { params, query: { status: 'held' } });
    expect(items.map(({ source_id }) => source_id)).toEqual(expect.arrayContaining([...ids]));
  }, PATIENT);

type Held = { readonly ids: readonly number[]; readonly goOn: () => Promise<void> };
/** Bring purchases to a step and keep them there: vip or points is down then, until `goOn`. */
const steps = {
  async requested(ask: () => Promise<number[]>): Promise<Held> {
    await dead('points');
    return { ids: await ask(), goOn: () => alive('points') };
  },
  async held(ask: () => Promise<number[]>): Promise<Held> {
    const { ids } = await steps.requested(ask);
    await isPublished('vip');
    await dead('vip');
    await alive('points');
    await areFrozen(ids);
    return { ids, goOn: () => alive('vip') };
  },
  async granted(ask: () => Promise<number[]>): Promise<Held> {
    const { ids } = await steps.held(ask);
    await isPublished('points');
    await dead('points');
    await alive('vip');
    for (const id of ids) await drill.becomes(id, 'completed');
    return { ids, goOn: () => alive('points') };
  },
  async failed(ask: () => Promise<number[]>): Promise<Held> {
    const { ids, goOn } = await steps.requested(ask);
    await drill.timeIsOver(ids);
    for (const id of ids) await drill.becomes(id, 'failed');
    return { ids, goOn };
  },
};
type Step = keyof typeof steps;

const cases = (Object.keys(steps) as Step[]).flatMap((step) =>
  TARGETS.map((target): [Step, Target] => [step, target]),
);

test.each(cases)(
  'a member’s purchase and a renewal are %s; %s is killed: granted and paid, or neither',
  async (step, target) => {
    const [member, tag] = [await byMember(), await byTag()];
    const { ids, goOn } = await steps[step](async () => [await member(), await tag()]);
    await drill.kill(target);
    await goOn();
    for (const id of ids) await drill.becomes(id, step === 'failed' ? 'failed' : 'completed');
    await drill.areWhole();
  },
  CASE_MS,
);

test(
  'the time of purchases ends in the moment in which vip hears that their points are frozen: one of the two counts',
  async () => {
    const [member, tag] = [await byMember(), await byTag()];
    const { ids, goOn } = await steps.held(async () => {
      const bought = [await tag()];
      while (bought.length < 12) bought.push(await member());
      return bought;
    });
    await isPublished('points');
    await drill.timeIsOver(ids);
    await goOn();
    await drill.areWhole();
    const { purchases, completed, compensated } = await drill.verify('kills at each step');
    expect(completed + compensated).toBe(purchases);
    expect(purchases).toBe(2 * cases.length + ids.length);
  },
  CASE_MS,
);
