import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

const COMMAND = fileURLToPath(new URL('../src/verify.ts', import.meta.url));
let ledger: LedgerKit;
let member: number;
let record: number;
beforeAll(async () => {
  ledger = await startLedgerKit();
});
afterAll(() => ledger?.stop());
beforeEach(async () => {
  member = await ledger.aMember();
  record = (await ledger.earn(member, 100)).body.record_id;
  await ledger.hold(member, 30);
});

/** Runs the command as an operator does. */
async function verify(...args: string[]) {
  const uri = new URL(process.env.MONGODB_URI as string);
  uri.pathname = `/${ledger.kit.connection.name}`;
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: { ...process.env, MONGODB_URI: uri.href },
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, output, errors };
}
const change = (name: string, id: number, set: Record<string, unknown>) =>
  ledger.kit.connection.collection<{ _id: number }>(name).updateOne({ _id: id }, { $set: set });

test('all adds up, also while points move', async () => {
  let isOver = false;
  const moving = (async () => {
    while (!isOver)
      await Promise.all([ledger.earn(member, 5), ledger.spend(member, 1), ledger.hold(member, 1)]);
  })();
  const { code, output } = await verify();
  isOver = true;
  await moving;
  expect([code, output]).toEqual([0, expect.stringMatching(/^\d+ profiles, \d+ records: all adds up\n$/)]);
});

test('a fault that somebody planted is found, in its tenant alone, with exit code 1', async () => {
  await change('profiles', member, { total: 101, available: 71, earnedTotal: 101 });
  await change('records', record, { 'lot.held': 29 });
  const { code, output } = await verify();
  await change('profiles', member, { total: 100, available: 70, earnedTotal: 100 });
  await change('records', record, { 'lot.held': 30 });
  expect(code).toBe(1);
  expect(output).toContain(`tenant 1, profile ${member}: ledger: the last record is 100, total is 101\n`);
  expect(output).toContain(
    `tenant 1, profile ${member}: lot: lot ${record} has 29 held, its open holds name 30\n`,
  );
  expect(output).toMatch(/\d+ profiles, \d+ records: 5 faults\n$/);
  expect((await verify()).code).toBe(0);
});

test('money that no order cost, and an order that counts too often, are found', async () => {
  await change('profiles', member, { moneySpent: 500, orderCount: 1 });
  const { code, output } = await verify();
  await change('profiles', member, { moneySpent: 0, orderCount: 0 });
  expect(code).toBe(1);
  expect(output).toContain(
    `tenant 1, profile ${member}: spending: Σ of its orders less refunds is 0, moneySpent is 500\n`,
  );
  expect(output).toContain(
    `tenant 1, profile ${member}: spending: its orders that count is 0, orderCount is 1\n`,
  );
  expect((await verify()).code).toBe(0);
});

