import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../tools/stack/ports.ts';
import { downloadedRedis, installedRedis } from '../../tools/stack/redis-program.ts';
import { startRedis } from '../../tools/stack/redis-server.ts';
import { type RunningServices, startServices } from '../../tools/stack/services.ts';
import { endStackProcesses, findStackProcesses } from '../../tools/stack/stack-processes.ts';

const PROJECT = join(import.meta.dirname, '../..');
const STAND_IN = join(import.meta.dirname, 'stand-in-service.ts');
const PATIENCE_MS = 120_000;

type Command = {
  child: ChildProcess;
  output: () => string;
  says: (what: string | RegExp) => Promise<void>;
  code: Promise<number | null>;
};

let stackDir: string;
let gatewayPort: number;
const children: ChildProcess[] = [];

/** A command of this project, on the test's own stack. */
function run(script: string, ...args: string[]): Command {
  return runIn({ GATEWAY_PORT: String(gatewayPort) }, script, ...args);
}

function runIn(environment: NodeJS.ProcessEnv, script: string, ...args: string[]): Command {
  const env = { ...process.env, STACK_DIR: stackDir, ...environment };
  const child = spawn(process.execPath, [script, ...args], {
    cwd: PROJECT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  let isOver = false;
  const code = once(child, 'close').then(([exitCode]) => {
    isOver = true;
    return exitCode as number | null;
  });
  const matches = (what: string | RegExp): boolean =>
    typeof what === 'string' ? text.includes(what) : what.test(text);
  return {
    child,
    output: () => text,
    code,
    async says(what) {
      const deadline = Date.now() + PATIENCE_MS;
      while (!matches(what)) {
        // Not before its output has ended, too.
        if (Date.now() > deadline || isOver) throw new Error(`never said ${what}, but:\n${text}`);
        await new Promise((done) => setTimeout(done, 30));
      }
    },
  };
}

const platform = (): Command => run('tests/stack/stand-in-platform.ts');

beforeEach(async () => {
  stackDir = realpathSync(mkdtempSync(join(tmpdir(), 'stack-')));
  [gatewayPort] = (await freePorts(1)) as [number];
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await endStackProcesses(stackDir);
  rmSync(stackDir, { recursive: true, force: true });
});

describe('npm start', () => {
  test('starts, starts a crashed service again, and stops with nothing left', async () => {
    const started = platform();
    await started.says('platform is ready');
    expect(started.output()).toMatch(/1\/5[\s\S]*2\/5[\s\S]*3\/5[\s\S]*4\/5[\s\S]*5\/5/);
    await fetch(`http://127.0.0.1:${gatewayPort}/crash`).catch(() => undefined);
    await started.says(/gateway ended \(exit code 3\); starting it again/);
    await started.says(/gateway ended/);
    started.child.kill('SIGINT');
    expect(await started.code).toBe(0);
    expect(findStackProcesses(stackDir)).toEqual([]);
  });

  test.each([
    ['none unless told', {}, '0'],
    ['as long as told', { BALANCES_CACHE_SECONDS: '90' }, '90'],
  ])('has Redis keep balances %s', async (_what, given, seconds) => {
    const environment = { GATEWAY_PORT: String(gatewayPort), BALANCES_CACHE_SECONDS: undefined, ...given };
    const started = runIn(environment, 'tests/stack/stand-in-platform.ts');
    await started.says('platform is ready');
    const settingsAt = async (url: string) =>
      (await (await fetch(url)).json()) as { points: string; balances?: string };
    const gateway = await settingsAt(`http://127.0.0.1:${gatewayPort}`);
    expect((await settingsAt(gateway.points)).balances).toBe(seconds);
    started.child.kill('SIGINT');
    expect(await started.code).toBe(0);
  });

  test('while one runs says so and where', async () => {
    const first = platform();
    await first.says('platform is ready');
    const second = run('tools/start.ts');
    expect(await second.code).toBe(1);
    expect(second.output()).toContain(
      `runs already (process ${first.child.pid}) at http://localhost:${gatewayPort}`,
    );
    expect(second.output()).toContain('npm run stop');
  });

  test('in the background, while one runs, says so to whoever started it', async () => {
    const first = platform();
    await first.says('platform is ready');
    const second = run('tools/start.ts', '--supervisor', '--detach');
    expect(await second.code).toBe(1);
    expect(second.output()).toContain(`runs already (process ${first.child.pid})`);
  });

  test('with its port taken says which, by whom and what to set, and leaves nothing running', async () => {
    const taken: Server = createServer().listen(gatewayPort, '127.0.0.1');
    await once(taken, 'listening');
    const refused = run('tools/start.ts', '--no-demo');
    expect(await refused.code).toBe(1);
    taken.close();
    expect(refused.output()).toContain(`Port ${gatewayPort} is taken by process ${process.pid}`);
    expect(refused.output()).toContain(`GATEWAY_PORT=${gatewayPort + 1} npm start`);
    expect(findStackProcesses(stackDir)).toEqual([]);
  });

  test('with addresses at which no store answers names them all, before anything is built or started', async () => {
    const [nobody] = (await freePorts(1)) as [number];
    const refused = runIn(
      {
        GATEWAY_PORT: String(gatewayPort),
        MONGODB_URI: `mongodb://127.0.0.1:${nobody}/?replicaSet=rs0`,
        AMQP_URL: `amqp://guest:secret@127.0.0.1:${nobody}`,
        REDIS_URL: 'http://127.0.0.1:6379',
      },
      'tools/start.ts',
    );
    expect(await refused.code).toBe(1);
    for (const name of ['MONGODB_URI', 'AMQP_URL', 'REDIS_URL'])
      expect(refused.output()).toContain(`${name} (`);
    expect(refused.output()).not.toContain('secret');
    expect(refused.output()).not.toContain('1/5');
    expect(findStackProcesses(stackDir)).toEqual([]);
  });

  test('after its supervisor was killed ends the orphans, goes on, and npm run stop ends it', async () => {
    const killed = platform();
    await killed.says('platform is ready');
    killed.child.kill('SIGKILL');
    await killed.code;
    expect(findStackProcesses(stackDir).length).toBe(6);

    const next = platform();
    await next.says(/ended process \d+, left over from a run that was killed/);
    await next.says('platform is ready');
    const stopped = run('tools/stop.ts');
    expect(await stopped.code).toBe(0);
    expect(await next.code).toBe(0);
    expect(stopped.output()).toContain('Stopped.');
    expect(findStackProcesses(stackDir)).toEqual([]);

    const again = run('tools/stop.ts');
    expect(await again.code).toBe(0);
    expect(again.output()).toContain('Nothing runs');
  });

  test('whose service cannot start shows the end of its log, of this run alone', async () => {
    mkdirSync(join(stackDir, 'logs'));
    writeFileSync(join(stackDir, 'logs/points.log'), 'of another run\n');
    const services = await startServices({
      stackDir,
      infrastructure: addresses(),
      names: ['points'],
      entryPoint: () => join(stackDir, 'absent.ts'),
    });
    const message = await services.ready().then(
      () => '',
      (error: Error) => error.message,
    );
    expect(message).toMatch(/points ended while starting[\s\S]*Cannot find module/);
    expect(message).not.toContain('of another run');
    await services.stop();
  });

  test('knows a Redis of its own when the one that started it is gone', async () => {
    const log = (): void => undefined;
    const program = await installedRedis().catch(() => downloadedRedis({ log }));
    const [redis] = (await freePorts(1)) as [number];
    const settings = { stackDir, ports: { redis }, throwaway: true, log };
    const store = await startRedis(program, { provider: 'installed', settings });
    expect(findStackProcesses(stackDir).map(({ pid }) => pid)).toEqual(store.pids());
    await store.stop();
  });
});

describe('commands beside a platform', () => {
  test('the demo plays with no platform but its own, and a mistyped option is one line', async () => {
    const stranger: Server = createServer().listen(gatewayPort, '127.0.0.1');
    await once(stranger, 'listening');
    const alone = runIn({ GATEWAY_PORT: '' }, 'tools/demo.ts');
    expect(await alone.code).toBe(1);
    expect(alone.output()).toContain('no platform of this project runs');
    stranger.close();
    const mistyped = run('tools/demo.ts', '--bogus');
    expect(await mistyped.code).toBe(2);
    expect(mistyped.output().trim().split('\n')).toEqual([expect.stringContaining("'--bogus'")]);
  });

  test('parked events are looked for at the broker of the local stack', async () => {
    const args = ['list', '--service', 'points'];
    const nowhere = runIn({ AMQP_URL: '' }, 'tools/dead-letters.ts', ...args);
    expect(await nowhere.code).toBe(1);
    expect(nowhere.output()).toContain('there is no local stack');
    const { port } = new URL(addresses().amqpUrl);
    writeFileSync(join(stackDir, 'state.json'), JSON.stringify({ ports: { amqp: Number(port) } }));
    const prefix = `beside-${process.pid}-`;
    const found = runIn({ AMQP_URL: '', BUS_PREFIX: prefix }, 'tools/dead-letters.ts', ...args);
    expect(await found.code).toBe(1);
    expect(found.output()).toContain(`There is no queue "${prefix}points.events.dead" at this broker`);
  });
});

describe('npm run reset', () => {
  test('clears what is ours and leaves what is not', async () => {
    const started = platform();
    await started.says('platform is ready');
    writeFileSync(join(stackDir, 'thesis.txt'), 'two years of work');
    mkdirSync(join(stackDir, 'redis'), { recursive: true });
    const reset = run('tools/reset.ts');
    expect(await reset.code).toBe(0);
    expect(await started.code).toBe(0);
    expect(reset.output()).toContain('left as not ours: thesis.txt');
    expect(existsSync(join(stackDir, 'thesis.txt'))).toBe(true);
    expect(existsSync(join(stackDir, 'secrets.json'))).toBe(false);
  });
});

describe('services started by a test or a drill', () => {
  let services: RunningServices;
  afterEach(() => services.stop());

  test('can be killed, restarted, suspended and read', async () => {
    services = await startServices({
      stackDir,
      infrastructure: addresses(),
      names: ['points', 'gateway'],
      isolation: 'drill',
      entryPoint: () => STAND_IN,
    });
    await services.ready();
    const before = services.pids();
    await services.kill('points');
    await expect(fetch(services.urls.points)).rejects.toThrow();
    await services.restart('points');
    const answer = (await (await fetch(services.urls.points)).json()) as { database: string };
    expect(answer.database).toContain('/drill_points');
    expect(services.pids().points).not.toBe(before.points);
    expect(services.pids().gateway).toBe(before.gateway);
    expect(services.logs('points').match(/stand-in is up/g)).toHaveLength(2);
    await services.kill('gateway', 'SIGSTOP');
    await services.stop();
    expect(findStackProcesses(stackDir)).toEqual([]);
  });
});

const addresses = (): { mongodbUri: string; amqpUrl: string } => ({
  mongodbUri: process.env['MONGODB_URI'] as string,
  amqpUrl: process.env['AMQP_URL'] as string,
});
