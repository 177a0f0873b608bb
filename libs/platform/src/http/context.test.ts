import jwt from 'jsonwebtoken';
import { contextKey, isProven, keyOf, signContext, verifyContext } from '@membership/platform/http/context';

const own = contextKey('a-secret-of-the-gateway-and-one-service');
const { key } = own;
const claims = {
  aud: 'points',
  sub: 'user:7',
  uid: 7,
  name: '约翰 "john"',
  role: 'member',
  tid: 3,
  scopes: [],
  rid: 'req_1',
  lang: 'zh',
} as const;
const context = { ...claims, scopes: [...claims.scopes] };
const statusOf = (work: () => unknown): number => {
  try {
    work();
    return 200;
  } catch (error) {
    return (error as { status: number }).status;
  }
};

describe('the signed context', () => {
  it('says to the service what the gateway said, for half a minute', () => {
    const read = verifyContext([own], 'points', signContext(own, context));
    expect(read).toMatchObject(claims);
    expect(read.exp - read.iat).toBe(30);
  });
  it('is a token like any other: the library reads it, header and all', () => {
    const read = jwt.verify(signContext(own, context), key, { algorithms: ['HS256'], complete: true });
    expect(read.header).toEqual({ alg: 'HS256', typ: 'JWT', kid: own.kid });
    expect(read.payload).toMatchObject({ iss: 'gateway', name: claims.name });
  });
  it('is refused with another header, another algorithm, more parts, other characters, or when it is too old', () => {
    const token = signContext(own, context);
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const now = Math.floor(Date.now() / 1000);
    const full = { ...context, iss: 'gateway', iat: now, exp: now + 30 };
    const signed = (claims: object, options: jwt.SignOptions = {}) => jwt.sign(claims, key, options);
    const unsigned = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
    expect(statusOf(() => verifyContext([own], 'points', signed(full)))).toBe(200);
    expect(
      [
        signed(full, { algorithm: 'HS512' }),
        signed(full, { keyid: 'a' }),
        `${unsigned}.${payload}.`,
        `${unsigned}.${payload}.${signature}`,
        `${token}.${signature}`,
        `${header}.${payload}`,
        `${header}.${payload}.${signature.slice(0, -1)}`,
        `${header}.${payload}.${signature}=`,
        'nothing',
        signed({ ...full, iss: 'points' }),
        signed({ ...full, exp: now - 31 }),
        signed({ ...full, tid: 'three' }),
      ].map((one) => statusOf(() => verifyContext([own], 'points', one))),
    ).toEqual(Array(12).fill(401));
    expect(statusOf(() => verifyContext([own], 'points', signed({ ...full, exp: now - 20 })))).toBe(200);
  });
  it('holds for its service and its key alone, and unchanged', () => {
    const token = signContext(own, context);
    const [header, , signature] = token.split('.');
    const other = Buffer.from(JSON.stringify({ ...claims, role: 'admin' })).toString('base64url');
    expect([
      statusOf(() => verifyContext([own], 'vip', token)),
      statusOf(() => verifyContext([contextKey('another secret, of another service')], 'points', token)),
      statusOf(() => verifyContext([own], 'points', `${header}.${other}.${signature}`)),
      statusOf(() => verifyContext([own], 'points', undefined)),
    ]).toEqual([401, 401, 401, 401]);
  });
  it('is read by the key that it names, of several, and by each while it names none', () => {
    const before = contextKey('the-secret-before-of-the-gateway-and-one-service');
    const both = [own, before];
    for (const one of both)
      expect(verifyContext(both, 'points', signContext(one, context))).toMatchObject(claims);
    const now = Math.floor(Date.now() / 1000);
    const full = { ...context, iss: 'gateway', iat: now, exp: now + 30 };
    const nameless = jwt.sign(full, before.key);
    expect(verifyContext(both, 'points', nameless)).toMatchObject(claims);
    const [, payload, signature] = signContext(before, context).split('.');
    expect(
      [
        signContext(contextKey('a-secret-that-is-no-longer-held-by-anybody'), context),
        // Signed with one, named after the other.
        `${own.header}.${payload}.${signature}`,
      ].map((one) => statusOf(() => verifyContext(both, 'points', one))),
    ).toEqual([401, 401]);
    expect(statusOf(() => verifyContext([own], 'points', nameless))).toBe(401);
  });
  it('carries a proof that only the maker of it can make, over all that it says', () => {
    const proofKey = keyOf('a-secret-of-the-gateway-that-no-service-has');
    const token = signContext(own, context, proofKey);
    expect(isProven(proofKey, token)).toBe(true);
    const { proof, iss: _iss, iat: _iat, exp: _exp, ...read } = verifyContext([own], 'points', token);
    expect([proof?.length, read]).toEqual([43, claims]);
    const made = [
      signContext(own, context),
      signContext(own, context, keyOf('another-secret-than-the-gateways-own')),
      signContext(own, { ...context, tid: 4, proof } as never),
      signContext(own, { ...context, name: `x","proof":"${proof}"}` }),
      token.split('.').slice(0, 1).join('.'),
    ];
    expect(made.map((one) => isProven(proofKey, one))).toEqual(made.map(() => false));
  });
});
