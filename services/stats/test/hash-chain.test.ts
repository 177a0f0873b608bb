/** The hash chain of the audit trail: grows beside the reader, is signed daily, and shows each way of changing the past. */
import { execFile } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportStatistics, listAuditAnchors } from '@membership/contracts/endpoints/stats/index';
import {
  memberCreated,
  memberErased,
  memberUpdated,
  tenantErased,
} from '@membership/contracts/events/gateway';
import { eraseDueTenants } from '@membership/platform/erased-tenants';
import { transactionsOf } from '@membership/platform/transaction';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { heldSecret } from '@membership/platform/held-secret';
import { createLogger } from '@membership/platform/log';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { build as buildStats } from '../src/app.ts';
import type { ArchivedEvent } from '../src/archive/models.ts';
import { ArchiveRepository } from '../src/archive/archive-repository.ts';
import { eraseArchived } from '../src/erasures/erase-archived.ts';
import type { Anchor, SignedErasure } from '../src/hash-chain/anchor.ts';
import { ChainRepository, type AuditKey } from '../src/hash-chain/chain-repository.ts';
import {
  anchorChains,
  extendChains,
  sealKeysAnew,
  type ChainParts,
} from '../src/hash-chain/extend-chains.ts';
import { hashOf, type ChainEnd, type Link } from '../src/hash-chain/link.ts';
import { keptAnchorsIn } from '../src/hash-chain/kept-anchors.ts';
import { verifyChains, type Fault } from '../src/hash-chain/verify-chains.ts';
import { statsService } from '../src/service.ts';
import { earned, tell } from './a-story.ts';

const SECRET = 'a-key-of-the-tests-that-is-long-enough-0123456789';
let kit: ServiceKit;
let tenants = 700;
/** What an operator keeps elsewhere. */
const folder = mkdtempSync(join(tmpdir(), 'anchors-'));
// The service's own job signs each day's anchors as it begins.
beforeAll(() => clearOfMidnight('UTC'));
beforeAll(async () => {
  const build: typeof statsService.build = (context) => buildStats(context, { chainMilliseconds: 100 });
  kit = await startServiceKit({ ...statsService, build }, { INTERNAL_KEY: SECRET });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await kit?.stop();
});

const archive = () => kit.connection.collection<ArchivedEvent>('archive');
const links = () => kit.connection.collection<Link>('audit_links');
const anchors = () => kit.connection.collection<Anchor & { _id: string }>('audit_anchors');
const ends = () => kit.connection.collection<ChainEnd & { _id: number }>('audit_ends');
/** What the job does, when the test says. */
function partsOf(secret = heldSecret(SECRET)): ChainParts {
  const copy = kit.connection.useDb(kit.connection.name, { useCache: false });
  const chains = new ChainRepository(copy, new ArchiveRepository(copy));
  return { connection: copy, chains, secret, logger };
}
/** What was logged of anchors, by the service's own logger. */
let logged = '';
const destination = { write: (line: string) => void (logged += line) };
const logger = createLogger({ service: 'stats', level: 'info', destination });
const DAYS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAYS);

async function told(tenantId: number, count: number, from = 1): Promise<void> {
  const story = Array.from({ length: count }, (_, index) =>
    earned(7, 1, { tenantId, sequence: from + index, balance: from + index }),
  );
  await tell(kit, ...story);
  await covered(tenantId, count + from - 1);
}
const covered = (tenantId: number, count: number) =>
  eventually(async () => expect(await links().countDocuments({ tenantId })).toBe(count), {
    milliseconds: 60_000,
  });
