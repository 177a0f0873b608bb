/** Lots in their records, and in documents of their own as a version before kept them: both work, and the one becomes the other. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { LedgerShape } from '../src/ledger/ledger-shape.ts';
import { moveLots } from '../src/ledger/move-lots.ts';
import type { Profile } from '../src/domain/profile.ts';
import { migrations } from '../src/migrations.ts';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';
import { asVersionBefore } from './stored-lots.ts';

const COMMAND = fileURLToPath(new URL('../src/move-lots.ts', import.meta.url));
let ledger: LedgerKit;
beforeAll(async () => {
  ledger = await startLedgerKit({ EXPIRY_JOB_SECONDS: '3600' });
  await ledger.settings({ transfers_enabled: true, daily_limits: {} });
});
afterAll(() => ledger?.stop());
afterEach(async () => expect(await ledger.faults()).toEqual([]));

const inDays = (days: number) => ({ expires_at: new Date(Date.now() + days * 86_400_000).toISOString() });
const homeOf = async (member: number) =>
  (await ledger.kit.connection.collection<Profile>('profiles').findOne({ _id: member }))?.lotsIn;
const separate = (member: number) =>
  ledger.kit.connection.collection('lots').countDocuments({ memberId: member });
const faultsOf = async (member: number) =>
  new Set((await ledger.faults(1, [member])).map(({ rule }) => rule));

/** A member with three lots, one of them empty, one partly held. */
async function aMemberWithLots(): Promise<number> {
  const member = await ledger.aMember();
  for (const days of [10, 20, 30]) await ledger.earn(member, 100, inDays(days));
  await ledger.spend(member, 120);
  await ledger.hold(member, 30);
  return member;
}

/** One of each kind of movement; the records that two of them made. */
async function moveThrough(member: number, other: number): Promise<void> {
  await ledger.earn(member, 100, inDays(15));
  const { body: spent } = await ledger.spend(member, 60);
  await ledger.earn(member, 40, inDays(5));
  const { body: hold } = await ledger.hold(member, 15);
  expect((await ledger.capture(hold.id, 5)).status).toBe(200);
  expect((await ledger.transfer(member, other, 70)).status).toBe(200);
  expect((await ledger.cancel(spent.record_id)).status).toBe(200);
}

test('a new member’s lots are in their records; those of a record that made several are, but for the first, beside them', async () => {
  const [member, other] = [await aMemberWithLots(), await ledger.aMember()];
  expect([await homeOf(member), await separate(member)]).toEqual(['records', 0]);
  expect((await ledger.transfer(member, other, 130)).status).toBe(200);
  expect([await homeOf(other), await separate(other)]).toEqual(['both', 1]);
  // Soonest end first, wherever they are.
  await ledger.earn(other, 10, inDays(25));
  await ledger.spend(other, 100);
  expect((await ledger.lots(other)).map(({ remaining }) => remaining)).toEqual([0, 0, 40]);
  await moveThrough(other, member);
});

test('a profile of the version before goes on as it was', async () => {
  const [member, other] = [await aMemberWithLots(), await aMemberWithLots()];
  await asVersionBefore(ledger.kit.connection, [member, other]);
  expect(await ledger.faults(1, [member, other])).toEqual([]);
  await moveThrough(member, other);
  expect([await homeOf(member), await homeOf(other)]).toEqual([undefined, undefined]);
  expect(await separate(member)).toBe((await ledger.lots(member)).length);
});

test('lots are moved while points move: all of each profile, and nothing else of it', async () => {
  const members = await Promise.all(Array.from({ length: 12 }, () => aMemberWithLots()));
  const [first, second, third] = members as [number, number, number];
  // Some have lots of records that made several.
  await ledger.transfer(first, second, 120);
  await asVersionBefore(ledger.kit.connection, members);
  const before = await ledger.lots(third);
  let isOver = false;
  const moving = members
    .filter((one) => one !== third)
    .map(async (member) => {
      while (!isOver) {
        const answers = await Promise.all([ledger.earn(member, 5, inDays(1)), ledger.spend(member, 3)]);
        expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      }
    });
  const moved = await moveLots(ledger.kit.connection, { openedWithin: 0 });
  isOver = true;
  await Promise.all(moving);
  expect(moved.profiles).toBeGreaterThanOrEqual(members.length);
  const homes = await Promise.all(members.map(homeOf));
  expect(homes).toEqual(members.map((member) => (member === second ? 'both' : 'records')));
  expect(await Promise.all(members.map(separate))).toEqual(
    members.map((member) => (member === second ? 1 : 0)),
  );
  expect(await ledger.lots(third)).toEqual(before);
  await moveThrough(second, first);
});

