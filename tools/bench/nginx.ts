// nginx: the bare proxy that the gateway is measured against, and the fastest upstream to be had for both.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebianPackages } from '../stack/debian-packages.ts';
import { downloadOnce } from '../stack/download-once.ts';
import { choosePorts } from '../stack/ports.ts';
import { launch, tailOf } from '../stack/processes.ts';
import { acceptsConnections, eventuallyTrue } from '../stack/reachable.ts';
import { findProgram, lastLineOf, runProgram } from '../stack/run-program.ts';
import { libraryPath } from '../stack/shared-libraries.ts';
import { PassedOver, type Log } from '../stack/store.ts';

type Program = { binary: string; version: string; env: NodeJS.ProcessEnv };
export type Nginx = {
  readonly version: string;
  /** Answers every path with 2 kB of JSON, from memory. */
  readonly upstreamPort: number;
  /** Passes everything on to the upstream over kept connections. */
  readonly proxyPort: number;
  readonly pids: Readonly<Record<'nginx' | 'upstream', number>>;
  stop(): Promise<void>;
};

const START_MS = 10_000;
const BODY_BYTES = 2_048;
/** How the upstream's answer ends: whoever passes it on has passed on all of it. */
export const STATIC_ANSWER = 'xxxxxxxx"}';

/** Starts both; throws PassedOver where no nginx can be had. */
export async function startNginx({ stackDir, log }: { stackDir: string; log: Log }): Promise<Nginx> {
  const program = (await installed()) ?? (await downloaded(log));
  const ports = await choosePorts(['nginx-upstream', 'nginx-proxy'], {});
  const upstreamPort = ports['nginx-upstream'] as number;
  const proxyPort = ports['nginx-proxy'] as number;
  const upstream = await start(program, {
    stackDir,
    name: 'nginx-upstream',
    port: upstreamPort,
    http: upstreamServer(upstreamPort),
  });
  const proxy = await start(program, {
    stackDir,
    name: 'nginx-proxy',
    port: proxyPort,
    http: proxyServer(proxyPort, upstreamPort),
  });
  return {
    version: program.version,
    upstreamPort,
    proxyPort,
    pids: { nginx: proxy.pid, upstream: upstream.pid },
    async stop() {
      await Promise.all([proxy.stop(), upstream.stop()]);
    },
  };
}

async function installed(): Promise<Program | undefined> {
  const binary = findProgram('nginx', { alsoIn: ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'] });
  return binary ? runnable(binary, {}) : undefined;
}

async function downloaded(log: Log): Promise<Program> {
  const folder = await downloadOnce({
    name: 'nginx',
    log,
    fill: ({ folder }) =>
      unpackDebianPackages({
        folder,
        log,
        // The program lies in the one or the other, from release to release.
        select: async (index) => [
          ...new Set([
            await index.firstExisting(['nginx']),
            await index.firstExisting(['nginx-core', 'nginx']),
            await index.firstExisting(['libpcre2-8-0', 'libpcre3']),
          ]),
        ],
      }),
  });
  return runnable(join(folder, 'usr/sbin/nginx'), { LD_LIBRARY_PATH: libraryPath(folder) });
}

async function runnable(binary: string, env: NodeJS.ProcessEnv): Promise<Program> {
  const result = await runProgram(binary, ['-v'], { env: { ...process.env, ...env }, timeoutMs: START_MS });
  const version = /nginx\/(\S+)/.exec(result.stderr)?.[1];
  if (!version) throw new PassedOver(`${binary} does not run here: ${lastLineOf(result.stderr)}`);
  return { binary, version, env };
}

async function start(
  program: Program,
  { stackDir, name, port, http }: { stackDir: string; name: string; port: number; http: string },
) {
  const prefix = join(stackDir, name);
  const logFile = join(stackDir, 'logs', `${name}.log`);
  rmSync(prefix, { recursive: true, force: true });
  mkdirSync(join(prefix, 'logs'), { recursive: true });
  writeFileSync(join(prefix, 'nginx.conf'), configuration(prefix, http));
  const args = ['-p', prefix, '-c', join(prefix, 'nginx.conf'), '-e', 'stderr'];
  const running = await launch({
    name,
    command: program.binary,
    args,
    cwd: prefix,
    env: { ...process.env, ...program.env },
    logFile,
    stackDir,
  });
  if (
    !(await eventuallyTrue(() => acceptsConnections(port), {
      timeoutMs: START_MS,
      unless: () => running.hasExited(),
    }))
  ) {
    await running.stop();
    throw new PassedOver(`nginx does not start: ${tailOf(logFile, { lines: 3 })}`);
  }
  return running;
}

function configuration(prefix: string, http: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${join(prefix, kind)};`,
  );
  return [
    'daemon off;',
    'master_process off;',
    'worker_processes 1;',
    `pid ${join(prefix, 'nginx.pid')};`,
    'error_log stderr error;',
    'events { worker_connections 1024; }',
    'http {',
    'access_log off;',
    'keepalive_requests 100000000;',
    'default_type application/json;',
    ...temporary,
    http,
    '}',
    '',
  ].join('\n');
}

/** A profile's worth of JSON. */
function upstreamServer(port: number): string {
  const body = JSON.stringify({ id: 1, filler: 'x'.repeat(BODY_BYTES - 24) });
  return `server { listen 127.0.0.1:${port}; location / { return 200 '${body}'; } }`;
}

const proxyServer = (port: number, upstreamPort: number): string => `
upstream measured { server 127.0.0.1:${upstreamPort}; keepalive 64; keepalive_requests 100000000; }
server {
  listen 127.0.0.1:${port};
  location / { proxy_pass http://measured; proxy_http_version 1.1; proxy_set_header Connection ""; }
}`;