async function faultsOf(
  tenantId: number,
  options: Partial<Parameters<typeof verifyChains>[1]> = {},
): Promise<string[]> {
  const found: Fault[] = [];
  const verified = await verifyChains(kit.connection, {
    ...{ tenantId, secrets: [SECRET] },
    ...options,
    onFault: (fault) => found.push(fault),
  });
  expect(verified.faults).toBe(found.length);
  return found.map((fault) => `${fault.number ?? '-'}: ${fault.found}`);
}
/** A tenant with seven entries, whose chain was signed after the fourth and after the sixth. */
async function aTrail() {
  const parts = partsOf();
  let tenantId = 0;
  // Again where a busy machine archived the first of them, and the job signed those, before the others.
  for (let signed: number | undefined; signed !== 4; ) {
    tenantId = ++tenants;
    await told(tenantId, 4);
    signed = await eventually(async () => {
      const anchor = await anchors().findOne({ tenantId });
      expect(anchor).not.toBeNull();
      return anchor?.number;
    });
  }
  await told(tenantId, 2, 5);
  await anchorChains(parts, inDays(tenants));
  await told(tenantId, 1, 7);
  expect(await faultsOf(tenantId)).toEqual([]);
  const chain = await links().find({ tenantId }).sort({ number: 1 }).toArray();
  const id = (number: number) => (chain[number - 1] as Link)._id;
  return { tenantId, chain, id, link: (number: number) => chain[number - 1] as Link };
}

test('grows by itself, entry by entry, and is signed once a day; who keeps an anchor can check it without the platform', async () => {
  const { tenantId, chain } = await aTrail();
  expect(chain.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  const admin = kit.as({ role: 'admin', tenantId });
  const { items, count } = await admin.ask(listAuditAnchors, {});
  expect([count, items.map(({ number }) => number)]).toEqual([2, [6, 4]]);
  const [newest, first] = items as [(typeof items)[number], (typeof items)[number]];
  expect([newest.previous, first.previous, newest.hash]).toEqual([first.signature, null, chain[5]?.hash]);
  for (const { day, number, hash, previous, public_key: x, signature } of items) {
    const lines = ['membership-audit-anchor.v1', tenantId, day, number, hash, previous ?? ''];
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: x as string }, format: 'jwk' });
    const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    expect(verify(null, text, key, Buffer.from(signature, 'base64url'))).toBe(true);
  }
  // The same day, and a tenant of which nothing is new, need no other.
  await anchorChains(partsOf(), inDays(tenants));
  expect((await admin.ask(listAuditAnchors, {})).count).toBe(2);
  expect((await kit.as({ role: 'admin', tenantId: 1 }).ask(listAuditAnchors, {})).items).toEqual([]);
  expect((await kit.as({ role: 'member', tenantId }).call(listAuditAnchors, {})).status).toBe(403);
  expect((await admin.call(listAuditAnchors, { query: { page: '0' } })).status).toBe(400);
  // As a file: what it holds is what is kept and checked by.
  const fileOf = async (of: number) =>
    String(
      await kit
        .as({ role: 'admin', tenantId: of })
        .ask(exportStatistics, { query: { report: 'audit_anchors', format: 'ndjson' } }),
    );
  const file = await fileOf(tenantId);
  expect(
    file
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([first, newest]);
  expect(keptAnchorsIn(file).map(({ number, hash }) => [number, hash])).toEqual([
    [first.number, first.hash],
    [newest.number, newest.hash],
  ]);
  expect(await fileOf(1)).toBe('');
});