describe('each kind of fault is found', () => {
  type Plant = [name: string, id: 'member' | 'record' | 'spending' | 'hold', set: Record<string, unknown>];
  let ids: Record<Plant[1], number>;
  beforeEach(async () => {
    const { body: hold } = await ledger.hold(member, 10);
    const { body: spent } = await ledger.spend(member, 20);
    ids = { member, record, spending: spent.record_id, hold: hold.id };
  });

  test.each<[string, Plant, string[]]>([
    ['a record of other points', ['records', 'record', { points: 99 }], ['movement', 'ledger']],
    ['a record that leaves less than nothing', ['records', 'spending', { balanceAfter: -80 }], ['negative']],
    ['a record that begins elsewhere', ['records', 'spending', { balanceBefore: 90 }], ['chain', 'movement']],
    ['a record of another place in the chain', ['records', 'spending', { ordinal: 9 }], ['chain']],
    ['a record of another profile', ['records', 'spending', { memberId: 1 }], ['ledger']],
    ['a lot of other points', ['records', 'record', { 'lot.remaining': 79 }], ['lots']],
    ['a lot that holds more than it has', ['records', 'record', { 'lot.held': 81 }], ['lot', 'lots']],
    ['a lot of more than it began with', ['records', 'record', { 'lot.initial': 50 }], ['lot']],
    [
      'a lot that had ended when it was taken from',
      ['records', 'record', { 'lot.endsAt': new Date('2026-01-01T00:00:00Z') }],
      ['ended', 'due'],
    ],
    ['a lot that nobody finds', ['records', 'record', { 'lot.isOpen': false }], ['home']],
    ['a lot that is gone', ['records', 'record', { lot: null }], ['home', 'lots']],
    ['a hold of other points', ['holds', 'hold', { points: 11 }], ['holds']],
    ['a hold that is settled and still counted', ['holds', 'hold', { status: 'released' }], ['holds', 'lot']],
    ['another total', ['profiles', 'member', { total: 81 }], ['balance', 'ledger', 'lots']],
    ['more available', ['profiles', 'member', { available: 41 }], ['balance']],
    ['less than nothing frozen', ['profiles', 'member', { frozen: -1 }], ['negative', 'balance', 'holds']],
    ['another total earned', ['profiles', 'member', { earnedTotal: 101 }], ['balance', 'ledger']],
    ['another total spent', ['profiles', 'member', { spentTotal: 21 }], ['balance', 'ledger']],
    ['another total expired', ['profiles', 'member', { expiredTotal: 1 }], ['balance', 'ledger']],
    ['another number of records', ['profiles', 'member', { recordCount: 1 }], ['ledger']],
    ['an end that nobody looks for', ['profiles', 'member', { nextExpiryAt: null }], ['due']],
  ])('%s', async (_name, [name, which, set], rules) => {
    const stored = ledger.kit.connection.collection<{ _id: number }>(name);
    const whole = await stored.findOne({ _id: ids[which] });
    expect(await ledger.faults(1, [member])).toEqual([]);
    await change(name, ids[which], set);
    const found = new Set((await ledger.faults(1, [member])).map(({ rule }) => rule));
    await stored.replaceOne({ _id: ids[which] }, whole as { _id: number });
    expect([...found]).toEqual(expect.arrayContaining(rules));
    expect(await ledger.faults(1, [member])).toEqual([]);
  });
});

test('one tenant alone, as JSON lines', async () => {
  await change('records', record, { points: 99 });
  const empty = await ledger.kit.aTenant();
  const [mine, other] = [await verify('--tenant', '1', '--json'), await verify('--tenant', `${empty}`)];
  const [own, another] = [await verify('--profile', `${member}`), await verify('--profile', `${member - 1}`)];
  expect([own.code, another.code]).toEqual([1, 0]);
  await change('records', record, { points: 100 });
  const lines = mine.output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(mine.code).toBe(1);
  expect(lines[0]).toEqual({
    tenantId: 1,
    profileId: member,
    rule: 'movement',
    found: `record ${record} says 99 points and moves 100`,
  });
  expect(lines.at(-1)).toMatchObject({ profiles: expect.any(Number), faults: lines.length - 1 });
  expect([other.code, other.output]).toEqual([0, '0 profiles, 0 records: all adds up\n']);
});

test('what it cannot do ends with 2 and says why', async () => {
  const wrong = await verify('--tenant', 'acme');
  expect([wrong.code, wrong.errors]).toEqual([2, '--tenant is the id of a tenant: a whole number.\n']);
  expect((await verify('--profile', '0')).code).toBe(2);
  expect((await verify('--surprise')).code).toBe(2);
  const unknown = await verify('--tenant', '999999');
  expect([unknown.code, unknown.output]).toEqual([2, '']);
  expect(unknown.errors).toContain('There is no tenant 999999 in this database');
  const nobody = await verify('--profile', '999999');
  expect([nobody.code, nobody.errors]).toEqual([2, 'There is no profile 999999 in this database.\n']);
  const help = await verify('--help');
  expect([help.code, help.output]).toEqual([0, expect.stringContaining('npm run verify-ledger')]);
});
