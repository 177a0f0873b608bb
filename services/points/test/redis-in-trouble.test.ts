/** A Redis of the test's own that stops, pauses and runs full under reads and writes: none fails, and who writes reads what it wrote. */
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as contracts from '@membership/contracts/endpoints/points/index';
import { eventually } from '@membership/platform/testing/eventually';
import type { Replica } from '@membership/platform/testing/service-kit';
import { freePorts } from '../../../tools/stack/ports.ts';
import { downloadedRedis, installedRedis } from '../../../tools/stack/redis-program.ts';
import { startRedis, type RedisProgram } from '../../../tools/stack/redis-server.ts';
import { PassedOver, type RunningStore } from '../../../tools/stack/store.ts';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

const log = (line: string): void => void process.stderr.write(`     Redis: ${line}\n`);
const program = await findRedis();
const describeWithServer = program ? describe : describe.skip;

async function findRedis(): Promise<RedisProgram | null> {
  try {
    return await installedRedis().catch(() => downloadedRedis({ log }));
  } catch (error) {
    if (!(error instanceof PassedOver)) throw error;
    log(`NOT TESTED: ${error.message}`);
    return null;
  }
}

describeWithServer('with a Redis in trouble', () => {
  let stackDir: string;
  let redis: RunningStore;
  let points: LedgerKit;
  let replica: Replica;
  beforeAll(async () => {
    stackDir = realpathSync(mkdtempSync(join(tmpdir(), 'redis-in-trouble-')));
    const [port] = (await freePorts(1)) as [number];
    const settings = { stackDir, ports: { redis: port }, throwaway: true, log };
    redis = await startRedis(program as RedisProgram, { provider: 'installed', settings });
    points = await startLedgerKit({ REDIS_URL: redis.uri, ANSWER_CACHE_SETTLE_SECONDS: '0' });
    replica = await points.kit.replica();
  });
  afterAll(async () => {
    await replica?.stop();
    await points?.stop();
    await redis?.stop();
    rmSync(stackDir, { recursive: true, force: true });
  });

  const command = async (text: string) => {
    const socket = connect(Number(new URL(redis.uri).port), '127.0.0.1');
    socket.write(`${text}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return answer.toString().trim();
  };
  const metric = async (name: string) =>
    Number(
      new RegExp(`^membership_answer_cache_${name} (\\d+)`, 'm').exec(await points.kit.metrics())?.[1] ?? 0,
    );
  const reads = (result: 'hit' | 'away') =>
    metric(`reads_total\\{[^}]*kind="balances",result="${result}"[^}]*\\}`);
  /** Waits until what is read comes from Redis again. */
  const isKept = async (member: number) => {
    await eventually(async () => {
      const before = await reads('hit');
      await points.profile(member);
      expect(await reads('hit')).toBeGreaterThan(before);
    });
  };

  /** Does something to Redis, and waits until who reads has met it. */
  const isMet = async (what: () => unknown) => {
    const before = await reads('away');
    await what();
    await eventually(async () => expect(await reads('away')).toBeGreaterThan(before));
  };

  /** Writes in one process and reads in the other, several members at once, until what is done to Redis is done. */
  async function underTrouble(trouble: () => Promise<unknown>): Promise<void> {
    const members = await Promise.all([1, 2, 3, 4].map(() => points.aMember()));
    for (const member of members) await isKept(member);
    const wrong: string[] = [];
    let [writes, isOver] = [0, false];
    const movesAndReads = async (member: number) => {
      const params = { id: String(member) };
      const body = { points_amount: 1, category: 'license' };
      for (let expected = 1; !isOver; expected++) {
        const [here, there] = expected % 2 === 0 ? [points.kit, replica] : [replica, points.kit];
        const earned = await here.as({ role: 'internal' }).call(contracts.earnPoints, { params, body });
        if (earned.status !== 200) wrong.push(`a write was refused: ${earned.status}`);
        for (const process of [there, here]) {
          const read = await process.as({ role: 'internal' }).call(contracts.getProfile, { params });
          if (read.body.available_points !== expected)
            wrong.push(`${read.status}: ${read.body.available_points} after ${expected}`);
        }
        writes++;
      }
    };
    const moving = Promise.all(members.map(movesAndReads));
    try {
      await trouble();
      // And goes on for some time after it.
      const before = writes;
      await eventually(() => expect(writes).toBeGreaterThan(before + 20));
    } finally {
      isOver = true;
      await moving;
    }
    expect(wrong).toEqual([]);
    for (const member of members) await isKept(member);
  }

  test('that is stopped and goes on, twice', async () => {
    const [pid] = redis.pids() as [number];
    await underTrouble(async () => {
      for (let round = 0; round < 2; round++) {
        try {
          await isMet(() => process.kill(pid, 'SIGSTOP'));
        } finally {
          process.kill(pid, 'SIGCONT');
        }
        await eventually(async () => expect(await command('PING')).toBe('+PONG'));
      }
    });
  });

  test.each(['ALL', 'WRITE'])('that pauses its clients (%s)', async (which) => {
    await underTrouble(() =>
      isMet(async () => expect(await command(`CLIENT PAUSE 1500 ${which}`)).toBe('+OK')),
    );
  });

  test('that has no memory left, and refuses what would need some', async () => {
    await underTrouble(async () => {
      await isMet(async () => expect(await command('CONFIG SET maxmemory 1')).toBe('+OK'));
      expect(await command('CONFIG SET maxmemory 64mb')).toBe('+OK');
    });
  });

  test('that is so full that anything may go, what was just written, too', async () => {
    await underTrouble(async () => {
      const used = Number(/used_memory:(\d+)/.exec(await command('INFO memory'))?.[1]);
      expect(await command('CONFIG SET maxmemory-policy allkeys-random')).toBe('+OK');
      expect(await command(`CONFIG SET maxmemory ${used}`)).toBe('+OK');
      await eventually(async () =>
        expect(Number(/evicted_keys:(\d+)/.exec(await command('INFO stats'))?.[1])).toBeGreaterThan(20),
      );
      expect(await command('CONFIG SET maxmemory 64mb')).toBe('+OK');
      expect(await command('CONFIG SET maxmemory-policy volatile-lru')).toBe('+OK');
    });
  });
});
