/** What is archived is counted at once, because its archiver says so: nobody waits for a look that comes by itself. */
import { getOwnRank, getPointsSummary } from '@membership/contracts/endpoints/stats/index';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import {
  eventually,
  startServiceKit,
  type Replica,
  type ServiceKit,
} from '@membership/platform/testing/service-kit';
import { build } from '../src/app.ts';
import { PACE } from '../src/projecting/follow-archive.ts';
import { statsService } from '../src/service.ts';
import { earned, tell } from './a-story.ts';

const HOUR = 3_600_000;
/** A version that never looks by itself while a test runs. */
const versionOf = (pace: Partial<typeof PACE>): typeof statsService => ({
  ...statsService,
  build: (context) => build(context, { follow: { pace: { ...PACE, look: HOUR, ...pace } } }),
});
let kit: ServiceKit;
const replicas: Replica[] = [];
beforeAll(() => clearOfMidnight('UTC'));
afterEach(async () => {
  await Promise.all(replicas.splice(0).map((replica) => replica.stop()));
  await kit?.stop();
});

const MEMBER = 7;
const told = new Map<number, number>();
async function earnOne(tenantId: number): Promise<void> {
  const sequence = (told.get(tenantId) ?? 0) + 1;
  told.set(tenantId, sequence);
  await tell(kit, earned(MEMBER, 1, { tenantId, sequence, balance: sequence }));
}
const figuresOf = async (tenantId: number) => {
  const admin = kit.as({ role: 'admin', tenantId });
  const { earned: sum } = await admin.ask(getPointsSummary, {});
  const { score } = await admin.ask(getOwnRank, { query: { window: 'all', member_id: `${MEMBER}` } });
  return [sum, score];
};
const allIn = (tenantId: number) =>
  eventually(async () => expect(await figuresOf(tenantId)).toEqual([told.get(tenantId), told.get(tenantId)]));

test('each process counts its parts as soon as the one that archives has archived, over the broker', async () => {
  const version = versionOf({});
  kit = await startServiceKit(version, { PROJECTOR_PARTITIONS: '4' });
  replicas.push(await kit.replica(version));
  const processes = kit.connection.collection('projecting');
  await eventually(async () => expect(await processes.countDocuments()).toBe(2));
  // One of each part: some are counted by the process that archives, others by the other one.
  for (let round = 0; round < 2; round++)
    for (const tenantId of [4_000, 4_001, 4_002, 4_003]) {
      await earnOne(tenantId);
      await allIn(tenantId);
    }
});

test('one event that comes alone is counted at once, few that follow gather, and many do not', async () => {
  kit = await startServiceKit(versionOf({ gather: HOUR, gatherMany: 0, many: 100 }));
  const [tenantId, more] = [5_000, 150];
  await earnOne(tenantId);
  await allIn(tenantId);
  await earnOne(tenantId);
  const archive = kit.connection.collection('archive');
  await eventually(async () => expect(await archive.countDocuments({ tenantId })).toBe(2));
  expect(await figuresOf(tenantId)).toEqual([1, 1]);
  for (let one = 0; one < more; one++) await earnOne(tenantId);
  // A hundred of them, or more where the log's reader brought them together.
  await eventually(async () => {
    const [sum = 0, score = 0] = await figuresOf(tenantId);
    expect(Math.min(sum, score)).toBeGreaterThan(100);
  });
});
