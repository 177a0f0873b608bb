/** `npm run verify-licenses`: finds what is wrong with slots and figures while the service works, and mends the figures. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { licensesService } from '../src/service.ts';
import { aHouse, device, type House } from './builders.ts';
import { aUser, rowsOf, today, usage } from './report-kit.ts';

const COMMAND = fileURLToPath(new URL('../src/verify.ts', import.meta.url));
let kit: ServiceKit;
let house: House;
let mine: Awaited<ReturnType<typeof aUser>>;
beforeAll(() => clearOfMidnight('Asia/Shanghai'));
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  house = await aHouse(kit);
  mine = await aUser(kit, house, { hours: 2 });
  await aUser(kit, await aHouse(kit), { hours: 1 });
});
afterAll(() => kit?.stop());

/** Runs the command as an operator does. */
async function verify(...args: string[]) {
  const uri = new URL(process.env.MONGODB_URI as string);
  uri.pathname = `/${kit.connection.name}`;
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: { ...process.env, MONGODB_URI: uri.href },
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, lines: output.trimEnd().split('\n'), errors };
}
const tallies = (name: string) => kit.connection.collection<{ _id: string }>(name);
const GROUPS = ['product', 'plan', 'user', 'date'];
const reports = () =>
  Promise.all(GROUPS.map(async (group_by) => (await usage(house, { group_by })).body.data));

test('all adds up, also while members work', async () => {
  let isOver = false;
  const working = Promise.all(
    ['a', 'b', 'c'].map(async (name) => {
      const params = { assignment_id: String(mine.assignmentId) };
      while (!isOver) {
        await mine.client.ask(contracts.activateLicense, { params, body: device(name) });
        await mine.client.ask(contracts.unbindDevice, { params, body: { device_id: name } });
      }
    }),
  );
  for (const args of [[], ['--mend']]) {
    const { code, lines, errors } = await verify(...args);
    expect([code, errors, lines]).toEqual([
      0,
      '',
      [expect.stringMatching(/^2 licences, 2 assignments, \d devices$/), 'figures of 2 members: all adds up'],
    ]);
  }
  isOver = true;
  await working;
});

test('what a process of before the figures wrote is found, and counted when told to, without a stop', async () => {
  const before = await reports();
  // As a process of an older version writes: the assignment and its device are there, no figure knows of them.
  const id = `${house.tenantId}:${mine.memberId}`;
  for (const name of ['member_days', 'member_activity'])
    await tallies(name).deleteMany({ tenantId: house.tenantId, memberId: mine.memberId });
  await tallies('plan_days').deleteMany({ tenantId: house.tenantId });
  expect((await rowsOf(house)).length).toBe(0);
  const found = await verify();
  expect([found.code, found.lines.at(-1)]).toEqual([
    1,
    expect.stringMatching(/^figures of 2 members: \d+ faults$/),
  ]);
  expect(found.lines).toContain(`member_activity ${id}: 0 open and 0 bound, counted 1 and 1`);
  const unknown = await verify('--tenant', String(house.tenantId + 1_000_000));
  expect([unknown.code, unknown.errors]).toEqual([2, expect.stringContaining('There is no tenant')]);
  expect((await rowsOf(house)).length).toBe(0);
  const mended = await verify('--mend', '--tenant', String(house.tenantId));
  expect([mended.code, mended.lines.at(-1)]).toEqual([
    0,
    expect.stringMatching(/^figures of 1 member: all adds up, \d+ figures mended$/),
  ]);
  // No kept answer stays: the reports say the same as before.
  expect(await reports()).toEqual(before);
  expect((await verify()).code).toBe(0);
});

test('a line of a plan that is wrong is found and mended from its members’', async () => {
  const line = `${house.tenantId}:${house.planId}:${today()}`;
  await tallies('plan_days').updateMany(
    { tenantId: house.tenantId, day: today() },
    { $inc: { usedSeconds: 60 } },
  );
  const found = await verify();
  expect([found.code, found.lines]).toEqual([
    1,
    expect.arrayContaining([expect.stringMatching(`^plan_days ${line}: usedSeconds is \\d+ too high$`)]),
  ]);
  expect((await verify('--mend')).code).toBe(0);
  expect((await verify()).code).toBe(0);
});

test('slots that are wrong are told, and stay an operator’s to judge', async () => {
  const licenses = kit.connection.collection<{ _id: number }>('licenses');
  await licenses.updateOne({ _id: mine.licenseId }, { $inc: { boundDevices: 1 } });
  for (const args of [[], ['--mend']]) {
    const { code, lines } = await verify(...args);
    expect([code, lines[0]]).toEqual([
      1,
      `licence ${mine.licenseId} of tenant ${house.tenantId} counts 2 devices; 1 are bound`,
    ]);
  }
  await licenses.updateOne({ _id: mine.licenseId }, { $inc: { boundDevices: -1 } });
});

test('says how it is used, and what it was given wrongly', async () => {
  const help = await verify('--help');
  expect([help.code, help.lines.join('\n')]).toEqual([0, expect.stringContaining('npm run verify-licenses')]);
  for (const args of [['--tenant', 'x'], ['--tenant', '0'], ['--all']]) {
    const { code, errors } = await verify(...args);
    expect([args, code, errors.length > 0]).toEqual([args, 2, true]);
  }
});
