/** Batches that are done after their answer, with their progress. */
import { randomUUID } from 'node:crypto';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { aHouse, instant, type House } from './builders.ts';

let kit: ServiceKit;
let house: House;
let databaseName: string;
beforeAll(async () => {
  // Batches are begun by their request; the clock is not to help.
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  house = await aHouse(kit);
  databaseName = kit.connection.name;
});
afterAll(() => kit.stop());

describe('a batch with progress', () => {
  /** A client of the process that runs now. */
  const admin = () => kit.as({ role: 'admin', tenantId: house.tenantId, userId: 3 });
  const start = (rows: object[], headers = {}, common_settings = {}) =>
    admin().call(
      contracts.startBatch,
      { body: { assignments: rows as never, common_settings } },
      { headers },
    );
  const look = (id: number) => admin().call(contracts.getBatch, { params: { id: String(id) } });

  test('answers at once, is done after it, on the caller’s behalf; each row has its result', async () => {
    const license = await house.aLicense();
    const members = await Promise.all(Array.from({ length: 3 }, () => house.aMember()));
    const rows = members.map(({ memberId }) => ({ member_id: memberId, license_id: license.id }));
    const begun = await start(
      [...rows, { member_id: 999_999_999, license_id: license.id }],
      {},
      { expires_days: 30 },
    );
    const batchId = begun.body.data.batch_id;
    expect([begun.status, begun.body]).toEqual([
      202,
      {
        success: true,
        message: '批量分配已开始',
        data: {
          batch_id: expect.any(Number),
          status: 'running',
          total: 4,
          successful_count: 0,
          failed_count: 0,
          created_at: instant,
          completed_at: null,
        },
      },
    ]);
    const { data } = await eventually(async () => {
      const { body } = await look(batchId);
      expect(body.data.status).toBe('completed');
      return body;
    });
    expect(data).toEqual({
      ...begun.body.data,
      status: 'completed',
      successful_count: 3,
      failed_count: 1,
      completed_at: instant,
      results: [
        ...rows.map((row, index) => ({
          index,
          ...row,
          status: 'success',
          assignment_id: expect.any(Number),
        })),
        {
          index: 3,
          member_id: 999_999_999,
          license_id: license.id,
          status: 'failed',
          error: {
            code: 'VALIDATION_ERROR',
            message: '请求参数验证失败',
            details: { member_id: ['无效的成员ID'] },
          },
        },
      ],
    });
    const told = await kit.heardOne(
      'assignment.created.v1',
      ({ subject }) => subject === String(data.results[0].assignment_id),
    );
    expect(told).toMatchObject({ actor: 'user:3', correlationid: begun.headers.get('x-request-id') });
  });

  test('many rows come in parts, each once; the same key starts one batch', async () => {
    const license = await house.aLicense();
    const members = await Promise.all(Array.from({ length: 5 }, () => house.aMember()));
    // Each member holds a licence once: 245 of 250 rows are refused, in whatever part they come.
    const rows = Array.from({ length: 250 }, (_, index) => ({
      member_id: members[index % 5]?.memberId as number,
      license_id: license.id,
    }));
    const headers = { 'idempotency-key': randomUUID() };
    const [one, other] = [await start(rows, headers), await start(rows, headers)];
    expect(other.body).toEqual(one.body);
    await eventually(async () =>
      expect((await look(one.body.data.batch_id)).body.data).toMatchObject({
        status: 'completed',
        total: 250,
        successful_count: 5,
        failed_count: 245,
      }),
    );
  });

  test('two batches of the same rows at once give each row to one of them', async () => {
    const license = await house.aLicense();
    const members = await Promise.all(Array.from({ length: 4 }, () => house.aMember()));
    const rows = members.map(({ memberId }) => ({ member_id: memberId, license_id: license.id }));
    const begun = await Promise.all(
      [1, 2].map(() => admin().ask(contracts.startBatch, { body: { assignments: rows } })),
    );
    const counts = await Promise.all(
      begun.map(({ batch_id }) =>
        eventually(async () => {
          const batch = await admin().ask(contracts.getBatch, { params: { id: String(batch_id) } });
          expect(batch.status).toBe('completed');
          return batch.successful_count;
        }),
      ),
    );
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(4);
  });

  test('are listed, the newest first, each as far as it is; by state and by pages, of the own tenant alone', async () => {
    const own = await aHouse(kit);
    const license = await own.aLicense();
    const [one, other] = [await own.aMember(), await own.aMember()];
    const begin = (ids: number[]) =>
      own.admin.ask(contracts.startBatch, {
        body: { assignments: ids.map((member_id) => ({ member_id, license_id: license.id })) },
      });
    const list = (query = {}) => own.admin.ask(contracts.listBatches, { query });
    expect(await list()).toMatchObject({ items: [], count: 0 });
    const first = await begin([one.memberId, other.memberId]);
    await eventually(async () => expect((await list({ status: 'completed' })).count).toBe(1));
    // The second is refused: the member holds it already.
    const second = await begin([one.memberId]);
    await eventually(async () => expect((await list({ status: 'completed' })).count).toBe(2));
    const { items } = await list();
    expect(items).toEqual([
      { ...second, status: 'completed', failed_count: 1, completed_at: instant },
      { ...first, status: 'completed', successful_count: 2, completed_at: instant },
    ]);
    expect((await list({ ordering: 'created_at', page_size: '1', page: '2' })).items).toEqual([items[0]]);
    expect(await list({ status: 'running' })).toMatchObject({ items: [], count: 0 });
    expect((await (await aHouse(kit)).admin.ask(contracts.listBatches, {})).items).toEqual([]);
    const path = '/api/v1/license-assignments/batches/';
    for (const query of ['status=lost', 'page=0', 'ordering=total', 'unknown=1'])
      expect([query, (await own.admin.send('get', `${path}?${query}`)).status]).toEqual([query, 400]);
    for (const client of [one.client, kit.as({ role: 'internal', tenantId: own.tenantId })])
      expect((await client.send('get', path)).status).toBe(403);
  });

  test('is for administrators of the tenant; too many rows and unknown batches are refused', async () => {
    const license = await house.aLicense();
    const row = { member_id: 1, license_id: license.id };
    const id = (await start([row])).body.data.batch_id;
    expect((await start([])).status).toBe(400);
    expect((await start(Array(1_001).fill(row))).status).toBe(400);
    expect((await look(987_654_321)).status).toBe(404);
    const other = await aHouse(kit);
    expect((await other.admin.call(contracts.getBatch, { params: { id: String(id) } })).status).toBe(404);
    const { client } = await house.aMember();
    expect((await client.call(contracts.getBatch, { params: { id: String(id) } })).status).toBe(403);
    const body = { assignments: [row] };
    expect((await client.call(contracts.startBatch, { body })).status).toBe(403);
    const mine = other.admin.ask(contracts.startBatch, { body });
    const { batch_id } = await mine;
    await eventually(async () =>
      expect(
        (await other.admin.ask(contracts.getBatch, { params: { id: String(batch_id) } })).results[0]?.error,
      ).toMatchObject({ details: { license_id: ['无效的许可证ID'] } }),
    );
  });

  test('a service that stops in the middle goes on at its next start: every row once', async () => {
    const license = await house.aLicense();
    const members = kit.connection.collection<{ _id: number }>('directory_members');
    const ids = Array.from({ length: 1_000 }, (_, index) => 7_000_000 + index);
    await members.insertMany(
      ids.map((_id) => ({
        _id,
        memberId: _id,
        tenantId: house.tenantId,
        isActive: true,
        sequence: 1,
      })) as never,
    );
    const rows = ids.map((member_id) => ({ member_id, license_id: license.id }));
    const { batch_id } = (await start(rows)).body.data;
    await eventually(
      async () => expect((await look(batch_id)).body.data.successful_count).toBeGreaterThan(0),
      {
        milliseconds: 60_000,
        every: 5,
      },
    );
    let atStop = 0;
    await kit.restart(async () => {
      const { MongoClient } = (await import('mongoose')).default.mongo;
      const client = await MongoClient.connect(process.env.MONGODB_URI as string);
      const batches = client
        .db(databaseName)
        .collection<{ _id: number; results: unknown[] }>('assignment_batches');
      atStop = (await batches.findOne({ _id: batch_id }))?.results.length ?? 0;
      // The job is not due for an hour; an operator's clock is faster.
      await client
        .db(databaseName)
        .collection('leases')
        .updateMany({}, { $set: { dueAt: new Date(0) } });
      await client.close();
    });
    const done = await eventually(
      async () => {
        const batch = await admin().ask(contracts.getBatch, { params: { id: String(batch_id) } });
        expect(batch.status).toBe('completed');
        return batch;
      },
      { milliseconds: 120_000, every: 100 },
    );
    expect(atStop).toBeGreaterThan(0);
    expect([done.successful_count, done.failed_count]).toEqual([1_000, 0]);
    expect(new Set(done.results.map(({ assignment_id }) => assignment_id)).size).toBe(1_000);
    expect(await kit.connection.collection('assignments').countDocuments({ licenseId: license.id })).toBe(
      1_000,
    );
    const told = () =>
      kit.heard.filter(({ type, data }) => type === 'assignment.created.v1' && data.licenseId === license.id);
    await eventually(() => expect(told()).toHaveLength(1_000), { milliseconds: 60_000, every: 100 });
  });
});
