/** Answers that are kept in Redis: what processes that share it, or are parted from it, read of what each other writes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import mongoose from 'mongoose';
import { AnswerCache, type AnswerCacheOptions } from '@membership/platform/answers/answer-cache';
import type { Subject } from '@membership/platform/answer-subjects';
import { eraseDueTenants, rememberErased } from '@membership/platform/erased-tenants';
import { createLogger } from '@membership/platform/log';
import { closeAnswers } from '@membership/platform/answers/answer-trust';
import { createMetrics } from '@membership/platform/metrics';
import { SharedStore } from '@membership/platform/shared-store';
import { eventually } from '@membership/platform/testing/eventually';
import { redisLine, type RedisLine } from '@membership/platform/testing/redis-line';
import { transactionsOf } from '@membership/platform/transaction';
import { CommitUnknown } from '@membership/platform/transaction-failures';
import { ownDatabase } from '@membership/platform/testing/service-kit';
import { lineTo } from './bus/kit.ts';

const describeWithRedis = process.env.REDIS_URL ? describe : describe.skip;
const KILLED_WRITER = fileURLToPath(new URL('./killed-writer.ts', import.meta.url));
const SECONDS = 60;
const silent = createLogger({ service: 'answers', level: 'silent' });

describeWithRedis('kept answers', () => {
  let connection: mongoose.Connection;
  const lines: RedisLine[] = [];
  const caches: AnswerCache[] = [];
  let prefix: string;
  beforeAll(async () => {
    connection = await mongoose.createConnection(ownDatabase('answers')).asPromise();
  });
  afterEach(async () => {
    for (const cache of caches.splice(0)) cache.stop();
    for (const line of lines.splice(0)) await line.close();
  });
  afterAll(async () => {
    await connection?.dropDatabase();
    await connection?.close();
  });

  /** A process of its own, with a line of its own to the one Redis. */
  async function aProcess(options: Partial<AnswerCacheOptions> = {}) {
    const line = await redisLine();
    if (lines.length === 0) ({ prefix } = line);
    lines.push(line);
    const metrics = createMetrics('answers');
    const logger = { info: () => undefined, warn: () => undefined };
    const store = new SharedStore({
      ...{ url: line.url, prefix, logger, metrics, isIdentified: true, gauge: 'redis_up' },
      says: { up: '', away: '' },
    });
    const seconds = { balances: SECONDS };
    const cache = new AnswerCache({ connection, store, metrics, seconds, settle: 0, ...options });
    caches.push(cache);
    await cache.start();
    // What is written before would close the cache.
    await eventually(async () =>
      expect(await connection.collection('answer_cache').findOne()).toMatchObject({ server: store.server }),
    );
    return { line, cache, store, read: readerOf(cache), write: writerOf(cache) };
  }
  type Process = Awaited<ReturnType<typeof aProcess>>;

  /** The database: one number a subject, and how often it was read. */
  const rows = new Map<string, number>();
  let loads = 0;
  let subjects = 0;
  const aSubject = (tenantId = 1): Subject => ({ kind: 'balances', tenantId, id: ++subjects });
  const nameOf = ({ tenantId, id }: Subject) => `${tenantId}:${id}`;
  const rowOf = (subject: Subject) => rows.get(nameOf(subject)) ?? 0;
  const readerOf =
    (cache: AnswerCache) =>
    async (subject: Subject, variant = '') => {
      const load = async () => {
        loads++;
        return { value: rowOf(subject) };
      };
      return (await cache.read(subject, variant, load)).value;
    };
  const writerOf = (cache: AnswerCache) => async (subject: Subject, value: number) => {
    const writing = await cache.begin([subject]);
    rows.set(nameOf(subject), value);
    await cache.end(writing);
  };
  /** Whether a read asks the database. */
  const asksFor = async (read: () => Promise<unknown>): Promise<boolean> => {
    const before = loads;
    await read();
    return loads > before;
  };
  /** Reads until it comes out of Redis: on a busy machine one that comes late counts as away. */
  const warm = ({ read }: Process, subject: Subject) =>
    eventually(async () => expect(await asksFor(() => read(subject))).toBe(false));
  const held = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    return { until: promise, release: resolve };
  };
  /** A read of which the database has answered and Redis has not heard. */
  async function heldRead({ cache }: Process, subject: Subject) {
    const [read, answer] = [held(), held()];
    const reading = cache.read(subject, '', async () => {
      const value = rowOf(subject);
      read.release();
      await answer.until;
      return { value };
    });
    await read.until;
    return async () => {
      answer.release();
      return (await reading).value;
    };
  }

  test('are read by every process, for as long as is set, and by nobody for another subject', async () => {
    const [one, two] = [await aProcess(), await aProcess()];
    const [subject, other, elsewhere] = [aSubject(), aSubject(), { ...aSubject(2), id: subjects - 1 }];
    await one.write(subject, 5);
    await warm(one, subject);
    await eventually(async () => expect(await asksFor(() => two.read(subject))).toBe(false));
    expect(await two.read(subject)).toBe(5);
    expect([await two.read(other), await two.read(elsewhere)]).toEqual([0, 0]);
    const [key] =
      (await one.line.keys().then(() => lines[0]?.keys()))?.filter((each) =>
        each.endsWith(`${subject.id}=`),
      ) ?? [];
    const [, left] = /:(\d+)/.exec(await one.line.command(`PTTL ${prefix}${key}`)) ?? [];
    expect(Number(left)).toBeGreaterThan(0);
    expect(Number(left)).toBeLessThanOrEqual(SECONDS * 1_000);
  });

  test('are of a variant, and all of a subject end with a write', async () => {
    const one = await aProcess();
    const subject = aSubject();
    await eventually(async () => expect(await asksFor(() => one.read(subject, 'a'))).toBe(false));
    expect(await asksFor(() => one.read(subject, 'b'))).toBe(true);
    await one.write(subject, 1);
    expect([await one.read(subject, 'a'), await one.read(subject, 'b')]).toEqual([1, 1]);
  });

  test('of a kind that is not kept are read each time', async () => {
    const one = await aProcess({ seconds: { own_licenses: 60 } });
    const subject = aSubject();
    for (let time = 0; time < 3; time++) expect(await asksFor(() => one.read(subject))).toBe(true);
  });

  test('what one process writes another reads at once, each time', async () => {
    const [one, two] = [await aProcess(), await aProcess()];
    const subject = aSubject();
    for (let value = 1; value <= 50; value++) {
      const [writer, reader] = value % 2 === 0 ? [one, two] : [two, one];
      await writer.write(subject, value);
      expect([await reader.read(subject), await writer.read(subject)]).toEqual([value, value]);
    }
    await warm(one, subject);
  });

  test('a read that was overtaken by a write is not kept', async () => {
    const [one, two] = [await aProcess(), await aProcess()];
    const subject = aSubject();
    await warm(one, aSubject());
    const finish = await heldRead(one, subject);
    await two.write(subject, 7);
    expect(await finish()).toBe(0);
    for (let time = 0; time < 3; time++)
      expect([await one.read(subject), await two.read(subject)]).toEqual([7, 7]);
  });

  test('nor one that was begun while a write was under way, also where its process ends before it says so', async () => {
    const [one, two] = [await aProcess(), await aProcess()];
    const subject = aSubject();
    await warm(one, subject);
    await one.cache.begin([subject]);
    const finish = await heldRead(two, subject);
    rows.set(nameOf(subject), 8);
    await finish();
    for (let time = 0; time < 3; time++)
      expect([await one.read(subject), await two.read(subject)]).toEqual([8, 8]);
  });

  test('nor is anything old where a process is killed between its commit and its end', async () => {
    const one = await aProcess();
    const subject = aSubject();
    await warm(one, subject);
    const database = `${process.env.MONGODB_URI}`.replace(/\/(\?|$)/, `/${connection.name}$1`);
    const given = [database, process.env.REDIS_URL as string, prefix, String(subject.id), '11'];
    const child = spawn(process.execPath, [KILLED_WRITER, ...given], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    expect(await gone).toEqual([null, 'SIGKILL']);
    const row = await connection
      .collection<{ _id: number; value: number }>('rows')
      .findOne({ _id: Number(subject.id) });
    rows.set(nameOf(subject), row?.value ?? 0);
    for (let time = 0; time < 3; time++) expect(await one.read(subject)).toBe(11);
  });

  test('nor where it is killed while another’s write about the same began after its own, and ended', async () => {
    const [one, two] = [await aProcess(), await aProcess()];
    const subject = aSubject();
    await warm(one, subject);
    // Of two things that stand in one answer, such as a profile and a tag: MongoDB lets both be written at once.
    await one.cache.begin([subject]);
    await two.write(subject, 12);
    expect(await asksFor(() => two.read(subject))).toBe(true);
    expect(await asksFor(() => two.read(subject))).toBe(true);
    rows.set(nameOf(subject), 13);
    for (let time = 0; time < 3; time++) expect(await two.read(subject)).toBe(13);
  });

  test('however many write about a subject at once, it is kept again when the last has ended', async () => {
    const [one, two] = [await aProcess(), await aProcess()];
    const subject = aSubject();
    await warm(one, subject);
    const writings = [];
    for (let number = 0; number < 20; number++)
      writings.push(await (number % 2 === 0 ? one : two).cache.begin([subject]));
    for (const [number, writing] of writings.entries()) {
      expect(await asksFor(() => one.read(subject))).toBe(true);
      await (number % 2 === 0 ? two : one).cache.end(writing);
    }
    await warm(two, subject);
  });

  test('the mark of a process that was killed ends by itself, while others go on to write about the same', async () => {
    const [one, two] = [await aProcess(), await aProcess()];
    const subject = aSubject();
    await warm(one, subject);
    // The longer of the two is a commit of which nobody knows.
    const unknown = await one.cache.begin([subject]);
    await one.cache.end(unknown, { isKnown: false });
    await one.cache.begin([subject]);
    const key = `${prefix}${(await lines[0]?.keys())?.find((each) => each.endsWith(`:1:${subject.id}`))}`;
    const marks = async () => (await one.line.command(`GET ${key}`)).match(/![^=]*=\d+/g) ?? [];
    const till = async () => (await marks()).map((mark) => Number(mark.slice(mark.indexOf('=') + 1)));
    const before = await till();
    expect(before).toHaveLength(2);
    for (let value = 1; value <= 5; value++) {
      await two.write(subject, value);
      expect(await one.read(subject)).toBe(value);
    }
    // Whoever writes lengthens no mark but its own.
    expect(await till()).toEqual(before);
    // Its time is over, as Redis' clock says.
    for (const end of before) {
      const left = (await marks()).join('').replace(`=${end}`, '=1');
      expect(await one.line.command(`SET ${key} ${left} PX 60000`)).toBe('+OK');
      await two.write(subject, end);
      expect(await one.read(subject)).toBe(end);
    }
    expect(await marks()).toEqual([]);
    await warm(one, subject);
  });

  test('of very many marks one that stands for all is left, and ends as the last of them', async () => {
    const one = await aProcess();
    const subject = aSubject();
    await warm(one, subject);
    for (let number = 0; number < 40; number++) await one.cache.begin([subject]);
    const key = `${prefix}${(await lines[0]?.keys())?.find((each) => each.endsWith(`:1:${subject.id}`))}`;
    const held = await one.line.command(`GET ${key}`);
    expect(held.length).toBeLessThan(1_000);
    expect(held).toMatch(/!=\d+!/);
    await one.write(subject, 1);
    expect(await asksFor(() => one.read(subject))).toBe(true);
    const left = Number((await one.line.command(`PTTL ${key}`)).slice(1));
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(15_000);
  });

  test.each([
    ['cut short', (kept: string) => `string.sub(${kept},1,-5)`],
    ['of other bytes', (kept: string) => `string.sub(${kept},1,24)..'nonsense'`],
    ['empty', (kept: string) => `string.sub(${kept},1,24)`],
  ])('an entry that is %s is no answer, and is replaced', async (_what, broken) => {
    const one = await aProcess();
    const subject = aSubject();
    await one.write(subject, 3);
    await warm(one, subject);
    const key = `${prefix}${(await lines[0]?.keys())?.find((each) => each.endsWith(`:1:${subject.id}=`))}`;
    const script = `local\tv=redis.call('GET',KEYS[1])return\tredis.call('SET',KEYS[1],${broken('v')},'KEEPTTL')`;
    expect(await one.line.command(`EVAL ${script} 1 ${key}`)).toBe('+OK');
    expect(await one.read(subject)).toBe(3);
    await warm(one, subject);
    expect(await one.read(subject)).toBe(3);
  });

  test('a write about what is not kept tells Redis of nothing', async () => {
    const one = await aProcess();
    const subject = aSubject();
    await warm(one, subject);
    expect(one.cache.keeps('own_licenses')).toBe(false);
    expect(await one.cache.begin([{ kind: 'own_licenses', tenantId: 1 }])).toBeUndefined();
    const writing = await one.cache.begin([subject, { kind: 'own_licenses', tenantId: 1 }]);
    expect(writing?.subjects).toEqual([subject]);
    await one.cache.end(writing);
    expect((await lines[0]?.keys())?.filter((key) => key.includes('own_licenses'))).toEqual([]);
  });

  test('a write that is tried again, of others this time, ends for all of them', async () => {
    const one = await aProcess();
    const [subject, other] = [aSubject(), aSubject()];
    const first = await one.cache.begin([subject]);
    await one.cache.end(await one.cache.begin([other], first));
    await warm(one, subject);
    await warm(one, other);
  });

  test('a thousand subjects of one commit all end with it, and no key is there for good', async () => {
    const [one, two] = [await aProcess(), await aProcess()];
    const many = Array.from({ length: 1_000 }, () => aSubject());
    await warm(one, many[0] as Subject);
    await Promise.all(many.map((subject) => one.read(subject)));
    const writing = await two.cache.begin(many);
    for (const subject of many) rows.set(nameOf(subject), 1);
    await two.cache.end(writing);
    expect(await Promise.all(many.map((subject) => one.read(subject)))).toEqual(many.map(() => 1));
    await two.cache.begin(many.slice(0, 3));
    await two.cache.end(await two.cache.begin(many.slice(3, 5)), { isKnown: false });
    const keys = (await lines[0]?.keys()) ?? [];
    expect(keys.length).toBeGreaterThan(1_000);
    const lasting = [];
    for (const key of keys) if ((await one.line.command(`PTTL ${prefix}${key}`)) === ':-1') lasting.push(key);
    expect(lasting).toEqual([]);
  });

  test('a commit of which nobody knows is read when it is there', async () => {
    const [one, two] = [await aProcess(), await aProcess()];
    const subject = aSubject();
    await warm(one, subject);
    await one.cache.end(await one.cache.begin([subject]), { isKnown: false });
    expect(await two.read(subject)).toBe(0);
    rows.set(nameOf(subject), 9);
    expect(await two.read(subject)).toBe(9);
  });

  test('a read from before Redis lost everything is not kept after it', async () => {
    const [one, two] = [await aProcess(), await aProcess()];
    const subject = aSubject();
    await warm(one, subject);
    await one.write(subject, 1);
    const finish = await heldRead(one, subject);
    await two.write(subject, 2);
    for (const key of (await lines[0]?.keys()) ?? []) await one.line.command(`DEL ${prefix}${key}`);
    expect(await finish()).toBe(1);
    for (let time = 0; time < 3; time++)
      expect([await one.read(subject), await two.read(subject)]).toEqual([2, 2]);
  });

  test('all of a tenant end at once, and no other’s', async () => {
    const one = await aProcess();
    const [subject, other] = [aSubject(), aSubject(2)];
    await warm(one, subject);
    await warm(one, other);
    await one.cache.end(await one.cache.begin([{ kind: 'balances', tenantId: 1 }]));
    expect(await asksFor(() => one.read(subject))).toBe(true);
    expect(await asksFor(() => one.read(other))).toBe(false);
  });

  test('what was kept of an erased tenant while its rows were still there is read no more once they are gone', async () => {
    const one = await aProcess();
    const [subject, other] = [aSubject(3), aSubject(4)];
    const transactions = transactionsOf(connection, 'points');
    transactions.tellWrites(one.cache);
    await warm(one, other);
    await warm(one, subject);
    await transactions.run(({ session }) => rememberErased(connection, 3, session));
    await warm(one, subject);
    const signal = new AbortController().signal;
    const now = new Date(Date.now() + 1);
    expect(await eraseDueTenants(connection, { now, transactions, signal, logger: silent })).toBe(1);
    expect(await asksFor(() => one.read(subject))).toBe(true);
    await warm(one, other);
  });

  test('where MongoDB goes right after a commit its outcome counts as unknown, and nobody reads what was before', async () => {
    const hello = await connection.db?.admin().command({ hello: 1 });
    const [host = '127.0.0.1', port = '27017'] = String(hello?.primary).split(':');
    const line = await lineTo(host, Number(port));
    const url = new URL(ownDatabase('unused'));
    url.host = `127.0.0.1:${line.port}`;
    url.pathname = `/${connection.name}`;
    url.searchParams.delete('replicaSet');
    url.searchParams.set('directConnection', 'true');
    const through = await mongoose
      .createConnection(url.href, { serverSelectionTimeoutMS: 1_000 })
      .asPromise();
    try {
      const [writer, reader] = [await aProcess({ connection: through }), await aProcess()];
      const subject = aSubject();
      await warm(writer, subject);
      await warm(reader, subject);
      const committed = connection.collection<{ _id: number; value: number }>('rows');
      const transactions = transactionsOf(through, 'points');
      transactions.tellWrites({
        begin: (...given) => writer.cache.begin(...given),
        async end(...given) {
          await line.cut();
          rows.set(nameOf(subject), 21);
          // What it was told of the cache holds no more: it has to ask MongoDB.
          await pause(300);
          return writer.cache.end(...given);
        },
      });
      const writing = transactions.run(async (unit) => {
        const { session } = unit;
        const set = { $set: { value: 21 } };
        await through
          .collection<{ _id: number }>('rows')
          .updateOne({ _id: 99 }, set, { session, upsert: true });
        unit.changes(subject);
      });
      await expect(writing).rejects.toBeInstanceOf(CommitUnknown);
      expect(await committed.findOne({ _id: 99 })).toEqual({ _id: 99, value: 21 });
      for (let time = 0; time < 3; time++) expect(await reader.read(subject)).toBe(21);
      await line.join();
      await eventually(async () => expect(await writer.read(subject)).toBe(21));
    } finally {
      await through.close();
      await line.close();
    }
  });

  describe.each([
    ['cut off', (line: RedisLine) => line.cut()],
    ['that Redis keeps waiting', async (line: RedisLine) => line.hold()],
  ])('with a writer %s, while others read', (_what, part) => {
    test('no read is older than a write that was answered, then or after it is back', async () => {
      const [writer, reader] = [await aProcess(), await aProcess()];
      const subject = aSubject();
      await warm(writer, subject);
      await warm(reader, subject);
      await part(writer.line);
      for (let value = 1; value <= 5; value++) {
        await writer.write(subject, value);
        expect(await reader.read(subject)).toBe(value);
      }
      await writer.line.restore();
      await eventually(async () => expect(writer.store.server).toBeDefined());
      for (let value = 6; value <= 10; value++) {
        await writer.write(subject, value);
        expect(await reader.read(subject)).toBe(value);
      }
      await eventually(async () => expect(await asksFor(() => reader.read(subject))).toBe(false), {
        milliseconds: 60_000,
      });
      expect(await reader.read(subject)).toBe(10);
    });
  });

  test('a process that keeps none lets nobody read for some time', async () => {
    const one = await aProcess();
    const subject = aSubject();
    await warm(one, subject);
    await closeAnswers(connection, 60_000);
    await eventually(async () => expect(await asksFor(() => one.read(subject))).toBe(true));
    rows.set(nameOf(subject), 3);
    expect(await one.read(subject)).toBe(3);
    await connection
      .collection<{ _id: string }>('answer_cache')
      .updateOne({ _id: 'answers' }, { $set: { closedUntil: new Date() } });
  });
});