test('one that is changed, left out, put in or moved shows, each by its number', async () => {
  const { tenantId, id, link } = await aTrail();
  const event = (number: number) => archive().findOne({ _id: id(number) }) as Promise<ArchivedEvent>;
  const second = await event(2);
  await archive().updateOne(
    { _id: id(2) },
    { $set: { text: second.text.replace('"points":1', '"points":9') } },
  );
  expect(await faultsOf(tenantId)).toEqual([`2: event ${id(2)} was changed`]);
  await archive().updateOne({ _id: id(2) }, { $set: { text: second.text } });

  // What it is found by stands beside the text, and hides it as well.
  for (const [column, value] of Object.entries({
    ...{ type: 'points.spent.v1', time: new Date(0), memberId: 8 },
    ...{ actor: 'user:99', causeId: 'another' },
  })) {
    await archive().updateOne({ _id: id(2) }, { $set: { [column]: value } });
    expect(await faultsOf(tenantId)).toEqual([`2: event ${id(2)} was changed beside its text: ${column}`]);
    await archive().replaceOne({ _id: id(2) }, second);
  }
  // A time that is a text reads the same, and is found by no time.
  await archive().updateOne({ _id: id(2) }, { $set: { time: second.time.toISOString() as never } });
  expect(await faultsOf(tenantId)).toEqual([`2: event ${id(2)} was changed beside its text: time`]);
  await archive().replaceOne({ _id: id(2) }, second);

  const third = await event(3);
  await archive().deleteOne({ _id: id(3) });
  expect(await faultsOf(tenantId)).toEqual([`3: event ${id(3)} is missing`]);
  await archive().insertOne(third);

  const position = link(3).position - 0.5;
  await archive().insertOne({ ...third, _id: 'put-in', position });
  expect(await faultsOf(tenantId)).toEqual([`-: event put-in was put in at position ${position}`]);
  await archive().deleteOne({ _id: 'put-in' });

  // Two that change places, at once with their links' events.
  await archive().updateOne({ _id: id(3) }, { $set: { position } });
  expect(await faultsOf(tenantId)).toEqual([`3: event ${id(3)} stands elsewhere`]);
  await archive().updateOne({ _id: id(3) }, { $set: { position: link(3).position } });
  await archive().updateOne({ _id: id(1) }, { $set: { tenantId: 1 } });
  expect(await faultsOf(tenantId)).toEqual([`1: event ${id(1)} is missing`]);
  expect(await faultsOf(1)).toEqual([expect.stringContaining(`event ${id(1)} was put in`)]);
  await archive().updateOne({ _id: id(1) }, { $set: { tenantId } });
  expect(await faultsOf(tenantId)).toEqual([]);
});

test('a chain that is changed with its events, cut off or made anew shows, by the chain or by its anchors', async () => {
  const { tenantId, chain, id, link } = await aTrail();
  await links().deleteOne({ _id: id(3) });
  await archive().updateOne({ _id: id(3) }, { $unset: { position: '' } });
  expect(await faultsOf(tenantId)).toEqual(['3: the link is missing']);
  await archive().updateOne({ _id: id(3) }, { $set: { position: link(3).position } });
  await links().insertOne(link(3));

  const digest = link(2).digest.replace(/./, '_');
  await links().updateOne({ _id: id(2) }, { $set: { digest } });
  expect(await faultsOf(tenantId)).toEqual([
    `2: the link of event ${id(2)} was changed`,
    `2: event ${id(2)} was changed`,
  ]);
  await links().updateOne({ _id: id(2) }, { $set: { digest: link(2).digest } });

  // The newest is taken out, the end set back to match: a chain that covers less than the archive did.
  await links().deleteOne({ _id: id(7) });
  await archive().deleteOne({ _id: id(7) });
  expect(await faultsOf(tenantId)).toEqual(['-: the chain ends at 6; it had 7 entries']);
  await ends().updateOne({ _id: tenantId }, { $set: { number: 5, hash: link(5).hash } });
  expect(await faultsOf(tenantId)).toEqual([
    expect.stringContaining(`event ${id(6)} was put in`),
    '-: the end of the chain was set back to 5',
    expect.stringContaining('6: the chain is another than the one that was signed on'),
  ]);

  // Somebody makes the whole chain anew, without the fifth: the anchors know of another.
  const left = chain.filter(({ number }) => number !== 5 && number !== 7);
  await links().deleteMany({ tenantId });
  await archive().deleteOne({ _id: id(5) });
  let before = '';
  const anew = left.map((one, index) => {
    const made = { ...one, number: index + 1 };
    before = hashOf(made, before);
    return { ...made, hash: before };
  });
  await links().insertMany(anew);
  await ends().updateOne({ _id: tenantId }, { $set: { number: 5, hash: before } });
  expect(await faultsOf(tenantId)).toEqual([
    expect.stringContaining('6: the chain is another than the one that was signed on'),
  ]);
  // And without the anchor, of which the end still tells.
  await anchors().deleteOne({ tenantId, number: 6 });
  expect(await faultsOf(tenantId)).toEqual(['6: the last anchor is missing']);
  // The end changed, too: whoever kept one sees it, the first anchor shows nothing.
  const first = await anchors().findOne({ tenantId });
  await ends().updateOne(
    { _id: tenantId },
    { $set: { anchor: first?.signature as string, anchoredNumber: first?.number as number } },
  );
  expect(await faultsOf(tenantId)).toEqual([]);
  expect(await faultsOf(tenantId, { kept: [{ tenantId, number: 4, hash: link(4).hash }] })).toEqual([]);
  expect(await faultsOf(tenantId, { kept: [{ tenantId, number: 6, hash: link(6).hash }] })).toEqual([
    '6: the chain is another than the one that was kept',
  ]);
});

