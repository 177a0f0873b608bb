/** Each movement tells of which lots its points are, by month; profiles of a version before are told once, while all goes on. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Envelope } from '@membership/contracts/event';
import { profileLotsListed } from '@membership/contracts/events/points';
import { eventually } from '@membership/platform/testing/service-kit';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { LedgerShape } from '../src/ledger/ledger-shape.ts';
import { earnedAtOf, NEVER, type Lot } from '../src/domain/lots.ts';
import { monthMark } from '../src/ledger/month-mark.ts';
import type { Profile } from '../src/domain/profile.ts';
import { tellLots } from '../src/ledger/tell-lots.ts';
import { migrations } from '../src/migrations.ts';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

const COMMAND = fileURLToPath(new URL('../src/tell-lots.ts', import.meta.url));
let ledger: LedgerKit;
beforeAll(async () => {
  ledger = await startLedgerKit();
  await ledger.settings({ transfers_enabled: true, daily_limits: {} });
});
afterAll(() => ledger?.stop());
afterEach(async () => expect(await ledger.faults()).toEqual([]));

type ToldLot = { readonly earnedIn: string; readonly endsIn: string | null; readonly points: number };
const profiles = () => ledger.kit.connection.collection<Profile>('profiles');
const profileOf = async (member: number) => (await profiles().findOne({ _id: member })) as Profile;
const inDays = (days: number) => ({ expires_at: new Date(Date.now() + days * 86_400_000).toISOString() });
/** As a version before has left them. */
const untell = (...members: number[]) =>
  profiles().updateMany({ _id: { $in: members } }, { $unset: { lotsTold: 1 } });

/** Every fact of a member's profile. */
async function factsOf(member: number): Promise<readonly Envelope[]> {
  const found = () =>
    new Map(
      ledger.kit.heard
        .filter(
          ({ subject, source, type }) =>
            subject === String(member) &&
            source === '/services/points' &&
            /^(points|profile|level|order)\./.test(type),
        )
        .map((fact) => [fact.sequence, fact]),
    );
  await eventually(async () => expect(found().size).toBe((await profileOf(member)).sequence));
  return [...found().values()].sort((left, right) => left.sequence - right.sequence);
}

const MOVEMENT = /^points\.(earned|spent|adjusted|expired|reversed)\.v1$/;
/** What the facts of a member tell of its lots, less what comes to nothing; each movement's lots add up to its points. */
async function toldOf(member: number): Promise<Record<string, number>> {
  const told: Record<string, number> = {};
  for (const { type, data } of await factsOf(member)) {
    const lots = data['lots'] as readonly ToldLot[] | undefined;
    for (const { earnedIn, endsIn, points } of lots ?? [])
      told[`${earnedIn} ${endsIn}`] = (told[`${earnedIn} ${endsIn}`] ?? 0) + points;
    if (lots && MOVEMENT.test(type))
      expect(lots.reduce((sum, { points }) => sum + points, 0)).toBe(data['points']);
  }
  return Object.fromEntries(Object.entries(told).filter(([, points]) => points !== 0));
}

const monthsOf = (lot: Lot): string =>
  `${monthMark(earnedAtOf(lot)).toISOString()} ${lot.endsAt < NEVER ? monthMark(lot.endsAt).toISOString() : null}`;
async function leftOf(member: number): Promise<Record<string, number>> {
  const left: Record<string, number> = {};
  for (const lot of await ledger.lots(member))
    if (lot.remaining > 0) left[monthsOf(lot)] = (left[monthsOf(lot)] ?? 0) + lot.remaining;
  return left;
}
function byEarning(sums: Readonly<Record<string, number>>): Record<string, number> {
  const all: Record<string, number> = {};
  for (const [months, points] of Object.entries(sums)) {
    const [earnedIn = ''] = months.split(' ');
    all[earnedIn] = (all[earnedIn] ?? 0) + points;
  }
  return all;
}
const expectAllTold = async (...members: number[]) => {
  for (const member of members) expect(await toldOf(member)).toEqual(await leftOf(member));
};

