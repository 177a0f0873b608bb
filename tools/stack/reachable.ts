// Waiting until a server answers in its own protocol, not merely until its port is open.
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 100;
const ATTEMPT_MS = 2_000;
const AMQP_HEADER = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]);
const METHOD_FRAME = 1;

/** Whether an AMQP 0-9-1 broker greets at the address. */
export function greetsAmqp(amqpUrl: string): Promise<boolean> {
  const url = new URL(amqpUrl);
  const secure = url.protocol === 'amqps:';
  const target = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (secure ? 5671 : 5672)),
  };
  return new Promise((done) => {
    // The certificate is the service's business; here only "is a broker there" is asked.
    const socket = secure ? connectTls({ ...target, rejectUnauthorized: false }) : connect(target);
    const end = (answer: boolean): void => {
      socket.destroy();
      done(answer);
    };
    socket.setTimeout(ATTEMPT_MS, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once(secure ? 'secureConnect' : 'connect', () => socket.write(AMQP_HEADER));
    socket.once('data', (data) => end(data[0] === METHOD_FRAME));
  });
}

/** Whether a Redis answers at the address, be it that it asks for a password. */
export function answersRedis(redisUrl: string): Promise<boolean> {
  const url = new URL(redisUrl);
  const isSecure = url.protocol === 'rediss:';
  const target = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 6379) };
  return new Promise((done) => {
    const socket = isSecure ? connectTls({ ...target, rejectUnauthorized: false }) : connect(target);
    const end = (answer: boolean): void => {
      socket.destroy();
      done(answer);
    };
    socket.setTimeout(ATTEMPT_MS, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once(isSecure ? 'secureConnect' : 'connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => end(/^(\+PONG|-NOAUTH|-NOPERM)/.test(data.toString('latin1'))));
  });
}

/** Whether anything accepts a connection on this machine's port. */
export function acceptsConnections(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (answer: boolean): void => {
      socket.destroy();
      done(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

/** Asks again and again until the answer is yes; false when the time is over or `unless` says that it is hopeless. */
export async function eventuallyTrue(
  ask: () => Promise<boolean>,
  {
    timeoutMs,
    everyMs = POLL_MS,
    unless = () => false,
  }: { timeoutMs: number; everyMs?: number; unless?: () => boolean },
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline && !unless()) {
    if (await ask()) return true;
    await sleep(everyMs);
  }
  return false;
}