test('an anchor that is changed, left out, or signed with another key is not believed', async () => {
  const { tenantId } = await aTrail();
  const [first, second] = await anchors().find({ tenantId }).sort({ day: 1 }).toArray();
  await anchors().updateOne(
    { _id: second?._id as string },
    { $set: { signature: first?.signature as string } },
  );
  expect(await faultsOf(tenantId)).toEqual([`6: the signature of the anchor of ${second?.day} is wrong`]);
  await anchors().replaceOne({ _id: second?._id as string }, second as never);
  await anchors().updateOne({ _id: second?._id as string }, { $set: { signedAt: new Date(0) } });
  expect(await faultsOf(tenantId)).toEqual([`6: the anchor of ${second?.day} says another time`]);
  await anchors().replaceOne({ _id: second?._id as string }, second as never);
  await anchors().deleteOne({ _id: second?._id as string });
  expect(await faultsOf(tenantId)).toEqual(['6: the last anchor is missing']);
  await anchors().insertOne(second as never);
  await anchors().deleteOne({ _id: first?._id as string });
  expect(await faultsOf(tenantId)).toEqual([`6: an anchor before that of ${second?.day} is missing`]);
  await anchors().insertOne(first as never);
  const keys = kit.connection.collection<AuditKey>('audit_keys');
  const x = (await keys.findOne({}))?.x as string;
  expect(await faultsOf(tenantId, { publicKeys: [x], secrets: undefined })).toEqual([]);
  const unbelieved = [first, second].map(
    (anchor) =>
      `${anchor?.number}: the anchor of ${anchor?.day} is signed with a key that is not believed: ${anchor?.kid}`,
  );
  expect(await faultsOf(tenantId, { publicKeys: ['A'.repeat(43)] })).toEqual(unbelieved);
  expect(await faultsOf(tenantId, { secrets: ['another-secret-than-the-services-0123456789'] })).toEqual(
    unbelieved,
  );
});

test('an erased person’s names are not kept by the chain, and their going is no change; other names are one', async () => {
  const tenantId = ++tenants;
  const named = (memberId: number, username: string) => ({
    ...{ memberId, username, email: `${username}@example.com`, displayName: username },
    ...{ role: 'member' as const, isActive: true, externalId: null, joinedAt: new Date().toISOString() },
  });
  await kit.publish(memberCreated, { tenantId, subject: 5, sequence: 1, data: named(5, 'jane') });
  await kit.publish(memberCreated, { tenantId, subject: 6, sequence: 1, data: named(6, 'john') });
  await kit.publish(memberUpdated, { tenantId, subject: 5, sequence: 2, data: named(5, 'jane_roe') });
  await covered(tenantId, 3);
  const erased = { ...named(5, 'erased:5'), email: 'erased:5@erased.invalid', isActive: false };
  await kit.publish(memberErased, { tenantId, subject: 5, sequence: 3, data: erased });
  await covered(tenantId, 4);
  await eraseArchived(kit.connection, new AbortController().signal, new Date());
  expect(JSON.stringify(await archive().find({ tenantId }).toArray())).not.toMatch(/jane/);
  expect(await links().countDocuments({ tenantId, memberId: 5, salt: { $exists: true } })).toBe(0);
  expect(await links().countDocuments({ tenantId, memberId: 6, salt: { $exists: true } })).toBe(1);
  expect(await faultsOf(tenantId)).toEqual([]);
  for (const memberId of [5, 6]) {
    const event = (await archive().findOne({
      tenantId,
      memberId,
      type: memberCreated.type,
    })) as ArchivedEvent;
    const text = event.text.replace(/"username":"[^"]*"/, '"username":"mallory"');
    await archive().updateOne({ _id: event._id }, { $set: { text, isErased: true } });
    expect(await faultsOf(tenantId)).toEqual([expect.stringContaining(`event ${event._id} was changed`)]);
    await archive().replaceOne({ _id: event._id }, event);
  }
});

