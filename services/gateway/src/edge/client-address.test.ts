import type { IncomingMessage } from 'node:http';
import { clientAddress, proxiesIn } from './client-address.ts';

const from = (remoteAddress: string | undefined, forwarded?: string | string[]) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;
const isProxy = proxiesIn(['10.0.0.0/8', 'fd00::/8']);

test.each([
  ['nobody is believed without a setting', proxiesIn([]), '10.0.0.1', '198.51.100.7', '10.0.0.1'],
  ['whoever is no proxy speaks for itself', isProxy, '203.0.113.9', '198.51.100.7', '203.0.113.9'],
  ['a proxy names its client', isProxy, '10.0.0.1', '198.51.100.7', '198.51.100.7'],
  ['with a port', isProxy, '10.0.0.1', '198.51.100.7:50007', '198.51.100.7'],
  ['of IPv6, in brackets', isProxy, '::ffff:10.0.0.1', '[2001:DB8::7]:50007', '2001:db8::7'],
  ['through a proxy of IPv6', isProxy, 'fd00::1', '198.51.100.7', '198.51.100.7'],
  ['through two proxies', isProxy, '10.0.0.1', '198.51.100.7, 10.9.9.9:1234', '198.51.100.7'],
  [
    'what the client wrote itself stays unread',
    isProxy,
    '10.0.0.1',
    '192.0.2.1, 198.51.100.7',
    '198.51.100.7',
  ],
  [
    'a client cannot pose as a proxy',
    isProxy,
    '10.0.0.1',
    '192.0.2.1, 10.0.0.2, 198.51.100.7',
    '198.51.100.7',
  ],
  ['unknown is the proxy that says so', isProxy, '10.0.0.1', '198.51.100.7, unknown', '10.0.0.1'],
  ['nonsense, too', isProxy, '10.0.0.1', '198.51.100.7, ;DROP', '10.0.0.1'],
  ['a proxy’s own request', isProxy, '10.0.0.1', undefined, '10.0.0.1'],
  ['of proxies alone: the first', isProxy, '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ['a connection that is gone', isProxy, undefined, '198.51.100.7', 'unknown'],
] as const)('%s', (_what, proxies, connection, forwarded, address) =>
  expect(clientAddress(from(connection, forwarded), proxies)).toBe(address),
);
