import {
  addressGuard,
  AddressRefused,
  destinationOf,
  isPublic,
  parseNetwork,
  problemOf,
} from './addresses.ts';

test.each(['8.8.8.8', '1.1.1.1', '93.184.215.14', '2606:4700:4700::1111', '2a00:1450:4001:80e::200e'])(
  '%s is public',
  (address) => expect(isPublic(address)).toBe(true),
);

test.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.255',
  '168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.19.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  '2002:7f00:1::',
  '2001::1',
  '2001:db8::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fec0::1',
  'ff02::1',
  'not an address',
])('%s is not', (address) => expect(isPublic(address)).toBe(false));

test('hosts that are addresses are refused however they are written', () => {
  const guard = addressGuard({ allowed: [] });
  const refused = [
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://[::1]/',
    'http://[::ffff:169.254.169.254]/',
    'http://localhost/',
    'http://LOCALHOST./',
    'http://a.localhost/',
    'http://①②⑦.⓪.⓪.①/',
  ];
  for (const url of refused) expect([url, guard.refuses(destinationOf(url))]).toEqual([url, true]);
  for (const url of ['https://shop.example.com/', 'https://8.8.8.8/', 'https://localhost.example.com/'])
    expect([url, guard.refuses(destinationOf(url))]).toEqual([url, false]);
});

test('networks that the settings name may be sent to, and no others', () => {
  const guard = addressGuard({ allowed: ['127.0.0.0/8', 'fd00::/8'] });
  expect(['127.0.0.1', 'fd12::1', '10.0.0.1', '::1', '8.8.8.8'].map((one) => guard.allows(one, 443))).toEqual(
    [true, true, false, false, true],
  );
  expect(guard.refuses({ hostname: 'localhost', port: 41_234 })).toBe(false);
  for (const wrong of ['10.0.0.0/33', 'example.com', '10.0.0.0/8/8', '10.0.0.0/x', ''])
    expect(() => parseNetwork(wrong)).toThrow('is no network');
});

/** What a name resolves to, one answer after the other: a name whose owner changes it between two questions. */
function names(...answers: string[][]) {
  let asked = 0;
  return addressGuard({ allowed: [] }, async () =>
    (answers[asked++] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  );
}
const ask = (guard: ReturnType<typeof addressGuard>, all: boolean) =>
  new Promise((done) =>
    guard.lookupFor(443)('rebound.example.com', { all } as never, (error, found) => done(error ?? found)),
  );

test('each connection is checked by what the name leads to then (DNS rebinding)', async () => {
  const guard = names(['93.184.215.14'], ['127.0.0.1']);
  expect(await ask(guard, false)).toBe('93.184.215.14');
  expect(await ask(guard, true)).toBeInstanceOf(AddressRefused);
});

test('a name with one bad address, or none, is refused whole', async () => {
  const guard = names(['93.184.215.14', '10.0.0.1'], [], ['93.184.215.14', '2606:4700::1']);
  expect(await ask(guard, true)).toBeInstanceOf(AddressRefused);
  expect(await ask(guard, true)).toBeInstanceOf(AddressRefused);
  expect(await ask(guard, true)).toHaveLength(2);
});

test.each([
  ['https://shop.example.com/hooks?key=1', null, null],
  ['http://shop.example.com/hooks', null, 'Must be https'],
  ['https://me@shop.example.com/', 'Must not hold', 'Must not hold'],
  ['https://:secret@shop.example.com/', 'Must not hold', 'Must not hold'],
  ['https://10.0.0.1/', 'Leads to', 'Leads to'],
  ['https://shop.example.com:8443/', null, null],
  ['https://shop.example.com:27017/', 'Leads to', 'Leads to'],
  ['https://168.63.129.16/', 'Leads to', 'Leads to'],
])('%s in development: %s, where only https may be: %s', (url, relaxed, strict) => {
  const said = (httpsOnly: boolean) =>
    problemOf(url, { guard: addressGuard({ allowed: [] }), httpsOnly })?.en ?? null;
  for (const [problem, expected] of [
    [said(false), relaxed],
    [said(true), strict],
  ])
    expect(problem).toEqual(expected && expect.stringContaining(expected));
});

test('a network that the settings deny is refused, be it public or allowed', () => {
  const guard = addressGuard({
    allowed: ['10.0.0.0/8'],
    denied: ['8.8.8.0/24', '10.9.0.0/16', '2606:4700::/32'],
  });
  const told = ['8.8.8.8', '8.8.4.4', '10.1.0.1', '10.9.0.1', '2606:4700::1111', '2a00:1450::1'];
  expect(told.filter((address) => guard.allows(address, 443))).toEqual([
    '8.8.4.4',
    '10.1.0.1',
    '2a00:1450::1',
  ]);
});

test('of public addresses only the ports of the settings are sent to; of allowed networks all', async () => {
  const resolve = async () => [{ address: '93.184.215.14', family: 4 }];
  const guard = addressGuard({ allowed: ['10.0.0.0/8'], ports: [443, 9443] }, resolve);
  expect([443, 9443, 80, 6379].map((port) => guard.allows('93.184.215.14', port))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(guard.allows('10.0.0.1', 6379)).toBe(true);
  // A name may lead to an allowed network: what it leads to is seen when it is connected to.
  expect(guard.refuses({ hostname: 'shop.example.com', port: 6379 })).toBe(false);
  const found = await new Promise((done) =>
    guard.lookupFor(6379)('shop.example.com', {} as never, (error) => done(error)),
  );
  expect(found).toBeInstanceOf(AddressRefused);
});