test('two processes at once cover each entry once', async () => {
  const tenantId = ++tenants;
  await tell(
    kit,
    ...Array.from({ length: 20 }, (_, index) => earned(7, 1, { tenantId, sequence: index + 1, balance: 1 })),
  );
  const run = async (parts: ChainParts) => {
    for (let left = 20; left > 0; left--) await extendChains(parts).catch(() => undefined);
  };
  await Promise.all([run(partsOf()), run(partsOf())]);
  await covered(tenantId, 20);
  expect(await faultsOf(tenantId)).toEqual([]);
});

test('each day that went on has one anchor, of its end, which covers the one of the day before', async () => {
  const tenantId = ++tenants;
  await told(tenantId, 1);
  await eventually(async () => expect(await anchors().countDocuments({ tenantId })).toBe(1));
  const today = (await anchors().findOne({ tenantId }))?.day;
  const parts = partsOf();
  const midnight = Date.parse(`${new Date(Date.now() + 2 * DAYS).toISOString().slice(0, 10)}T00:00:00Z`);
  const days = [
    // The last moment of a day and the first of the next, a day on which nothing happened, and two looks on one day.
    { at: midnight - 1, number: 2 },
    { at: midnight, number: 3 },
    { at: midnight + DAYS, number: 3 },
    { at: midnight + 2 * DAYS, number: 4 },
    { at: midnight + 3 * DAYS - 1, number: 5 },
  ];
  let entries = 1;
  for (const { at, number } of days) {
    if (number > entries) await told(tenantId, number - entries, entries + 1);
    entries = number;
    await anchorChains(parts, new Date(at));
  }
  const kept = await anchors().find({ tenantId }).sort({ day: 1 }).toArray();
  const dayAt = (at: number) => new Date(at).toISOString().slice(0, 10);
  expect(kept.map(({ day, number }) => [day, number])).toEqual([
    [today, 1],
    [dayAt(midnight - 1), 2],
    [dayAt(midnight), 3],
    [dayAt(midnight + 2 * DAYS), 4],
  ]);
  expect(kept.map(({ previous }) => previous)).toEqual([
    null,
    ...kept.slice(0, -1).map(({ signature }) => signature),
  ]);
  expect(await faultsOf(tenantId)).toEqual([]);
});

const NEXT = 'the-next-secret-of-the-service-0123456789';
test('under another secret the same key signs on: it is sealed anew before it is needed, and the one of before may go', async () => {
  const tenantId = ++tenants;
  await told(tenantId, 1);
  await eventually(async () => expect(await anchors().countDocuments({ tenantId })).toBe(1));
  const keys = () =>
    kit.connection.collection<AuditKey>('audit_keys').find().sort({ createdAt: 1 }).toArray();
  const before = await keys();
  const changed = partsOf(heldSecret(NEXT, SECRET));
  expect(await sealKeysAnew(changed)).toBe(before.length);
  expect(await sealKeysAnew(changed)).toBe(0);
  expect(await faultsOf(tenantId, { secrets: [NEXT] })).toEqual([]);
  await told(tenantId, 1, 2);
  await anchorChains(partsOf(heldSecret(NEXT)), inDays(tenants));
  expect((await keys()).map(({ _id }) => _id)).toEqual(before.map(({ _id }) => _id));
  expect(await faultsOf(tenantId, { secrets: [NEXT] })).toEqual([]);

  // A secret that was lost is another matter: another key signs, and what the first one signed is believed by its public part.
  const LOST = 'a-secret-that-knows-nothing-of-before-0123456789';
  await told(tenantId, 1, 3);
  await anchorChains(partsOf(heldSecret(LOST)), inDays(tenants + 1));
  const [first, second] = await keys();
  expect(second).toBeDefined();
  expect(await faultsOf(tenantId, { secrets: [LOST] })).toHaveLength(2);
  const publicKeys = [first?.x, second?.x] as string[];
  expect(await faultsOf(tenantId, { publicKeys })).toEqual([]);
  const { items } = await kit.as({ role: 'admin', tenantId }).ask(listAuditAnchors, {});
  expect(items.map(({ public_key }) => public_key)).toEqual([publicKeys[1], publicKeys[0], publicKeys[0]]);
  await kit.connection.collection<AuditKey>('audit_keys').deleteOne({ _id: second?._id as string });
  await sealKeysAnew(partsOf(heldSecret(SECRET, NEXT)));
});

