/** Drills: whatever is killed, an activation that was answered awards its points exactly once. */
import * as licensing from '@membership/contracts/endpoints/licenses/index';
import { getProfile, listPointsRecords } from '@membership/contracts/endpoints/points/index';
import { getPointsSummary } from '@membership/contracts/endpoints/stats/index';
import { eventually } from '@membership/platform/testing/eventually';
import { startPlatformKit, type PlatformKit } from '../platform-kit.ts';
import { IS_WHOLE } from './drill-length.ts';

const KILLS_AFTER_AN_ANSWER = IS_WHOLE ? 5 : 2;
const [AWARDS, KILLS_IN_MID_AWARD] = IS_WHOLE ? [30, 3] : [20, 2];
const SECONDS_AWAY = IS_WHOLE ? 10 : 4;

let kit: PlatformKit;
let john: Awaited<ReturnType<PlatformKit['as']>>;
let johnId: number;
const answered = new Set<number>();

beforeAll(async () => {
  kit = await startPlatformKit({ ownBroker: true });
  john = await kit.as('john_doe');
  johnId = await kit.idOf('john_doe');
});
afterAll(() => kit?.proveAndStop());

/** Activates until it is answered, as a client with an Idempotency-Key would. */
async function activate(assignmentId: number): Promise<void> {
  await eventually(
    async () => {
      const { status, body } = await john.call(
        licensing.activateLicense,
        {
          params: { assignment_id: String(assignmentId) },
          body: { device_info: { device_id: `device-${assignmentId}` } },
        },
        { headers: { 'idempotency-key': `activate-${assignmentId}` } },
      );
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    },
    { milliseconds: 60_000, every: 100 },
  );
  answered.add(assignmentId);
}

/** Exactly one record of 100 points for each answered activation; profile, ledger and statistics agree. */
async function everyAwardOnce(): Promise<void> {
  await eventually(
    async () => {
      const sources: (number | string | null)[] = [];
      for (let page = 1; ; page++) {
        const { items } = await john.ask(listPointsRecords, {
          query: { page: String(page), page_size: '100' },
        });
        sources.push(...items.map(({ source_id }) => source_id));
        if (items.length < 100) break;
      }
      expect(sources.length).toBe(new Set(sources).size);
      expect(new Set(sources)).toEqual(answered);
      expect((await john.ask(getProfile, { params: { id: String(johnId) } })).total_points).toBe(
        100 * answered.size,
      );
      expect(await (await kit.as('admin_acme')).ask(getPointsSummary, {})).toMatchObject({
        earned: 100 * answered.size,
        records: answered.size,
        outstanding: 100 * answered.size,
      });
    },
    { milliseconds: 60_000, every: 250 },
  );
}

test('licences killed right after the activation’s answer', async () => {
  for (const assignmentId of await kit.assignToJohn(KILLS_AFTER_AN_ANSWER)) {
    await activate(assignmentId);
    await kit.services.kill('licenses', 'SIGKILL');
    await kit.services.restart('licenses');
  }
  await everyAwardOnce();
});

test('points killed in mid-award', async () => {
  const assignments = await kit.assignToJohn(AWARDS);
  const working = Promise.all(assignments.map(activate));
  for (let kill = 0; kill < KILLS_IN_MID_AWARD; kill++) {
    const before = answered.size;
    await eventually(() => expect(answered.size > before || answered.size >= assignments.length).toBe(true), {
      milliseconds: 30_000,
      every: 5,
    });
    await kit.services.kill('points', 'SIGKILL');
    await kit.services.restart('points');
  }
  await working;
  await everyAwardOnce();
});

test('the broker killed, and away for seconds: activations are answered all the same', async () => {
  const { restartBroker } = kit.infrastructure;
  if (!restartBroker) throw new Error('this drill needs a broker of its own');
  const [before, ...during] = await kit.assignToJohn(20);
  await activate(before as number);
  const away = restartBroker({ signal: 'SIGKILL', downMs: SECONDS_AWAY * 1_000 });
  await Promise.all(during.map(activate));
  await away;
  await everyAwardOnce();
});

test('statistics killed while they count', async () => {
  const assignments = await kit.assignToJohn(10);
  const working = Promise.all(assignments.map(activate));
  await kit.services.kill('stats', 'SIGKILL');
  await kit.services.restart('stats');
  await working;
  await everyAwardOnce();
});
