/** A process that is killed in the middle of ending points: another goes on where it was, and nothing ends twice. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { batchPoints } from '@membership/contracts/endpoints/points/index';
import { eventually } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';
import { endLots } from './stored-lots.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const ROWS = 1_000;
const TIMES = 4;
let ledger: LedgerKit;
beforeAll(async () => {
  // Its own job has run once, with nothing to do, and comes again in an hour.
  ledger = await startLedgerKit({ EXPIRY_JOB_SECONDS: '3600' });
});
afterAll(() => ledger?.stop());

const by = (name: string) => ledger.kit.connection.collection<{ _id: number | string }>(name);
const ended = (memberId: number) => by('records').countDocuments({ memberId, type: 'expire' } as never);
/** The job is due, and nobody has its lease any more. */
const dueNow = () =>
  by('leases').updateOne({ _id: 'job:points-expiry' }, { $set: { dueAt: new Date(0), until: new Date(0) } });

test('kill -9 in the middle of the job', async () => {
  const member = await ledger.aMember();
  const users = Array.from({ length: ROWS }, () => ({ user_id: member, points: 1 }));
  for (let time = 0; time < TIMES; time++)
    await ledger.admin().ask(batchPoints, { body: { operation_type: 'EARN', reason: 'many', users } });
  const past = new Date();
  await endLots(ledger.kit.connection, await ledger.lots(member), past);
  await by('profiles').updateOne({ _id: member }, { $set: { nextExpiryAt: past } });
  await dueNow();

  const uri = new URL(process.env.MONGODB_URI as string);
  uri.pathname = `/${ledger.kit.connection.name}`;
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      ...{ MONGODB_URI: uri.href, PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'silent' },
      ...{
        BUS_PREFIX: `killed${process.pid}.`,
        INTERNAL_KEY: 'a-key-of-the-tests-that-is-long-enough-0123456789',
      },
    },
    stdio: 'ignore',
  });
  const gone = new Promise<NodeJS.Signals | null>((done) =>
    child.on('exit', (_code, signal) => done(signal)),
  );
  await eventually(async () => expect(await ended(member)).toBeGreaterThan(0), {
    milliseconds: 60_000,
    every: 5,
  });
  child.kill('SIGKILL');
  expect(await gone).toBe('SIGKILL');
  expect(await ledger.faults()).toEqual([]);

  await dueNow();
  await ledger.kit.restart();
  await eventually(async () => expect(await ended(member)).toBe(TIMES * ROWS), { milliseconds: 60_000 });
  const profile = await by('profiles').findOne({ _id: member });
  expect(profile).toMatchObject({ total: 0, expiredTotal: TIMES * ROWS });
  expect(await ledger.faults()).toEqual([]);
});
