/** Drill: licences killed in the middle of a batch that is done after its answer: every row is done, and none twice. */
import * as licensing from '@membership/contracts/endpoints/licenses/index';
import { eventually } from '@membership/platform/testing/eventually';
import { startPlatformKit, type PlatformKit } from '../platform-kit.ts';

const ROWS = 600;
/** Each costs the time of the lease that the killed process held: 30 s. */
const KILLS = 2;
let kit: PlatformKit;
beforeAll(async () => {
  kit = await startPlatformKit();
});
afterAll(() => kit?.proveAndStop());

/** Members whom licences know: imported, and each given another licence until that succeeds. */
async function knownMembers(plan: { product_id: number; plan_id: number }): Promise<number[]> {
  const admin = await kit.as('admin_acme');
  const lines = Array.from({ length: ROWS }, (_, index) => `batch_${index},batch_${index}@example.com`);
  const imported = await admin.send('POST', '/api/v1/members/import/', {
    raw: ['username,email', ...lines].join('\n'),
    headers: { 'content-type': 'text/csv' },
  });
  const ids: number[] = imported.body.data.rows.map(({ member_id }: { member_id: number }) => member_id);
  const { id: license_id } = await admin.ask(licensing.issueLicense, {
    body: { ...plan, max_activations: 1 },
  });
  const body = { assignments: ids.map((member_id) => ({ member_id, license_id })) };
  await eventually(
    async () => {
      const { results } = await admin.ask(licensing.batchAssign, { body });
      const unknown = results.filter(({ error }) => error && error.code !== 'BIZ_003');
      expect(unknown).toHaveLength(0);
    },
    { milliseconds: 60_000, every: 500 },
  );
  return ids;
}

test('a batch goes on where it was, however often it is killed', async () => {
  const admin = await kit.as('admin_acme');
  const [demo] = (await admin.ask(licensing.listLicenses, {})).items;
  const plan = { product_id: demo?.product_id as number, plan_id: demo?.plan_id as number };
  const members = await knownMembers(plan);
  const { id: license_id } = await admin.ask(licensing.issueLicense, {
    body: { ...plan, max_activations: 1 },
  });
  const rows = members.map((member_id) => ({ member_id, license_id }));
  const { batch_id } = await admin.ask(licensing.startBatch, { body: { assignments: rows } });
  const look = () => admin.ask(licensing.getBatch, { params: { id: String(batch_id) } });
  let seen = -1;
  for (let kill = 0; kill < KILLS; kill++) {
    await kit.services.kill('licenses', 'SIGKILL');
    await kit.services.restart('licenses');
    // Further than at the last kill, or done.
    await eventually(
      async () => {
        const { status, successful_count } = await look();
        expect(status === 'completed' || successful_count > seen).toBe(true);
        seen = successful_count;
      },
      { milliseconds: 60_000, every: 20 },
    );
  }
  const done = await eventually(
    async () => {
      const batch = await look();
      expect(batch.status).toBe('completed');
      return batch;
    },
    { milliseconds: 120_000, every: 200 },
  );
  expect([done.total, done.successful_count, done.failed_count]).toEqual([ROWS, ROWS, 0]);
  expect(done.results.map(({ index }) => index)).toEqual(rows.map((_, index) => index));
  expect(new Set(done.results.map(({ assignment_id }) => assignment_id)).size).toBe(ROWS);
  expect((await admin.ask(licensing.listAssignments, { query: { license_id } })).count).toBe(ROWS);
  const licence = await admin.ask(licensing.getLicense, { params: { id: String(license_id) } });
  expect(licence.open_assignments).toBe(ROWS);
});
