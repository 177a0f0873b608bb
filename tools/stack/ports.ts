// Free ports, remembered ports, and who sits on a port that is taken.
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';

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
 * that is chosen now and listened on later, or again after a crash, may be taken by whoever connects in between. Nobody else
 * who asks here is given them while this process lives.
 */
export async function freePorts(count: number): Promise<number[]> {
  const below = firstOutgoingPort();
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort(below));
  return ports;
}

async function freePort(below: number): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS && below > FIRST_PORT; attempt++) {
    const port = randomInt(FIRST_PORT, below);
    if (!reserved.has(port) && (await isPortFree(port)) && (await reserve(port))) return port;
  }
  const port = await anyFreePort();
  await reserve(port);
  return port;
}

async function anyFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen({ port: 0, host: HOST, exclusive: true }, done);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** What holds the ports that this process was given, until it ends however it ends. */
const reserved = new Map<number, Socket>();

/**
 * Keeps a port for this process. Platforms that start side by side choose long before their services listen, and a killed
 * service's port is free until it is back, so a look is not enough: the UDP port of the same number, which nothing here uses,
 * says to all others that it is given away. False when another process has it.
 */
async function reserve(port: number): Promise<boolean> {
  if (reserved.has(port)) return true;
  const socket = createSocket('udp4');
  const held = await new Promise<boolean>((done) => {
    // Anything but "in use" says nothing about others: where no UDP is to be had, the look must do.
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code !== 'EADDRINUSE'));
    socket.bind({ port, address: HOST, exclusive: true }, () => done(true));
  });
  if (!held) {
    socket.close();
    return false;
  }
  reserved.set(port, socket.unref());
  return true;
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
    const stays = kept && (await isPortFree(kept)) && (await reserve(kept));
    chosen[name] = stays ? kept : (fresh[index] as number);
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
