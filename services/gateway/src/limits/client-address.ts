/** The address that a request comes from, as limits count it. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * The connection's address; behind `hops` trusted proxies, the one that the outermost of them saw. Whatever stands further
 * left in X-Forwarded-For was written by the client.
 */
export function clientAddress(request: IncomingMessage, hops: number): string {
  const connection = plain(request.socket.remoteAddress ?? 'unknown');
  if (hops === 0) return connection;
  const header = request.headers['x-forwarded-for'];
  const seen = (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((part) => part.trim());
  const address = seen.at(-hops) ?? '';
  return isIP(address) === 0 ? connection : plain(address);
}

/** An IPv4 address in IPv6 clothes is that IPv4 address. */
const plain = (address: string): string =>
  address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;

/** Who counts as one: an IPv4 address, or an IPv6 network of 64 bits, which is what one subscriber has. */
export function countedAddress(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail = ''] = address.split('%', 1)[0]?.split('::') ?? [];
  const front = head === '' ? [] : head.split(':');
  const back = tail === '' ? [] : tail.split(':');
  const full = address.includes('::')
    ? [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back]
    : front;
  return `${full
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
