// Free ports, remembered ports, and who sits on a port that is taken.
import { randomInt } from 'node:crypto';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';

const HOST = '127.0.0.1';

/** Whether this process could listen on the port now. */
export async function isPortFree(port: number): Promise<boolean> {
  // Both, because a listener on every address does not always collide with one on the loopback address.
  return (await canListen(port, HOST)) && (await canListen(port, '0.0.0.0'));
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => done(true)));
  });
}

/** Below it are ports that programs are known by. */
const FIRST_PORT = 12_000;
/** Where it stands for nothing else, systems give outgoing connections ports from here on. */
const USUAL_OUTGOING = 32_768;
const ATTEMPTS = 100;

/** The lowest port that the system gives to outgoing connections. */
export function firstOutgoingPort(): number {
  return (
    Number(readIfThere('/proc/sys/net/ipv4/ip_local_port_range').trim().split(/\s+/)[0]) || USUAL_OUTGOING
  );
}

/**
 * That many free ports, all different. They are such as the system gives to no outgoing connection, while it has these: one
 * that is chosen now and listened on later, or again after a crash, may be taken by whoever connects in between.
 */
export async function freePorts(count: number): Promise<number[]> {
  const below = firstOutgoingPort();
  const servers: Server[] = [];
  while (servers.length < count) servers.push(await listenOnFreePort(below));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

async function listenOnFreePort(below: number): Promise<Server> {
  for (let attempt = 0; attempt < ATTEMPTS && below > FIRST_PORT; attempt++) {
    const server = await listening(randomInt(FIRST_PORT, below)).catch(() => null);
    if (server) return server;
  }
  return listening(0);
}

function listening(port: number): Promise<Server> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen({ port, host: HOST, exclusive: true }, () => done(server));
  });
}

/** Ports by name: a remembered one is kept while it is still free, the others are chosen anew. */
export async function choosePorts<Name extends string>(
  names: readonly Name[],
  remembered: Readonly<Record<string, number>> = {},
): Promise<Record<Name, number>> {
  const fresh = await freePorts(names.length);
  const chosen = {} as Record<Name, number>;
  for (const [index, name] of names.entries()) {
    const kept = remembered[name];
    chosen[name] = kept && (await isPortFree(kept)) ? kept : (fresh[index] as number);
  }
  return chosen;
}

/** "process 123 (node server.js)" when the listener of a port can be told, else null. */
export function whoListensOn(port: number): string | null {
  if (process.platform !== 'linux') return null;
  try {
    const inodes = listeningInodes(port);
    if (inodes.size === 0) return null;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (!holdsSocket(pid, inodes)) continue;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return `process ${pid} (${command.slice(0, 80)})`;
    }
  } catch {
    // Without a readable /proc there is nothing to tell.
  }
  return null;
}

function listeningInodes(port: number): Set<string> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readIfThere(table).split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      const LISTEN = '0A';
      if (fields[1]?.endsWith(wanted) && fields[3] === LISTEN && fields[9])
        inodes.add(`socket:[${fields[9]}]`);
    }
  }
  return inodes;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function holdsSocket(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return inodes.has(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}
