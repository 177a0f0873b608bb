/** Each query that runs over a tenant's or the platform's whole data walks an index, whatever it filters by. */
import { dueBy } from '../src/ledger/expire-due-points.ts';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

let ledger: LedgerKit;
beforeAll(async () => {
  ledger = await startLedgerKit();
}, 60_000);
afterAll(() => ledger?.stop());

const now = new Date();
const newest = { createdAt: -1, _id: -1 } as const;
const mine = { tenantId: 1, memberId: 5 };
test.each<[string, string, object, Record<string, 1 | -1>]>([
  ['the job: what is due anywhere', 'profiles', dueBy(now), { nextExpiryAt: 1 }],
  ['by hand: what is due in a tenant', 'profiles', { tenantId: 1, ...dueBy(now) }, { nextExpiryAt: 1 }],
  ['holds of a profile', 'holds', mine, newest],
  ['holds of a profile by status', 'holds', { ...mine, status: 'held' }, newest],
  ['lots of a profile', 'lots', { ...mine, remaining: { $gt: 0 } }, { endsAt: 1, _id: 1 }],
  ['what ends until a day', 'lots', { ...mine, remaining: { $gt: 0 }, endsAt: { $lte: now } }, { endsAt: 1 }],
  ['a stretch of a chain', 'records', { ...mine, ordinal: { $gte: 1, $lte: 9 } }, { ordinal: 1 }],
  ['the last record at a moment', 'records', { ...mine, createdAt: { $lte: now } }, newest],
  ['records of a batch', 'records', { tenantId: 1, batchId: 'BAT1' }, newest],
  ['records that were cancelled', 'records', { tenantId: 1, status: 'cancelled' }, newest],
  ['records of a type', 'records', { tenantId: 1, type: 'earn' }, newest],
])('%s', async (_name, collection, filter, sort) => {
  const plan = JSON.stringify(
    (
      (await ledger.kit.connection
        .collection(collection)
        .find(filter)
        .sort(sort)
        .limit(20)
        .explain('queryPlanner')) as { queryPlanner: { winningPlan: unknown } }
    ).queryPlanner.winningPlan,
  );
  expect(plan).toContain('IXSCAN');
  expect(plan).not.toContain('COLLSCAN');
  expect(plan).not.toContain('"stage":"SORT"');
});
