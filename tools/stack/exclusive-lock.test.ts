import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockHolder, tryLock, withLock } from './exclusive-lock.mjs';

describe('an exclusive lock', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-'));
    path = join(folder, 'the.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const aDeadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

  test('is held by one at a time', () => {
    const first = tryLock(path);
    expect(lockHolder(path)).toEqual({ pid: process.pid, host: hostname() });
    expect(tryLock(path)).toBeNull();
    first?.release();
    expect(lockHolder(path)).toBeNull();
    expect(tryLock(path)).not.toBeNull();
  });

  test('of an owner that is gone is taken over', () => {
    writeFileSync(`${path}.7`, `${aDeadPid()} ${hostname()}`);
    expect(lockHolder(path)).toBeNull();
    expect(tryLock(path)).not.toBeNull();
  });

  test('of an owner on another machine is taken over only when its heartbeat stopped', () => {
    writeFileSync(`${path}.1`, '1 elsewhere');
    expect(tryLock(path)).toBeNull();
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(`${path}.1`, longAgo, longAgo);
    expect(tryLock(path)).not.toBeNull();
  });

  test('lets one after the other work, and is free after a failure', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((done) => setTimeout(done, 20));
      inside -= 1;
    };
    await Promise.all([withLock(path, work), withLock(path, work), withLock(path, work)]);
    expect(most).toBe(1);
    const failing = withLock(path, () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(lockHolder(path)).toBeNull();
  });
});