/** One of each kind of movement, between two members. */
async function moveThrough(member: number, other: number): Promise<void> {
  await ledger.earn(member, 100, inDays(10));
  await ledger.earn(member, 100, inDays(400));
  const { body: gift } = await ledger.earn(member, 50, { expires_at: null });
  const { body: spent } = await ledger.spend(member, 120);
  const { body: hold } = await ledger.hold(member, 60);
  expect((await ledger.capture(hold.id, 25)).status).toBe(200);
  expect((await ledger.transfer(member, other, 90)).status).toBe(200);
  expect((await ledger.cancel(spent.record_id)).status).toBe(200);
  // More than is left of it: the rest is owed, and taken from what comes next.
  await ledger.spend(member, (await profileOf(member)).available - 10);
  expect((await ledger.cancel(gift.record_id)).status).toBe(200);
  expect((await profileOf(member)).debts).toHaveLength(1);
  await ledger.earn(member, 100, inDays(60));
}

test('each movement of a new profile tells its lots: what all told is what is left', async () => {
  const [member, other] = [await ledger.aMember(), await ledger.aMember()];
  expect((await profileOf(member)).lotsTold).toBe(true);
  await moveThrough(member, other);
  await expectAllTold(member, other);
  const types = new Set((await factsOf(member)).map(({ type }) => type));
  expect([...types]).toEqual(expect.arrayContaining(['points.spent.v1', 'points.reversed.v1']));
  expect(types.has(profileLotsListed.type)).toBe(false);
});

test('what ends is told, what is held beyond its end when it is given back; and what comes back of it by when it was earned', async () => {
  const member = await ledger.aMember();
  const { body: earned } = await ledger.earn(member, 100, inDays(1));
  await ledger.earn(member, 30, { expires_at: null });
  const { body: hold } = await ledger.hold(member, 40);
  await ledger.endNow(member, { lot: earned.record_id });
  const expiries = async () => (await factsOf(member)).filter(({ type }) => type === 'points.expired.v1');
  await eventually(async () => expect((await expiries()).map(({ data }) => data['points'])).toEqual([-60]));
  // It was made to end at another time than it was told: what is told of earning stands.
  const expectTold = async () =>
    expect(byEarning(await toldOf(member))).toEqual(byEarning(await leftOf(member)));
  await expectTold();
  expect((await ledger.release(hold.id)).status).toBe(200);
  await eventually(async () => expect(await expiries()).toHaveLength(2));
  await expectTold();
  const [first] = await expiries();
  expect((await ledger.cancel(Number(first?.data['recordId']))).status).toBe(200);
  await expectTold();
  const lots = await ledger.lots(member);
  const [ended, heir] = [
    lots.find(({ heirs }) => heirs),
    lots.find(({ originId }) => originId !== undefined),
  ];
  expect(heir).toMatchObject({ remaining: 60, earnedAt: ended?.createdAt });
});

test('a profile of a version before tells nothing of lots, until all are told at once', async () => {
  const [member, other] = [await ledger.aMember(), await ledger.aMember()];
  await untell(member, other);
  await moveThrough(member, other);
  expect([await toldOf(member), await toldOf(other)]).toEqual([{}, {}]);
  const told = await tellLots(ledger.kit.connection, { openedWithin: 0 });
  expect(told.profiles).toBe(2);
  expect(told.lots).toBe((await ledger.lots(member)).length + (await ledger.lots(other)).length);
  await expectAllTold(member, other);
  await moveThrough(other, member);
  await expectAllTold(member, other);
  const [listed, ...more] = (await factsOf(member)).filter(({ type }) => type === profileLotsListed.type);
  expect(more).toEqual([]);
  expectLikeSample(listed as Envelope);
  expect(listed).toMatchObject({ actor: 'system:points', data: { profileId: member } });
});