test('an end that is cut off with its links and anchors shows by what was logged, by what was kept, and by the broker’s log', async () => {
  const { tenantId, id, link } = await aTrail();
  const { results } = (await kit.as({ role: 'admin', tenantId }).call(listAuditAnchors, {})).body;
  const file = join(folder, 'anchors.json');
  writeFileSync(file, JSON.stringify({ results }));
  const tenant = ['--tenant', String(tenantId)];
  expect(await run(...tenant, '--anchors', file, '--log')).toEqual({
    code: 0,
    told: '1 tenant, 7 entries, 2 anchors, 7 events of the log: all holds\n',
  });

  // Everything since the fourth entry goes, and what is left says so nowhere.
  await archive().deleteMany({ _id: { $in: [5, 6, 7].map(id) } });
  await links().deleteMany({ _id: { $in: [5, 6, 7].map(id) } });
  await anchors().deleteOne({ tenantId, number: 6 });
  const first = (await anchors().findOne({ tenantId })) as Anchor;
  await ends().updateOne(
    { _id: tenantId },
    { $set: { ...endOf(link(4)), anchoredNumber: 4, anchor: first.signature } },
  );
  expect(await faultsOf(tenantId)).toEqual([]);

  const cut = `tenant ${tenantId}, entry 6: the chain is another than the one that was kept`;
  const sum = '1 tenant, 4 entries, 1 anchor: 1 fault';
  expect(await run(...tenant, '--anchors', file)).toEqual({ code: 1, told: `${cut}\n${sum}\n` });
  writeFileSync(file, logged);
  expect(await run(...tenant, '--anchors', file)).toEqual({ code: 1, told: `${cut}\n${sum}\n` });
  const lost = [5, 6, 7].map(
    (number) => `tenant ${tenantId}: event ${id(number)} is missing: the broker’s log has it\n`,
  );
  expect(await run(...tenant, '--log')).toEqual({
    code: 1,
    told: `${lost.join('')}1 tenant, 4 entries, 1 anchor, 7 events of the log: 3 faults\n`,
  });

  // Of a tenant of which nothing is left at all, too; and an anchor that nobody signed is told from one that was.
  await Promise.all([archive(), links(), anchors()].map((all) => all.deleteMany({ tenantId } as never)));
  await ends().deleteOne({ _id: tenantId });
  expect(await faultsOf(tenantId)).toEqual([]);
  expect((await run('--anchors', file)).told).toContain(cut);
  writeFileSync(file, JSON.stringify(results).replaceAll(String(results[0].signature), results[1].signature));
  expect((await run(...tenant, '--anchors', file)).told).toContain(
    `entry 6: the anchor of ${results[0].day} that was kept is not signed with a key that is believed`,
  );
  writeFileSync(file, '{}');
  expect(await run('--anchors', file)).toMatchObject({ code: 2 });
});

