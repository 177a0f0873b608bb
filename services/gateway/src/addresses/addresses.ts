/**
 * Which addresses a message may go to. Endpoints are named by tenants, so without this anybody's administrator could make the
 * gateway speak to what stands beside it. Checked against what a name resolves to at the moment of connecting: checked
 * earlier, the name could lead elsewhere by then.
 */
import type { LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { Text } from '@membership/contracts/text';
import { nameResolver, type ResolveName } from './resolve-name.ts';

/** Not on the public internet (IANA's special-purpose registries), and tunnels that lead to such addresses. */
const NEVER_PUBLIC = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // Looks public, and is Azure's own: metadata, DNS and agents of the machines that ask.
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Of IPv6 only the global unicast range is public, and not all of it. */
const GLOBAL_UNICAST = '2000::/3';
const NOT_QUITE_GLOBAL = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '2620:4f:8000::/48'];
/** 64:ff9b::/96 and the mapped range hold IPv4 addresses; they lie outside of 2000::/3 and are refused with all else there. */

/** `10.0.0.0/8`, `fd00::/8`; an address alone counts as itself. Throws what is neither. */
export function parseNetwork(text: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } {
  const [address = '', length, ...more] = text.trim().split('/');
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const prefix = length === undefined ? most : Number(length);
  if (
    version === 0 ||
    more.length > 0 ||
    (length !== undefined && !/^\d{1,3}$/.test(length)) ||
    prefix > most
  )
    throw new Error(`${text} is no network such as 10.0.0.0/8`);
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** Networks to look addresses up in. */
export function networkList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix, family } of networks.map(parseNetwork))
    list.addSubnet(address, prefix, family);
  return list;
}

const neverPublic = networkList(NEVER_PUBLIC);
const globalUnicast = networkList([GLOBAL_UNICAST]);
const notQuiteGlobal = networkList(NOT_QUITE_GLOBAL);

/** Whether an address is one of the public internet. */
export function isPublic(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !neverPublic.check(address, 'ipv4');
  if (version !== 6) return false;
  return globalUnicast.check(address, 'ipv6') && !notQuiteGlobal.check(address, 'ipv6');
}

/** Why no connection was made: what the name leads to is not for tenants. */
export class AddressRefused extends Error {
  readonly code = 'ADDRESS_REFUSED';
  constructor(host: string) {
    super(`${host} leads to an address that webhooks are not sent to`);
    this.name = 'AddressRefused';
  }
}

/** Where a URL leads, as far as it says. */
export type Destination = { readonly hostname: string; readonly port: number };

export type AddressGuard = {
  /** Whether an address may be connected to at a port. */
  allows(address: string, port: number): boolean;
  /** Whether a URL leads where it may not, as far as can be known without asking anybody. */
  refuses(destination: Destination): boolean;
  /** In place of the look-up of a connection to that port: one that leads anywhere it may not, fails. */
  lookupFor(port: number): LookupFunction;
};

export type AddressRules = {
  /** Networks of one's own that may be sent to all the same (development, tests, an intranet), at any port. */
  readonly allowed: readonly string[];
  /** Networks that may not be sent to, public or allowed. */
  readonly denied?: readonly string[];
  /** Ports of public addresses that may be sent to. */
  readonly ports?: readonly number[];
};
/** Where receivers of webhooks listen; at others are databases, mail and consoles. */
export const USUAL_PORTS: readonly number[] = [80, 443, 8080, 8443];

const isIn = (list: BlockList, address: string): boolean =>
  isIP(address) !== 0 && list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');

/** The guard of these rules. */
export function addressGuard(
  { allowed, denied = [], ports = USUAL_PORTS }: AddressRules,
  resolve: ResolveName = nameResolver({ knowsOwnNames: allowed.length > 0 }),
): AddressGuard {
  const [named, refused] = [networkList(allowed), networkList(denied)];
  const allows = (address: string, port: number) =>
    !isIn(refused, address) && (isIn(named, address) || (isPublic(address) && ports.includes(port)));
  const lookupFor =
    (port: number): LookupFunction =>
    (hostname, { all }, callback) => {
      const answer = (addresses: readonly LookupAddress[]) => {
        const [first] = addresses;
        // One bad address among good ones is refused, too: nobody says which of them would be taken.
        if (!first || !addresses.every(({ address }) => allows(address, port)))
          callback(new AddressRefused(hostname), '', 0);
        else if (all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      };
      // The callback connects; what it throws is not this promise's.
      resolve(hostname).then(
        (addresses) => setImmediate(answer, addresses),
        (error: NodeJS.ErrnoException) => setImmediate(callback, error, '', 0),
      );
    };
  return {
    allows,
    lookupFor,
    refuses({ hostname, port }) {
      const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
      if (isIP(host) !== 0) return !allows(host, port);
      if (host === 'localhost' || host.endsWith('.localhost')) return !allows('127.0.0.1', port);
      // A name that leads to an allowed network may have any port; where there is none, no name does.
      return allowed.length === 0 && !ports.includes(port);
    },
  };
}

/** Host and port of a URL. */
export function destinationOf(url: string): Destination {
  const { hostname, port, protocol } = new URL(url);
  return { hostname, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}

/** What can be said against an endpoint's URL without asking anybody; the rest is found out at each connection. */
export function problemOf(
  url: string,
  { guard, httpsOnly }: { readonly guard: AddressGuard; readonly httpsOnly: boolean },
): Text | null {
  const { protocol, username, password } = new URL(url);
  if (httpsOnly && protocol !== 'https:') return { zh: '必须使用 https', en: 'Must be https' };
  if (username || password)
    return { zh: '不能包含用户名或密码', en: 'Must not hold a user name or password' };
  if (guard.refuses(destinationOf(url)))
    return {
      zh: '不允许发送到内部网络地址，或该端口不被允许；平台运营方可以允许某个网络',
      en: 'Leads to an internal address or to a port that webhooks are not sent to; the platform’s operator can allow a network',
    };
  return null;
}
