/**
 * Drill: writes without keys through the gateway, each sent once, while MongoDB is killed with -9 and brought back. What was
 * acknowledged is there once, what was refused is not there at all, and everybody gets a true answer in time.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createClient, type Client } from '@membership/contracts/client';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import { earnPoints } from '@membership/contracts/endpoints/points/index';
import { createLogger } from '@membership/platform/log';
import { connectMongo } from '@membership/platform/mongo';
import { verifyLedger } from '../../services/points/src/ledger/verify-ledger.ts';
import { startPlatformKit, type PlatformKit } from '../platform-kit.ts';

const KILLS = Number(process.env.DRILL_KILLS ?? 30);
const CONNECTIONS = 64;
const MEMBERS = 40;
/** A write's own time, what is asked of its commit after that, and the way. */
const ANSWERED_MS = 15_000;
/** Refused: surely not done. */
const REFUSED = 'SYS_002';
/** Nobody could say in time: done once or not at all. */
const UNKNOWN = 'OUTCOME_UNKNOWN';

type Sent = { readonly id: number; readonly said: string; readonly milliseconds: number };

let kit: PlatformKit;
let shop: Client;
let members: number[];
beforeAll(async () => {
  kit = await startPlatformKit({
    ownDatabase: true,
    environment: { all: { WRITE_DEADLINE_MS: '10000' }, gateway: { UPSTREAM_TIMEOUT_MS: '15000' } },
  });
  const admin = await kit.as('admin_acme');
  const lines = Array.from({ length: MEMBERS }, (_, index) => `lost_${index},lost_${index}@example.com`);
  const imported = await admin.send('POST', '/api/v1/members/import/', {
    raw: ['username,email', ...lines].join('\n'),
    headers: { 'content-type': 'text/csv' },
  });
  members = imported.body.data.rows.map(({ member_id }: { member_id: number }) => member_id);
  const { client_id, client_secret } = await admin.ask(identity.createClient, {
    body: { name: 'Shop', scopes: ['points:write'] },
  });
  const token = await kit.anonymous.send('POST', '/api/v1/auth/token/', {
    raw: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  shop = createClient({ baseUrl: kit.services.url, token: token.body.access_token });
  for (const id of members) await shop.ask(earnPoints, body(id, 1));
});
afterAll(() => kit?.proveAndStop());

const body = (member: number, source_id: number) => ({
  params: { id: String(member) },
  body: { points_amount: 1, category: 'license', source_type: 'drill', source_id },
});

/** What those on the way logged as an error: it tells why. */
const errorsIn = ({ services }: PlatformKit): string[] =>
  (['gateway', 'points'] as const).flatMap((name) =>
    services
      .logs(name)
      .split('\n')
      .filter((line) => line.includes('"level":"error"')),
  );

/** Sends earnings one after the other, each once. */
async function earn(connection: number, isOver: () => boolean, sent: Sent[]): Promise<void> {
  for (let count = 0; !isOver(); count++) {
    const id = (connection + 1) * 1_000_000 + count;
    const started = performance.now();
    const said = await shop
      .call(earnPoints, body(members[(connection * 7 + count) % MEMBERS] as number, id))
      .then(
        ({ status, body: answer }) => (status < 300 ? 'done' : `${status} ${answer.error?.code}`),
        (error: unknown) => `broken: ${String(error)}`,
      );
    sent.push({ id, said, milliseconds: performance.now() - started });
    await pause(20);
  }
}

test(`${CONNECTIONS} connections, ${KILLS} kills: none twice, none of the acknowledged missing, nothing refused and done`, async () => {
  const { mongodb } = kit.infrastructure;
  const sent: Sent[] = [];
  let isOver = false;
  const connections = Array.from({ length: CONNECTIONS }, (_, index) => earn(index, () => isOver, sent));
  for (let kill = 0; kill < KILLS; kill++) {
    await pause(500 + Math.random() * 1_500);
    await mongodb.kill?.('SIGKILL');
    // Some longer than the driver looks for a server.
    await pause(kill % 5 === 4 ? 7_000 : Math.random() * 1_500);
    await mongodb.start?.();
  }
  await pause(2_000);
  isOver = true;
  await Promise.all(connections);

  const logger = createLogger({ service: 'points', level: 'silent' });
  const { connection } = await connectMongo({ uri: kit.databaseUri('points'), logger, poolSize: 2 });
  try {
    const kept = await connection
      .collection('records')
      .aggregate<{ _id: number; times: number }>([
        { $match: { sourceType: 'drill', sourceId: { $gte: 1_000_000 } } },
        { $group: { _id: '$sourceId', times: { $sum: 1 } } },
      ])
      .toArray();
    const times = new Map(kept.map((one) => [one._id, one.times]));
    const saying = (what: string) => sent.filter(({ said }) => said.endsWith(what));
    const counts: Record<string, number> = {};
    for (const { said } of sent) counts[said] = (counts[said] ?? 0) + 1;
    const slowest = Math.max(...sent.map(({ milliseconds }) => milliseconds));
    process.stdout.write(
      `     lost writes: ${sent.length} sent, ${KILLS} kills: ${JSON.stringify(counts)}; slowest answer ${Math.round(slowest)} ms\n`,
    );
    expect(kept.filter((one) => one.times > 1)).toEqual([]);
    expect(saying('done').filter(({ id }) => !times.has(id))).toEqual([]);
    expect(saying(REFUSED).filter(({ id }) => times.has(id))).toEqual([]);
    // No 500, no 429, no connection that broke, no gateway that gave up.
    const others = Object.keys(counts).filter(
      (said) => !['done', `503 ${REFUSED}`, `503 ${UNKNOWN}`].includes(said),
    );
    expect([others, others.length > 0 ? errorsIn(kit) : []]).toEqual([[], []]);
    expect(slowest).toBeLessThan(ANSWERED_MS);
    const faults: unknown[] = [];
    await verifyLedger(connection, { onFault: (fault) => faults.push(fault) });
    expect(faults).toEqual([]);
  } finally {
    await connection.close();
  }
});
