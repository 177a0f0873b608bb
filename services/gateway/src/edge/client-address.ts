/** The address that a request comes from. */
import type { IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { addressIn } from '@membership/platform/http/addresses';
import { networkList } from '../addresses/addresses.ts';

/** Whether an address is a proxy's whose X-Forwarded-For is believed. */
export type IsProxy = (address: string) => boolean;

export function proxiesIn(networks: readonly string[]): IsProxy {
  if (networks.length === 0) return () => false;
  const list = networkList(networks);
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * The connection's address; where that is a trusted proxy's, the one that it names, and so on towards the client. What
 * stands left of the first address that is no proxy's was written by the client itself. A proxy that names none
 * (`unknown`) is the last that is known. `Forwarded` is not read: where a proxy writes only the other, clients write it.
 */
export function clientAddress({ socket, headers }: IncomingMessage, isProxy: IsProxy): string {
  let address = addressOf(socket);
  const forwarded = headers['x-forwarded-for'];
  if (forwarded === undefined || !isProxy(address)) return address;
  const named = String(forwarded).split(',');
  while (named.length > 0 && isProxy(address)) {
    const before = addressIn(named.pop() as string);
    if (before === undefined) break;
    address = before;
  }
  return address;
}

/** Of connections: read once, for all the requests that come over it. */
const known = new WeakMap<Socket, string>();

function addressOf(socket: Socket): string {
  const before = known.get(socket);
  if (before !== undefined) return before;
  const address = addressIn(socket.remoteAddress ?? '');
  // One that has gone already names none.
  if (address !== undefined) known.set(socket, address);
  return address ?? 'unknown';
}
