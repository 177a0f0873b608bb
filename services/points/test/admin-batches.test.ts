/** Points for many at once by an administrator: row by row beside everybody's writes, resumed under its key, never twice. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as points from '@membership/contracts/endpoints/points/index';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

/** Members that the gateway knows and whose events have not come here. */
const UNTOLD = Array.from({ length: 3 }, (_, index) => 70_001 + index);
const UNTOLD_TOO = 80_001;
const UNTOLD_YET = 80_002;
const gateway = createServer((request, response) => {
  const id = Number(/members\/(\d+)$/.exec(request.url ?? '')?.[1]);
  const state = {
    ...{ memberId: id, username: `untold_${id}`, email: `untold_${id}@example.com`, displayName: `${id}` },
    ...{ role: 'member', isActive: true, externalId: null, joinedAt: new Date().toISOString() },
  };
  response
    .writeHead([UNTOLD_TOO, UNTOLD_YET, ...UNTOLD].includes(id) ? 200 : 404, {
      'content-type': 'application/json',
    })
    .end(JSON.stringify({ sequence: 1, state }));
});

let ledger: LedgerKit;
beforeAll(async () => {
  await new Promise<void>((done) => gateway.listen(0, '127.0.0.1', done));
  const { port } = gateway.address() as AddressInfo;
  ledger = await startLedgerKit({
    GATEWAY_INTERNAL_URL: `http://127.0.0.1:${port}`,
    // Less than MongoDB leaves a test's lock.
    WRITE_DEADLINE_MS: '6000',
  });
});
afterAll(async () => {
  await ledger.stop();
  await new Promise((done) => gateway.close(done));
});

const rowsOf = (members: readonly number[], amount = 10) =>
  members.map((user_id) => ({ user_id, points: amount }));
const batch = (users: ReturnType<typeof rowsOf>, key?: string, operation_type: 'EARN' | 'USE' = 'EARN') =>
  ledger
    .admin()
    .call(
      points.batchPoints,
      { body: { operation_type, reason: 'many', users } },
      key === undefined ? {} : { headers: { 'idempotency-key': key } },
    );
const total = async (member: number) => (await ledger.profile(member)).total_points;
const some = (count: number) => Promise.all(Array.from({ length: count }, () => ledger.aMember()));
/** More rows than wait at a time: nine for each of eight members. */
const often = (members: readonly number[]) => rowsOf(Array.from({ length: 9 }, () => members).flat());

/** Keeps a member's profile from everybody until it is let go. */
async function locked(member: number): Promise<() => Promise<void>> {
  const session = await ledger.kit.connection.startSession();
  session.startTransaction();
  await ledger.kit.connection
    .collection<{ _id: number }>('profiles')
    .updateOne({ _id: member }, { $set: { lockedBy: 'a test' } }, { session });
  return async () => {
    await session.abortTransaction();
    await session.endSession();
  };
}

test('under a key, too, members whose events have not come are looked up before anything is read', async () => {
  const answer = await batch(rowsOf(UNTOLD), 'untold');
  expect(answer).toMatchObject({
    status: 200,
    body: { data: { total_users: 3, successful_count: 3, failed_count: 0, total_points: 30 } },
  });
  expect(await total(UNTOLD[2] as number)).toBe(10);
});

test('a quota of a member whose event has not come is used under a key as without one', async () => {
  const use = () =>
    ledger
      .as()
      .call(
        points.consumeQuota,
        { params: { id: String(UNTOLD_TOO), name: 'max_downloads_per_day' }, body: { amount: 1 } },
        { headers: { 'idempotency-key': 'quota-of-untold' } },
      );
  expect(await use()).toMatchObject({ status: 200, body: { used: 1 } });
  expect(await use()).toMatchObject({ status: 200, body: { used: 1 } });
});

