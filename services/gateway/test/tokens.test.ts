/** Tokens: who they name, and which ones count. */
import { createHmac } from 'node:crypto';
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import { PASSWORD, forge, startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;

beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant('acme');
  globex = await gateway.aTenant('globex');
});
afterAll(() => gateway?.stop());

const login = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
  gateway.anyone.send('post', '/api/v1/auth/login/', { body, headers });
const meWith = (token: string, headers: Record<string, string> = {}) =>
  gateway.anyone.as(token, headers).call(auth.me, {});
const codeOf = (answer: { body: { error?: { code?: string } } }) => answer.body.error?.code;

describe('tokens', () => {
  const user = () => ({ sub: String(acme.adminId), username: 'boss' });

  test('the claims of both seeds say who; the record says what', async () => {
    const seed003 = {
      sub: String(acme.adminId),
      username: 'user001',
      role: 'member',
      level: 3,
      iat: 1_694_944_800,
    };
    expect((await meWith(forge(seed003))).body.data.user).toMatchObject({ id: acme.adminId, role: 'member' });
    const seed004 = {
      user_id: acme.adminId,
      username: 'admin_cms',
      model_type: 'user',
      is_admin: true,
      is_super_admin: false,
      is_staff: true,
    };
    expect((await meWith(forge(seed004))).body.data).toMatchObject({
      user: { id: acme.adminId, role: 'admin' },
      tenant: { code: 'acme' },
    });
  });

  test('claims cannot widen: a member that calls itself admin or super stays a member', async () => {
    const member = await acme.aMember();
    for (const claims of [
      { role: 'super' },
      { role: 'admin', is_admin: true },
      { is_super_admin: true, is_admin: true, is_staff: true },
    ]) {
      const token = forge({ sub: String(member.id), ...claims });
      expect((await meWith(token)).body.data.user.role).toBe('member');
      expect((await gateway.anyone.as(token).send('get', '/api/v1/members/')).status).toBe(403);
      expect((await gateway.anyone.as(token).send('get', '/api/v1/tenants/')).status).toBe(403);
    }
  });

  test.each([
    ['no algorithm', () => `${part({ alg: 'none', typ: 'JWT' })}.${part({ ...user(), exp: soon() })}.`],
    [
      'no algorithm, with a signature',
      () => `${part({ alg: 'none' })}.${forge(user()).split('.').slice(1).join('.')}`,
    ],
    ['another algorithm with our secret', () => forge(user(), { algorithm: 'HS512' })],
    ['another secret', () => forge(user(), { secret: 'somebody-else’s-secret-0123456789-0123456789' })],
    ['another issuer', () => forge({ ...user(), iss: 'somebody-else' })],
    ['an audience that is not ours', () => forge({ ...user(), aud: 'another-platform' })],
    ['the issuer of service contexts', () => forge({ ...user(), iss: 'gateway' })],
    ['no end', () => hmac({ alg: 'HS256' }, user())],
    ['an unknown user', () => forge({ sub: '999999999' })],
    ['two users at once', () => forge({ sub: String(acme.adminId), user_id: acme.adminId + 1 })],
    ['nobody', () => forge({ username: 'boss', role: 'admin' })],
    ['an operator for a user', () => forge({ sub: { $gt: '' } as unknown as string })],
    ['another tenant', () => forge({ ...user(), tenant_id: globex.id })],
    [
      'an unknown service client',
      () => forge({ sub: 'no-such-client', typ: 'client', scope: 'points:read' }),
    ],
    ['no token at all', () => 'nonsense'],
  ])('%s is AUTH_003', async (_what, make) => {
    const answer = await meWith(make());
    expect([answer.status, codeOf(answer), answer.headers.get('www-authenticate')]).toEqual([
      401,
      'AUTH_003',
      'Bearer',
    ]);
  });

  test('an expired one is AUTH_002; half a minute of skew is borne', async () => {
    expect(codeOf(await meWith(forge({ ...user(), exp: now() - 31 })))).toBe('AUTH_002');
    expect((await meWith(forge({ ...user(), exp: now() - 20 }))).status).toBe(200);
    expect(codeOf(await meWith(forge({ ...user(), nbf: now() + 300 })))).toBe('AUTH_003');
  });

  test('without one: AUTH_001 and how to prove oneself', async () => {
    const answer = await gateway.anyone.call(auth.me, {});
    expect([answer.status, codeOf(answer), answer.headers.get('www-authenticate')]).toEqual([
      401,
      'AUTH_001',
      'Bearer',
    ]);
  });

  test('a header that holds none, or names another scheme: what stands there and what to send, nothing of a secret', async () => {
    const refusal = async (authorization: string, language = 'en') => {
      const answer = await gateway.anyone.send('get', '/api/v1/auth/me/', {
        headers: { authorization, 'accept-language': language },
      });
      expect([answer.status, codeOf(answer), answer.headers.get('www-authenticate')]).toEqual([
        401,
        'AUTH_001',
        'Bearer',
      ]);
      return answer.body.error as { message: string; details: unknown };
    };
    const expected = { header: 'Authorization', expected: 'Bearer <token>' };
    for (const [sent, scheme] of [
      ['Basic am9objpwYXNz', 'Basic'],
      [`Token ${acme.adminToken}`, 'Token'],
    ] as const) {
      const { message, details } = await refusal(sent);
      expect([message, details]).toEqual([expect.stringContaining(scheme), { ...expected, scheme }]);
    }
    for (const sent of [acme.adminToken, 'hunter2', 'hunter two', `bearer:${acme.adminToken}`]) {
      const { message, details } = await refusal(sent);
      expect([message, details]).toEqual([expect.stringContaining('begin with “Bearer ”'), expected]);
    }
    expect(await refusal('Bearer')).toMatchObject({ message: expect.stringMatching(/^No token/) });
    expect((await refusal(acme.adminToken, 'zh')).message).toContain('缺少 Bearer');
  });

  test('a stale token keeps nobody from logging in', async () => {
    const { username } = await acme.aMember();
    const answer = await login(
      { username, password: PASSWORD },
      { authorization: `Bearer ${forge({ ...user(), exp: now() - 9_999 })}` },
    );
    expect(answer.status).toBe(200);
  });

  test('X-Tenant-ID: one’s own by id or code; another is 403', async () => {
    for (const own of [acme.code, String(acme.id), 'ACME'])
      expect((await meWith(acme.adminToken, { 'x-tenant-id': own })).status).toBe(200);
    for (const other of [globex.code, String(globex.id), 'no-such', ''])
      expect((await meWith(acme.adminToken, { 'x-tenant-id': other })).status).toBe(403);
  });
});

const now = () => Math.floor(Date.now() / 1000);
const soon = () => now() + 600;
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
function hmac(header: unknown, claims: unknown): string {
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${createHmac('sha256', 'the-secret-of-the-tests-0123456789-0123456789').update(input).digest('base64url')}`;
}