test('what had ended and what had come back is told by when it was earned, and once', async () => {
  const member = await ledger.aMember();
  await untell(member);
  const { body: earned } = await ledger.earn(member, 100, inDays(1));
  await ledger.spend(member, 20);
  await ledger.endNow(member, { lot: earned.record_id });
  await eventually(async () => expect((await profileOf(member)).expiredTotal).toBe(80));
  const [expiry] = (await ledger.records(member)).filter(({ point_type }) => point_type === 'expire');
  expect((await ledger.cancel(Number(expiry?.id))).status).toBe(200);
  await ledger.spend(member, 30);
  // Versions before did not keep it.
  const { connection } = ledger.kit;
  const [lots, records] = [connection.collection('lots'), connection.collection('records')];
  await records.updateMany({ memberId: member }, { $unset: { 'lot.earnedAt': 1 } });
  await lots.updateMany({ memberId: member }, { $unset: { earnedAt: 1 } });
  const earlier = new Date('2026-01-10T00:00:00Z');
  await records.updateOne({ _id: earned.record_id }, { $set: { createdAt: earlier } });
  await tellLots(connection, { openedWithin: 0 });
  const listed = (await factsOf(member)).find(({ type }) => type === profileLotsListed.type);
  const all = listed?.data['lots'] as readonly (ToldLot & { earned: number; expired: number })[];
  const sum = (of: 'points' | 'earned' | 'expired') => all.reduce((total, lot) => total + lot[of], 0);
  expect([sum('points'), sum('earned'), sum('expired')]).toEqual([50, 100, 0]);
  expect(new Set(all.map(({ earnedIn }) => earnedIn))).toEqual(new Set(['2026-01-15T00:00:00.000Z']));
  await ledger.spend(member, 10);
  await expectAllTold(member);
});

test('lots are told while points move, once of each profile; it may be stopped and run again', async () => {
  const [idle, busy, also] = [await ledger.aMember(), await ledger.aMember(), await ledger.aMember()];
  const empty = await profileOf(idle);
  await profiles().insertMany(
    Array.from({ length: 30 }, (_, index) => ({ ...empty, _id: 800_000_000 + index })),
  );
  await untell(...(await profiles().distinct('_id', { _id: { $gte: 800_000_000 } })), busy, also);
  for (const member of [busy, also]) await ledger.earn(member, 100, inDays(20));
  let isOver = false;
  const moving = [busy, also].map(async (member) => {
    while (!isOver) {
      const answers = await Promise.all([ledger.earn(member, 5, inDays(1)), ledger.spend(member, 3)]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    }
  });
  const stopping = new AbortController();
  const { connection } = ledger.kit;
  const first = await tellLots(connection, {
    openedWithin: 0,
    signal: stopping.signal,
    onProgress: () => stopping.abort(),
  });
  const second = await tellLots(connection, { openedWithin: 0 });
  isOver = true;
  await Promise.all(moving);
  expect([first.profiles, second.profiles]).toEqual([20, 12]);
  expect(await tellLots(connection, { openedWithin: 0 })).toEqual({ profiles: 0, lots: 0 });
  await expectAllTold(busy, also);
});

test('a database of a version before tells nothing of lots until it is said that all processes are new; a new one does', async () => {
  const { connection } = ledger.kit;
  const shapes = connection.collection<{ _id: string }>('ledger_shape');
  const migration = migrations.find(({ name }) => name === 'lots in facts');
  const signal = new AbortController().signal;
  await shapes.deleteOne({ _id: 'facts' });
  await ledger.aMember().then((member) => ledger.earn(member, 1));
  await migration?.run(connection, signal);
  const shape = new LedgerShape(connection);
  expect(await shape.ofNewProfile()).toEqual({ lotsIn: 'records' });
  await tellLots(connection, { openedWithin: 0 });
  expect(await shape.ofNewProfile()).toEqual({ lotsIn: 'records', lotsTold: true });
  const empty = connection.useDb(`${connection.name}_none`);
  await migration?.run(empty, signal);
  expect(await new LedgerShape(empty).ofNewProfile()).toEqual({ lotsTold: true });
  await empty.dropDatabase();
});

test('the command tells them and says how many; it refuses what it does not know', async () => {
  const member = await ledger.aMember();
  await untell(member);
  await ledger.earn(member, 10, inDays(3));
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
  expect([code, output]).toEqual([0, '1 profiles, 1 lots told\n']);
  expect([wrong[0], help[0]]).toEqual([2, 0]);
  await expectAllTold(member);
});
