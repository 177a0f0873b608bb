/** Tokens signed with a private key: the algorithm is the settings', whatever a token's header says; and the keys that are published. */
import { createHmac, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import { ConfigError } from '@membership/platform/config';
import { tokenKey } from '../src/tokens/token-keys.ts';
import { startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest } from './raw-http.ts';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const kinds = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
};

describe.each(['RS256', 'ES256', 'EdDSA'] as const)('%s', (algorithm) => {
  const { privateKey, publicKey } = kinds[algorithm]();
  let gateway: GatewayKit;
  let acme: ATenant;

  beforeAll(async () => {
    gateway = await startGateway({
      JWT_ALGORITHM: algorithm,
      JWT_PRIVATE_KEY: pem(privateKey),
      JWT_AUDIENCE: 'the-platform',
    });
    acme = await gateway.aTenant();
  });
  afterAll(() => gateway?.stop());

  const claims = (more: Record<string, unknown> = {}) => ({
    sub: String(acme.adminId),
    iss: 'membership-platform',
    aud: 'the-platform',
    exp: Math.floor(Date.now() / 1000) + 600,
    ...more,
  });
  /** A token with any header at all, signed by whoever has the key. */
  const tokenWith = (header: Record<string, unknown>, body: unknown, key: KeyObject = privateKey) => {
    const input = `${encode(header)}.${encode(body)}`;
    const options = algorithm === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' as const } : key;
    const signature = sign(algorithm === 'EdDSA' ? null : 'sha256', Buffer.from(input), options);
    return `${input}.${signature.toString('base64url')}`;
  };
  const meWith = async (token: string) => {
    const answer = await gateway.anyone.as(token).call(auth.me, {});
    return answer.status === 200 ? 200 : `${answer.status} ${answer.body.error.code}`;
  };

  test('a login’s token can be checked by anybody with the published key', async () => {
    const { keys } = (await rawRequest(gateway.kit.url, '/.well-known/jwks.json')).body;
    expect(keys).toHaveLength(1);
    const header = jwt.decode(acme.adminToken, { complete: true })?.header;
    expect([header?.alg, header?.kid, keys[0].alg, keys[0].use]).toEqual([
      algorithm,
      keys[0].kid,
      algorithm,
      'sig',
    ]);
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(keys[0]).not.toHaveProperty(secret);
    const published = createPublicKey({ key: keys[0], format: 'jwk' });
    const [head, body, signature] = acme.adminToken.split('.');
    const options =
      algorithm === 'ES256' ? { key: published, dsaEncoding: 'ieee-p1363' as const } : published;
    expect(
      verify(
        algorithm === 'EdDSA' ? null : 'sha256',
        Buffer.from(`${head}.${body}`),
        options,
        Buffer.from(signature ?? '', 'base64url'),
      ),
    ).toBe(true);
    expect(await meWith(acme.adminToken)).toBe(200);
  });

  test('our key, our issuer, our audience: good, whatever the header says of the key', async () => {
    expect(await meWith(tokenWith({ alg: algorithm }, claims()))).toBe(200);
    expect(await meWith(tokenWith({ alg: algorithm }, claims({ aud: ['x', 'the-platform'] })))).toBe(200);
    // The header may name keys and addresses; nothing of it is looked up.
    for (const tricks of [
      { kid: '../../../../dev/null' },
      { kid: "' OR 1=1 --" },
      { jku: 'https://evil.example/jwks.json', x5u: 'https://evil.example/x', x5c: ['MII'] },
    ])
      expect(await meWith(tokenWith({ alg: algorithm, ...tricks }, claims()))).toBe(200);
  });

  test('HS256 with the public key for a secret is nothing', async () => {
    const published = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const jwk = JSON.stringify((await rawRequest(gateway.kit.url, '/.well-known/jwks.json')).body.keys[0]);
    const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims())}`;
    for (const secret of [
      published,
      published.trim(),
      publicKey.export({ type: 'spki', format: 'der' }),
      jwk,
      '',
    ])
      expect(await meWith(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`)).toBe(
        '401 AUTH_003',
      );
  });

  test('the algorithm is never the token’s to choose', async () => {
    const body = claims();
    const others = [
      'none',
      'None',
      'NONE',
      'nOnE',
      'HS256',
      'HS512',
      'RS256',
      'RS512',
      'PS256',
      'ES256',
      'ES384',
      'EdDSA',
    ];
    for (const alg of others.filter((other) => other !== algorithm)) {
      expect(await meWith(tokenWith({ alg }, body))).toBe('401 AUTH_003');
      expect(await meWith(`${encode({ alg })}.${encode(body)}.`)).toBe('401 AUTH_003');
    }
    for (const alg of [undefined, null, '', 7, [algorithm], { toString: algorithm }])
      expect(await meWith(tokenWith({ alg }, body))).toBe('401 AUTH_003');
  });

  test('another’s key, even when the token brings it along', async () => {
    const evil = kinds[algorithm]();
    const jwk = evil.publicKey.export({ format: 'jwk' });
    expect(await meWith(tokenWith({ alg: algorithm }, claims(), evil.privateKey))).toBe('401 AUTH_003');
    expect(await meWith(tokenWith({ alg: algorithm, jwk }, claims(), evil.privateKey))).toBe('401 AUTH_003');
    const { keys } = (await rawRequest(gateway.kit.url, '/.well-known/jwks.json')).body;
    expect(
      await meWith(tokenWith({ alg: algorithm, kid: keys[0].kid, jwk }, claims(), evil.privateKey)),
    ).toBe('401 AUTH_003');
  });

  test.each([
    ['another audience', { aud: 'another-platform' }, '401 AUTH_003'],
    ['audiences without ours', { aud: ['a', 'b'] }, '401 AUTH_003'],
    ['no audience', { aud: undefined }, '401 AUTH_003'],
    ['another issuer', { iss: 'https://evil.example' }, '401 AUTH_003'],
    ['expired', { exp: 1_700_000_000 }, '401 AUTH_002'],
    ['without an end', { exp: undefined }, '401 AUTH_003'],
    ['an end that is no number', { exp: '9999999999' }, '401 AUTH_003'],
    ['not valid yet', { nbf: 9_999_999_999 }, '401 AUTH_003'],
  ])('%s', async (_what, more, expected) => {
    expect(await meWith(tokenWith({ alg: algorithm }, claims(more)))).toBe(expected);
  });

  test('a changed body, a cut signature, too many parts, what is no token', async () => {
    const good = tokenWith({ alg: algorithm }, claims());
    const [head, body, signature] = good.split('.') as [string, string, string];
    const changed = encode({ ...claims(), sub: String(acme.adminId + 1) });
    for (const token of [
      `${head}.${changed}.${signature}`,
      `${head}.${body}.${signature.slice(0, -4)}`,
      `${head}.${body}.`,
      `${head}.${body}`,
      `${good}.${signature}`,
      `${head}.${body}.${signature}.${signature}.`,
      '..',
      '.',
      'a.b.c',
      `${encode([])}.${encode([])}.${signature}`,
      `${encode(null)}.${encode(null)}.${signature}`,
    ])
      expect(await meWith(token)).toBe('401 AUTH_003');
  });

  test('signed and ours, but no claims: AUTH_003, never a 500', async () => {
    for (const body of [
      null,
      [],
      'text',
      7,
      {},
      { sub: {} },
      claims({ sub: 7 }),
      claims({ user_id: '1' }),
      claims({ tenant_id: 'x' }),
      claims({ role: { $gt: '' } }),
    ])
      expect(await meWith(tokenWith({ alg: algorithm }, body))).toBe('401 AUTH_003');
  });

  test('a token as long as headers may be is refused like any other; beyond that it is 431', async () => {
    const long = await rawRequest(gateway.kit.url, '/api/v1/auth/me/', {
      headers: { authorization: `Bearer ${'A'.repeat(14_000)}` },
    });
    expect([long.status, long.body.error.code]).toEqual([401, 'AUTH_003']);
    const longer = await rawRequest(gateway.kit.url, '/api/v1/auth/me/', {
      headers: { authorization: `Bearer ${'A'.repeat(17_000)}` },
    });
    expect(longer.status).toBe(431);
  });
});

test.each([
  ['a key of another kind', 'ES256', pem(kinds.RS256().privateKey), /ES256 needs ec/],
  [
    'a key that is too short',
    'RS256',
    pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey),
    /at least 2048 bits/,
  ],
  ['no PEM', 'EdDSA', 'nothing', /no private key in PEM/],
] as const)('settings with %s end the start and say so', (_what, algorithm, privateKey, message) => {
  expect(() => tokenKey({ algorithm, issuer: 'us' }, privateKey)).toThrow(ConfigError);
  expect(() => tokenKey({ algorithm, issuer: 'us' }, privateKey)).toThrow(message);
});