test('of an erased tenant nothing is left, and what was kept of it is good; nobody else’s chain can be made to look erased', async () => {
  const { tenantId } = await aTrail();
  const kept = await anchorsOf(tenantId);
  const erased = kit.connection.collection<{ _id: number; toldAt: Date; nextAt: Date | null }>(
    'erased_tenants',
  );
  const signed = kit.connection.collection<SignedErasure>('audit_erasures');
  const cutOff = async (one: number) => {
    await Promise.all(
      [archive(), links(), anchors()].map((all) => all.deleteMany({ tenantId: one } as never)),
    );
    await ends().deleteOne({ _id: one });
  };
  const cut = (one: number) => `tenant ${one}, entry 6: the chain is another than the one that was kept`;
  // Who writes the database says so, and takes everything out.
  await erased.insertOne({ _id: tenantId, toldAt: new Date(), nextAt: null });
  await cutOff(tenantId);
  const said = `tenant ${tenantId}: its events are gone as if it were erased`;
  const before = await run('--log', '--anchors', kept);
  for (const fault of [said, cut(tenantId)]) expect(before.told).toContain(fault);

  const name = `erased:${tenantId}`;
  await kit.publish(tenantErased, {
    ...{ tenantId, subject: tenantId, sequence: 2 },
    data: { tenantId, code: name, name, timezone: 'UTC', locale: 'zh-CN', isActive: false },
  });
  // The reader has it looked at; what is covered meanwhile goes with the next look, and is no fault before that.
  await eventually(async () => expect((await erased.findOne({ _id: tenantId }))?.nextAt).not.toBeNull());
  const whole = `1 tenant (1 erased), 0 entries, 0 anchors: all holds\n`;
  const only = ['--tenant', String(tenantId)];
  expect(await run(...only, '--anchors', kept)).toEqual({ code: 0, told: whole });
  await eventually(async () => {
    await erased.updateOne({ _id: tenantId }, { $set: { nextAt: new Date(0) } });
    await eraseDueTenants(kit.connection, {
      now: new Date(),
      transactions: transactionsOf(kit.connection, 'stats'),
      signal: new AbortController().signal,
      logger: kit.running.logger,
      also: async (one) => void (await ends().deleteOne({ _id: one })),
    });
    expect((await run('--log', '--anchors', kept)).told).not.toContain(`tenant ${tenantId}`);
  });
  expect(await run(...only)).toEqual({ code: 0, told: whole });
  // What nobody signed is none of what was kept.
  writeFileSync(kept, readFileSync(kept, 'utf8').replaceAll(/"signature":"./g, '"signature":"_'));
  expect((await run(...only, '--anchors', kept)).told).toContain('is not signed with a key that is believed');

  // Another one's chain is cut off, and its erasure made up of a true one.
  const other = (await aTrail()).tenantId;
  const others = await anchorsOf(other);
  await cutOff(other);
  await erased.insertOne({ _id: other, toldAt: new Date(), nextAt: null });
  const { _id: _tenant, ...true_ } = (await signed.findOne({ _id: tenantId })) as SignedErasure;
  for (const forged of [true_, { ...true_, kid: 'x' }]) {
    await signed.replaceOne({ _id: other }, forged, { upsert: true });
    expect((await run('--anchors', others)).told).toContain(cut(other));
  }
});

/** A file with the anchors of a tenant, as the API tells them. */
async function anchorsOf(tenantId: number): Promise<string> {
  const { results } = (await kit.as({ role: 'admin', tenantId }).call(listAuditAnchors, {})).body;
  const file = join(folder, `anchors-${tenantId}.json`);
  writeFileSync(file, JSON.stringify({ results }));
  return file;
}

const endOf = ({ number, hash, position }: Link): ChainEnd => ({ number, hash, position });

/** The command, as an operator runs it. */
function run(...args: string[]): Promise<{ code: number; told: string }> {
  const uri = new URL(process.env.MONGODB_URI as string);
  uri.pathname = `/${kit.connection.name}`;
  const BUS_PREFIX = kit.running.bus.names.exchange.replace(/domain\.events$/, '');
  const env = { ...process.env, MONGODB_URI: uri.href, BUS_PREFIX, INTERNAL_KEY: SECRET };
  const program = join(import.meta.dirname, '../src/verify-audit.ts');
  return new Promise((done) =>
    execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) =>
      done({ code: (error?.code as number | undefined) ?? 0, told: stdout + stderr }),
    ),
  );
}

test('the command tells what it found, and ends as it found it', async () => {
  const { tenantId, id, link } = await aTrail();
  const tenant = ['--tenant', String(tenantId)];
  expect(await run(...tenant, '--kept', `6:${link(6).hash}`)).toEqual({
    code: 0,
    told: '1 tenant, 7 entries, 2 anchors: all holds\n',
  });
  await archive().updateOne({ _id: id(2) }, { $set: { text: '{}' } });
  const { code, told: lines } = await run(...tenant, '--json');
  expect([
    code,
    ...lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ]).toEqual([
    1,
    { tenantId, number: 2, found: `event ${id(2)} was changed` },
    { tenants: 1, erased: 0, entries: 7, anchors: 2, faults: 1, waiting: 0 },
  ]);
  expect(await run('--kept', '1:x')).toMatchObject({ code: 2 });
});
