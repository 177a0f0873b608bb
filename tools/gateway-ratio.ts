// npm run gateway-ratio: what this gateway costs against that of another checkout, in one interleaved run, without and with a Redis.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startWorker } from './bench/worker.ts';
import type { Load, LoadResult } from './bench/load.ts';
import { startNginx } from './bench/nginx.ts';
import { startProduct, type Product } from './bench/product.ts';
import { differencesOf, median, ratiosOf, type Found, type Side } from './bench/report.ts';
import { interleave, type Contender } from './bench/rounds.ts';
import { parseArgs, refuseArguments } from './command-line.ts';
import { THROWAWAY_DIR } from './stack/folders.ts';
import { startInfrastructure } from './stack/infrastructure.ts';

const HELP = `What G1 and G2 of the benchmark measure, of two versions of the platform at once: a call of a member passed on to an upstream
that costs nothing, by the gateway of another checkout, by this one, by this one with a Redis, and by nginx, in turn.
The other services are halted meanwhile. Rounds of runs that lie minutes apart differ by more than versions do.

  npm run gateway-ratio -- ../before             the other checkout, in which \`npm ci\` was run; about 3 minutes
  npm run gateway-ratio -- ../before --rounds 9  rounds of each (15), of two seconds
  npm run gateway-ratio -- ../before --bar 1.1   ends with 1 when this gateway answers so many times slower, without or
                                                 with a Redis, with 32 connections or with one (1.1)

Starts its own stores, services and nginx.
`;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '15' },
    bar: { type: 'string', default: '1.1' },
    help: { type: 'boolean', default: false },
  },
});

const SECONDS = 2;
const started = Date.now();
const log = (line: string): void =>
  console.log(`${String(Math.round((Date.now() - started) / 1_000)).padStart(4)} s  ${line}`);
/** How to end what has been started, the last first. */
const endings: (() => Promise<unknown>)[] = [];

const PRODUCT = 'tools/bench/product.ts';
type Platform = { readonly name: string; readonly product: Product };

/** Every service but the gateway gets the signal: a halted one takes no time of the processors. */
async function signalOthers({ services }: Product, signal: NodeJS.Signals): Promise<void> {
  for (const name of Object.keys(services.pids()) as (keyof ReturnType<typeof services.pids>)[])
    if (name !== 'gateway') await services.kill(name, signal);
}

async function startPlatforms(other: string, upstreamPort: number, stackDir: string): Promise<Platform[]> {
  const infrastructure = await startInfrastructure({ log, redis: true });
  endings.push(() => infrastructure.stop());
  const { redisUrl: _redis, ...withoutRedis } = infrastructure;
  const { startProduct: startOther } = (await import(pathToFileURL(join(other, PRODUCT)).href)) as {
    startProduct: typeof startProduct;
  };
  const platforms: Platform[] = [];
  for (const [name, start, stores] of [
    ['the other', startOther, withoutRedis],
    ['this', startProduct, withoutRedis],
    ['this, with a Redis', startProduct, infrastructure],
  ] as const) {
    log(`starting ${name}`);
    const product = await start({
      infrastructure: stores,
      stackDir: join(stackDir, String(platforms.length)),
      isolation: `gateway${process.pid}x${platforms.length}`,
      members: 1,
      staticUpstreamPort: upstreamPort,
      floorPort: null,
      log,
    });
    endings.push(async () => {
      await signalOthers(product, 'SIGCONT');
      await product.stop();
    });
    await signalOthers(product, 'SIGSTOP');
    platforms.push({ name, product });
  }
  return platforms;
}

const shown = (found: Found, digits: number): string => {
  const [low, high] = [Math.min(...found), Math.max(...found)];
  return `${median(found).toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
};

/** What each platform takes with so many connections; whether every one of this checkout's stays within the bar. */
function report(
  connections: number,
  platforms: readonly Platform[],
  [nginx, ...gateways]: readonly Side[],
): boolean {
  const [other] = gateways as [Side];
  console.log(`\n${connections} connections, each against ${platforms[0]?.name} in the same round`);
  let isWithin = true;
  for (const [index, gateway] of gateways.entries()) {
    const { name } = platforms[index] as Platform;
    const slower = ratiosOf(gateway, other, ({ p50Ms }) => p50Ms);
    const cost = gateway.samples.map(({ cpu = {} }) => cpu[name] ?? Number.NaN);
    isWithin &&= median(slower) <= Number(values.bar);
    console.log(
      `${name.padEnd(20)} p50 × ${shown(slower, 2)}; over nginx ${shown(
        differencesOf(gateway, nginx as Side, ({ p50Ms }) => p50Ms),
        2,
      )} ms; CPU ${shown(cost, 0)} µs; requests/s of nginx's ${shown(ratiosOf(gateway, nginx as Side), 2)}`,
    );
  }
  const failures = gateways.flatMap(({ samples }) => samples).reduce((sum, each) => sum + each.failures, 0);
  if (failures > 0) console.log(`${failures} requests failed`);
  return isWithin && failures === 0;
}

async function main(other: string): Promise<boolean> {
  const stackDir = join(THROWAWAY_DIR, `${process.pid}-gateway-ratio`);
  mkdirSync(join(stackDir, 'logs'), { recursive: true });
  endings.push(async () => rmSync(stackDir, { recursive: true, force: true }));
  const nginx = await startNginx({ stackDir, log });
  endings.push(() => nginx.stop());
  const platforms = await startPlatforms(other, nginx.upstreamPort, stackDir);
  const generator = await startWorker<Load, LoadResult>('load-generator');
  endings.push(() => generator.stop());
  const pids = Object.fromEntries(
    platforms.map(({ name, product }) => [name, product.services.pids().gateway as number]),
  );
  const results: boolean[] = [];
  for (const connections of [32, 1]) {
    const contender = (label: string, port: number, { staticCall }: Product): Contender => ({
      label,
      run: (milliseconds) =>
        generator.run({ port, connections, milliseconds, calls: staticCall ? [staticCall] : [] }),
    });
    const [{ product: first }] = platforms as [Platform];
    const sides = await interleave(
      [
        contender('nginx', nginx.proxyPort, first),
        ...platforms.map(({ name, product }) => contender(name, product.port, product)),
      ],
      {
        rounds: Number(values.rounds),
        seconds: SECONDS,
        pids,
        settle: async () => undefined,
        say: () => undefined,
      },
    );
    results.push(report(connections, platforms, sides));
  }
  return results.every(Boolean);
}

if (values.help) console.log(HELP);
else {
  const [other, ...more] = positionals.map((folder) => resolve(folder));
  if (!other || more.length > 0 || !existsSync(join(other, PRODUCT)))
    refuseArguments(new Error('Name the folder of one other checkout of the platform: --help tells more'));
  if (!existsSync(join(other, 'node_modules')))
    refuseArguments(new Error(`Run \`npm ci\` in ${other} first`));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
  try {
    if (!(await main(other))) process.exitCode = 1;
  } finally {
    for (let end = endings.pop(); end; end = endings.pop())
      await end().catch((error: Error) => log(`not stopped cleanly: ${error.message}`));
  }
  process.exit();
}
