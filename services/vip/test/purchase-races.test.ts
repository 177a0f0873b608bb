/** What comes late finds a purchase settled: each order of the grant, the timeout and the news from points, one after the other. */
import * as contracts from '@membership/contracts/endpoints/vip/index';
import type { Envelope } from '@membership/contracts/event';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { vipService } from '../src/service.ts';
import { aTag, aTenantOf } from './builders.ts';
import { isHeld, isRejected, purchaseOf, settled, type Bought } from './purchase-steps.ts';

let kit: ServiceKit;
beforeAll(async () => {
  // The jobs are far away: the timeout comes when it is told to.
  kit = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '3600' });
});
afterAll(() => kit.stop());

/** A purchase that waits for its points, and what can happen to it. */
async function aRequest() {
  const { admin, asJohn, tenantId } = await aTenantOf(kit);
  const { id: tagId } = await aTag(admin);
  const bought: Bought = await asJohn.ask(contracts.purchaseTag, {
    params: { id: String(tagId) },
    body: { pay_with: 'points', duration_days: 1 },
  });
  /** Everything that this service had to hear about it is handled. */
  const isHandled = async ({ id }: Envelope) =>
    eventually(async () =>
      expect(
        await kit.connection.collection('inbox').findOne({ _id: { $regex: id } as never }),
      ).not.toBeNull(),
    );
  return {
    asJohn,
    bought,
    held: async () => isHandled(await isHeld(kit, tenantId, bought)),
    rejected: async (reason?: string) => isHandled(await isRejected(kit, tenantId, bought, reason)),
    /** How many the timeout failed. */
    timeout: async () => {
      await kit.connection
        .collection<{ _id: number }>('purchases')
        .updateOne({ _id: bought.id }, { $set: { dueAt: new Date(0) } });
      return (await admin.ask(contracts.runDueWork, {})).purchases;
    },
    tags: async () => (await asJohn.ask(contracts.listUserTags, {})).count,
    facts: () =>
      kit.heard
        .filter(({ subject, type }) => subject === String(bought.id) && type.startsWith('vip.purchase_'))
        .map(({ type, sequence }) => [type, sequence]),
  };
}
type Request = Awaited<ReturnType<typeof aRequest>>;

const REQUESTED = ['vip.purchase_requested.v1', 1];
const COMPLETED = ['vip.purchase_completed.v1', 2];
const FAILED = ['vip.purchase_failed.v1', 2];

test.each<[string, (keyof Pick<Request, 'held' | 'rejected' | 'timeout'>)[], string | null]>([
  ['the grant, then the timeout', ['held', 'timeout'], null],
  ['the grant, then a rejection, then the timeout', ['held', 'rejected', 'timeout'], null],
  ['the timeout, then frozen points', ['timeout', 'held'], 'TIMEOUT'],
  ['the timeout, then a rejection', ['timeout', 'rejected'], 'TIMEOUT'],
  ['the timeout, then a rejection, then frozen points', ['timeout', 'rejected', 'held'], 'TIMEOUT'],
  ['a rejection, then the timeout', ['rejected', 'timeout'], 'INSUFFICIENT_POINTS'],
  ['a rejection, then frozen points', ['rejected', 'held'], 'INSUFFICIENT_POINTS'],
  ['frozen points told twice', ['held', 'held'], null],
  ['the timeout twice', ['timeout', 'timeout'], 'TIMEOUT'],
])('%s: the first counts, the others change nothing', async (_name, [first, ...late], reason) => {
  const request = await aRequest();
  await request[first as 'held']();
  const status = reason === null ? 'completed' : 'failed';
  const decided = await settled(request.asJohn, request.bought.id, status);
  expect(decided.reason).toBe(reason);
  for (const step of late) expect(await request[step]()).toBe(step === 'timeout' ? 0 : undefined);
  expect(await purchaseOf(request.asJohn, request.bought.id)).toEqual(decided);
  expect(await request.tags()).toBe(reason === null ? 1 : 0);
  const told = reason === null ? COMPLETED : FAILED;
  await eventually(() => expect(request.facts()).toEqual([REQUESTED, told]));
});
