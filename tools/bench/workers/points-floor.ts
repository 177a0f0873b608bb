// Floor of T2 and R1 to R3: answers that are given to it, read by the bare driver behind a bare HTTP server, and movements
// of two documents and a shared outbox document in shared transactions. It checks nothing, knows no rules, publishes nothing.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MongoClient } from 'mongodb';
import { CONTEXT_HEADER } from '@membership/contracts/claims';
import type { FloorAnswers, FloorMember } from '../floor-service.ts';
import { serveRuns } from '../worker-protocol.ts';

type Waiting<Item, Result> = {
  readonly item: Item;
  readonly done: (result: Result) => void;
  readonly failed: (error: unknown) => void;
};
type Movement = { readonly memberId: number; readonly points: number };
type Book = FloorMember & { readonly _id: number; total: number; ordinal: number };
type Row = {
  readonly _id: number;
  readonly memberId: number;
  readonly createdAt: Date;
  readonly view: unknown;
};

const PER_TRANSACTION = 64;
const PAGE = 20;
const MAJORITY = { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } } as const;
const EMPTIED_EVERY_MS = 200;

const client = await new MongoClient(process.env['MONGODB_URI'] as string, {
  maxPoolSize: 20,
  noDelay: true,
}).connect();
const db = client.db();
const profiles = db.collection<Book>('floor_profiles');
const records = db.collection<Row>('floor_records');
const outbox = db.collection<{ _id: number }>('floor_outbox');
let levels = '';
let nextId = Date.now() * 1_000;

/** One batch is under way, the next one gathers. */
function inBatches<Item, Result>(work: (items: readonly Item[]) => Promise<readonly Result[]>) {
  let waiting: Waiting<Item, Result>[] = [];
  let isWorking = false;
  const workAll = async (): Promise<void> => {
    isWorking = true;
    await new Promise((next) => setImmediate(next));
    while (waiting.length > 0) {
      const batch = waiting.slice(0, PER_TRANSACTION);
      waiting = waiting.slice(PER_TRANSACTION);
      try {
        const results = await work(batch.map(({ item }) => item));
        for (const [index, { done }] of batch.entries()) done(results[index] as Result);
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    isWorking = false;
  };
  return (item: Item): Promise<Result> =>
    new Promise((done, failed) => {
      waiting.push({ item, done, failed });
      if (!isWorking) void workAll();
    });
}

const sharedProfile = inBatches(async (ids: readonly number[]) => {
  const found = await profiles.find({ _id: { $in: [...new Set(ids)] } }).toArray();
  const byId = new Map(found.map((book) => [book._id, book]));
  return ids.map((id) => byId.get(id)?.profile ?? {});
});

const moved = inBatches((movements: readonly Movement[]) =>
  client.withSession((session) =>
    session.withTransaction(async () => {
      const ids = [...new Set(movements.map(({ memberId }) => memberId))];
      const found = await profiles.find({ _id: { $in: ids } }, { session }).toArray();
      const books = new Map(found.map((book) => [book._id, book]));
      const createdAt = new Date();
      const rows = movements.map(({ memberId, points }) => {
        const book = books.get(memberId) as Book;
        book.total += points;
        book.ordinal += 1;
        const view = { ...(book.record as object), points, balance_after: book.total };
        return { _id: nextId++, memberId, ordinal: book.ordinal, createdAt, view };
      });
      const update = ({ _id, total, ordinal }: Book) => ({
        updateOne: { filter: { _id }, update: { $set: { total, ordinal, updatedAt: createdAt } } },
      });
      await profiles.bulkWrite([...books.values()].map(update), { session, ordered: false });
      await records.insertMany(rows, { session, ordered: false });
      await outbox.insertOne({ _id: nextId++, rows } as never, { session });
      return rows.map(({ _id, view }) => ({
        success: true,
        record_id: _id,
        actual_points_added: view.points,
        new_total_points: view.balance_after,
      }));
    }, MAJORITY),
  ),
);

const pageOf = async (memberId: number) => {
  const rows = await records.find({ memberId }, { sort: { createdAt: -1, _id: -1 }, limit: PAGE }).toArray();
  return { count: rows.length, next: null, previous: null, results: rows.map(({ view }) => view) };
};
const only = async (memberId: number, what: 'profile' | 'permissions') =>
  (await profiles.findOne({ _id: memberId }))?.[what];

/** Whose list it is, where the path does not say: the gateway's context, which the floor does not check. */
function callerOf({ headers }: IncomingMessage): number {
  const [, payload = ''] = String(headers[CONTEXT_HEADER]).split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { uid: number }).uid;
}

async function bodyOf(request: IncomingMessage): Promise<{ points_amount: number }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as { points_amount: number };
}

/** `/bare/…` is asked directly and shares nothing; the platform's own paths come through the gateway. */
async function answerTo(request: IncomingMessage): Promise<unknown> {
  const { url = '', method } = request;
  if (url === '/healthz' || url === '/readyz') return { status: 'ready' };
  if (url.includes('/user-levels/')) return levels;
  const [, bare, what, verb] = /^(\/bare)?.*?\/(?:profiles|records)\/(\d+)\/(\w*)/.exec(url) ?? [];
  const memberId = what === undefined ? callerOf(request) : Number(what);
  if (url.includes('records/')) return pageOf(memberId);
  if (method === 'GET') {
    if (!bare) return sharedProfile(memberId);
    return only(memberId, verb === 'permissions' ? 'permissions' : 'profile');
  }
  const { points_amount: points } = await bodyOf(request);
  return moved({ memberId, points: verb === 'spend_points' ? -points : points });
}

function send(response: ServerResponse, answer: unknown): void {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  response
    .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}
const server = createServer({ noDelay: true, keepAliveTimeout: 75_000 }, (request, response) => {
  answerTo(request).then(
    (answer) => send(response, answer),
    (error: Error) => response.writeHead(500).end(error.message),
  );
});
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
setInterval(() => void outbox.deleteMany({}).catch(() => undefined), EMPTIED_EVERY_MS).unref();

/** Takes in what it shall answer; says where it listens. */
serveRuns(async (answers: FloorAnswers | null) => {
  if (answers) await fill(answers);
  return { port: (server.address() as AddressInfo).port };
});

async function fill({ members, levels: text }: FloorAnswers): Promise<void> {
  levels = text;
  await records.createIndex({ memberId: 1, createdAt: -1, _id: -1 });
  await records.createIndex({ memberId: 1, ordinal: 1 }, { unique: true });
  await profiles.insertMany(
    members.map((member) => ({
      ...member,
      _id: member.memberId,
      total: 1_000_000,
      ordinal: member.records.length,
    })),
  );
  const createdAt = new Date();
  await records.insertMany(
    members.flatMap(({ memberId, records: views }) =>
      views.map((view, index) => ({ _id: nextId++, memberId, ordinal: index + 1, createdAt, view })),
    ),
  );
}