test('the profile of a member whose event has not come can be changed', async () => {
  const { status, body } = await ledger
    .admin()
    .call(points.updateProfile, { params: { id: String(UNTOLD_YET) }, body: { points_multiplier: 1.5 } });
  expect([status, body.points_multiplier]).toEqual([200, '1.50']);
});

test('a row that fails undoes no other, and members that do not exist are refused each', async () => {
  const [member = 0] = await some(1);
  const answer = await batch(rowsOf([member, 999_999_999, member]));
  expect(answer.body.data).toMatchObject({ successful_count: 2, failed_count: 1, total_points: 20 });
  expect(answer.body.data.results[1]).toMatchObject({ status: 'failed', error: { code: 'BIZ_001' } });
  const spent = await batch(rowsOf([member, member], 15), undefined, 'USE');
  expect(spent.body.data.results).toMatchObject([
    { status: 'success' },
    { status: 'failed', error: { code: 'INSUFFICIENT_POINTS' } },
  ]);
});

test('the same key again, and twice at once: done once, one answer; another body under it is refused', async () => {
  const members = await some(8);
  const first = await Promise.all([batch(often(members), 'once'), batch(often(members), 'once')]);
  const again = await batch(often(members), 'once');
  expect(first.map(({ body }) => body.data)).toEqual([again.body.data, again.body.data]);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.body.data.successful_count).toBe(72);
  expect(await Promise.all(members.map(total))).toEqual(members.map(() => 90));
  const other = await batch(rowsOf(members), 'once');
  expect(other).toMatchObject({ status: 422 });
});

test('one row that cannot be done for now: the others are, and the same key goes on from there', async () => {
  const members = await some(8);
  const [contended = 0] = members;
  const letGo = await locked(contended);
  const refused = await batch(often(members), 'resumed');
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('2');
  await letGo();
  const answer = await batch(often(members), 'resumed');
  expect(answer).toMatchObject({ status: 200, body: { data: { successful_count: 72, failed_count: 0 } } });
  expect(await Promise.all(members.map(total))).toEqual(members.map(() => 90));
  const ids = new Set((await ledger.records(contended)).map(({ batch_id }) => batch_id));
  expect(ids).toContain(answer.body.data.batch_id);
});

test('a large batch keeps nobody waiting: another tenant’s earning, and its own tenant’s, are answered before it', async () => {
  const members = await some(8);
  const [mine, others] = [await ledger.aMember(), await ledger.aMember(2)];
  await Promise.all([
    ledger.earn(mine, 1),
    ledger.as({ role: 'internal', tenantId: 2 }).ask(points.earnPoints, {
      params: { id: String(others) },
      body: { points_amount: 1, category: 'license' },
    }),
  ]);
  const order: string[] = [];
  const large = batch(rowsOf(Array.from({ length: 1_000 }, (_, index) => members[index % 8] as number))).then(
    (answer) => {
      order.push('large');
      return answer;
    },
  );
  const earning = async (tenantId: number, member: number) => {
    await ledger.as({ role: 'internal', tenantId }).ask(points.earnPoints, {
      params: { id: String(member) },
      body: { points_amount: 1, category: 'license' },
    });
    order.push(`tenant ${tenantId}`);
  };
  await Promise.all([earning(1, mine), earning(2, others)]);
  expect((await large).body.data.successful_count).toBe(1_000);
  expect(order.at(-1)).toBe('large');
  expect(await ledger.faults(1)).toEqual([]);
});

test('only an administrator may, and only of the own tenant’s members', async () => {
  const foreign = await ledger.aMember(2);
  expect((await batch(rowsOf([foreign]))).body.data.results).toMatchObject([
    { status: 'failed', error: { code: 'BIZ_001' } },
  ]);
  const asMember = await ledger
    .as({ role: 'member' })
    .call(points.batchPoints, { body: { operation_type: 'EARN', reason: 'many', users: rowsOf([foreign]) } });
  expect(asMember.status).toBe(403);
});
