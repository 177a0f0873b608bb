/** A batch of commands costs the same number of questions to MongoDB, whatever its size, its tenants and kinds of command. */
import mongoose from 'mongoose';
import { Refusal } from '@membership/contracts/errors';
import { Directory } from '@membership/platform/directory';
import type { Item } from '@membership/platform/group-commit';
import { idsOf } from '@membership/platform/ids';
import { createLogger } from '@membership/platform/log';
import type { Connection } from '@membership/platform/mongo';
import { scopeOfJob } from '@membership/platform/scope';
import { transactionsOf } from '@membership/platform/transaction';
import type { Command } from '../src/ledger/command.ts';
import { commit } from '../src/ledger/commit.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import { modelsOf } from '../src/models.ts';
import { TenantDefinitions } from '../src/tenants/tenant-definitions.ts';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';
import { completing, earning, holding, spending } from './ledger-world.ts';

let kit: LedgerKit;
let connection: Connection;
/** Definitions and ids aside, which are looked at once a second and once a thousand. */
const OWN = new Set(['profiles', 'records', 'lots', 'holds', 'orders', 'day_totals', 'outbox']);
const asked: string[] = [];
let ledger: Ledger;
const members: Record<1 | 2, number[]> = { 1: [], 2: [] };
beforeAll(async () => {
  kit = await startLedgerKit({ EXPIRY_JOB_SECONDS: '3600' });
  for (let index = 0; index < 8; index++)
    for (const tenantId of [1, 2] as const) members[tenantId].push(await kit.aMember(tenantId));
  const uri = new URL(process.env.MONGODB_URI as string);
  uri.pathname = `/${kit.kit.connection.name}`;
  const logger = createLogger({ service: 'points', level: 'silent' });
  const options = { autoIndex: false, autoCreate: false, monitorCommands: true };
  connection = await mongoose.createConnection(uri.href, options).asPromise();
  connection.getClient().on('commandStarted', ({ commandName, command }) => {
    const collection = String(command[commandName]);
    if (OWN.has(collection)) asked.push(`${commandName} ${collection}`);
  });
  const models = modelsOf(connection);
  const directory = new Directory({
    connection,
    gatewayUrl: 'http://127.0.0.1:1',
    service: 'points',
    logger,
  });
  const transactions = transactionsOf(connection, 'points');
  const definitions = new TenantDefinitions(models, idsOf(connection), transactions, (scope, session) =>
    directory.readTenant(scope, session),
  );
  const zoneOf: Ledger['zoneOf'] = (scope, session) => definitions.zoneOf(scope, session);
  ledger = { models, ids: idsOf(connection), definitions, zoneOf };
});
afterAll(async () => {
  await connection?.close();
  await kit?.stop();
});

const scopes = { 1: scopeOfJob(1, 'points', 'test'), 2: scopeOfJob(2, 'points', 'test') } as const;
const of = (tenantId: 1 | 2, member: number, command: (memberId: number) => Command): Item<Command> => ({
  scope: scopes[tenantId],
  command: command(members[tenantId][member] as number),
});

/** Commits in one transaction; what was asked of which collection for it. */
async function questionsOf(items: readonly Item<Command>[]): Promise<string[]> {
  asked.length = 0;
  const outcomes = await transactionsOf(connection, 'points').run((unit) => commit(ledger, items, unit));
  expect(outcomes.filter((one) => one instanceof Refusal)).toEqual([]);
  return [...asked].sort();
}

test('earnings: of one member, and of sixteen of two tenants', async () => {
  const one = await questionsOf([of(1, 0, (id) => earning(id, 10))]);
  const many = await questionsOf(
    Array.from({ length: 64 }, (_, index) =>
      of(index % 2 === 0 ? 1 : 2, Math.floor(index / 2) % 8, (id) => earning(id, 1_000)),
    ),
  );
  expect(one).toEqual([...['find profiles', 'insert outbox', 'insert records', 'update profiles']]);
  expect(many).toEqual(one);
});

test('every kind at once: no more than each kind of it asks for', async () => {
  const held = await transactionsOf(connection, 'points').run((unit) =>
    commit(ledger, [of(1, 7, (id) => holding(id, 5)), of(2, 7, (id) => holding(id, 5))], unit),
  );
  const holdOf = (index: number) => {
    const outcome = held[index];
    return outcome && !(outcome instanceof Refusal) ? (outcome.hold?._id ?? 0) : 0;
  };
  const questions = await questionsOf([
    ...[0, 1, 2, 3].flatMap((member) => [
      of(1, member, (id) => spending(id, 5)),
      of(2, member, (id) => holding(id, 5)),
      of(1, member, (id) => completing(id, `O${member}`, 1_000)),
      of(2, member, (id) => completing(id, `O${member}`, 1_000)),
    ]),
    of(1, 7, (memberId) => ({ kind: 'capture', memberId, holdId: holdOf(0) })),
    of(2, 7, (memberId) => ({ kind: 'release', memberId, holdId: holdOf(1) })),
  ]);
  expect(questions).toEqual(
    [
      // The lots of those who take, and of the holds; what is left of them is written back into their records.
      ...['find profiles', 'find holds', 'find orders', 'find records', 'find records'],
      ...['update profiles', 'insert records', 'update records'],
      ...['insert holds', 'update holds', 'insert orders', 'insert outbox'],
    ].sort(),
  );
});
