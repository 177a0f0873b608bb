/** Addresses of clients: each has one spelling, however it is written, and many of IPv6 count as one. Pure. */
import { SocketAddress, isIP } from 'node:net';

/** With a port, as some proxies write it: `198.51.100.7:50007`, `[2001:db8::7]:50007`; brackets alone, too. */
const WITH_PORT = /^(?:\[([^\]]+)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5})$/;
/** An IPv4 address in IPv6 clothes is that IPv4 address. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/** The address that a text names, in its one spelling; undefined where it names none (`unknown`, `_hidden`, a name). */
export function addressIn(text: string): string | undefined {
  const written = text.trim().replace(/^"(.*)"$/, '$1');
  const [, bracketed, dotted] = WITH_PORT.exec(written) ?? [];
  const [address = ''] = (bracketed ?? dotted ?? written).split('%', 1);
  const version = isIP(address);
  if (version === 0 || (bracketed !== undefined && version !== 6)) return undefined;
  if (version === 4) return address;
  const spelled = new SocketAddress({ address, family: 'ipv6' }).address;
  return MAPPED.exec(spelled)?.[1] ?? spelled;
}

/** Who counts as one: an IPv4 address, or an IPv6 network of 64 bits, which is what one subscriber has. */
export function countedAddress(given: string): string {
  const address = addressIn(given) ?? given;
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const [front, back] = [groups(head), groups(tail)];
  const middle =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0');
  return `${[...front, ...middle, ...back].slice(0, 4).join(':')}::/64`;
}