test('it may be stopped anywhere and run again; what is moved already is left alone', async () => {
  const members = await Promise.all(Array.from({ length: 4 }, () => aMemberWithLots()));
  await asVersionBefore(ledger.kit.connection, members);
  const stopping = new AbortController();
  stopping.abort();
  expect(await moveLots(ledger.kit.connection, { signal: stopping.signal })).toEqual({
    profiles: 0,
    lots: 0,
  });
  const again = await moveLots(ledger.kit.connection, { openedWithin: 0 });
  expect([again.profiles, again.lots]).toEqual([4, 12]);
  expect(await moveLots(ledger.kit.connection, { openedWithin: 0 })).toEqual({ profiles: 0, lots: 0 });
  const names = (await ledger.kit.connection.collection('lots').indexes()).map(({ name }) => name);
  expect(names).toHaveLength(2);
});

test('a member of very many lots is moved alone', async () => {
  const member = await aMemberWithLots();
  const few = await aMemberWithLots();
  const { connection } = ledger.kit;
  await asVersionBefore(connection, [member, few]);
  const empty = Array.from({ length: 2_500 }, (_, index) => ({
    ...{ _id: 900_000_000 + index, tenantId: 1, memberId: member, recordId: 1, initial: 1 },
    ...{ remaining: 0, held: 0, endsAt: new Date(), createdAt: new Date() },
  }));
  await connection.collection<{ _id: number }>('lots').insertMany(empty);
  const { profiles, lots } = await moveLots(connection, { openedWithin: 0 });
  expect([profiles, lots, await homeOf(member), await homeOf(few)]).toEqual([2, 6, 'both', 'records']);
});

test('a database of a version before is left as it is until it is said that all processes are new; a new one is new', async () => {
  const { connection } = ledger.kit;
  const shapes = connection.collection('ledger_shape');
  const said = await shapes.find().toArray();
  const migration = migrations.find(({ name }) => name === 'lots in their records');
  const signal = new AbortController().signal;
  expect(await new LedgerShape(connection).ofNewProfile()).toMatchObject({ lotsIn: 'records' });
  await shapes.deleteMany({});
  await migration?.run(connection, signal);
  const shape = new LedgerShape(connection);
  expect(await shape.ofNewProfile()).toEqual({});
  await shapes.insertMany(said);
  expect(await shape.ofNewProfile()).toMatchObject({ lotsIn: 'records' });
  const empty = connection.useDb(`${connection.name}_empty`);
  await migration?.run(empty, signal);
  expect(await new LedgerShape(empty).ofNewProfile()).toEqual({ lotsIn: 'records' });
  await empty.dropDatabase();
});

test('a lot that is not where its profile says is a fault', async () => {
  const member = await aMemberWithLots();
  const { connection } = ledger.kit;
  const profiles = connection.collection<Profile>('profiles');
  await profiles.updateOne({ _id: member }, { $unset: { lotsIn: 1 } });
  expect(await faultsOf(member)).toContain('home');
  await profiles.updateOne({ _id: member }, { $set: { lotsIn: 'records' } });
  await asVersionBefore(connection, [member]);
  await profiles.updateOne({ _id: member }, { $set: { lotsIn: 'records' } });
  expect(await faultsOf(member)).toContain('home');
  await profiles.updateOne({ _id: member }, { $unset: { lotsIn: 1 } });
});

test('the command moves them and says how many; it refuses what it does not know', async () => {
  const member = await aMemberWithLots();
  await asVersionBefore(ledger.kit.connection, [member]);
  const uri = new URL(process.env.MONGODB_URI as string);
  uri.pathname = `/${ledger.kit.connection.name}`;
  const run = async (...args: string[]) => {
    const child = spawn(process.execPath, [COMMAND, ...args], {
      env: { ...process.env, MONGODB_URI: uri.href },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    return [await new Promise<number | null>((done) => child.on('close', done)), output];
  };
  const [[code, output], wrong, help] = await Promise.all([run(), run('--surprise'), run('--help')]);
  expect([code, output]).toEqual([0, expect.stringMatching(/^\d+ profiles, \d+ lots moved\n$/)]);
  expect([await homeOf(member), wrong[0], help[0]]).toEqual(['records', 2, 0]);
});
