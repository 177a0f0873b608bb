/** Logging in, staying in, being put out. */
import { createHmac } from 'node:crypto';
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import { createMember, updateMember } from '@membership/contracts/endpoints/gateway/members';
import { suspendTenant } from '@membership/contracts/endpoints/gateway/tenants';
import { eventually } from '@membership/platform/testing/service-kit';
import { PASSWORD, forge, startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;

beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant('acme');
  globex = await gateway.aTenant('globex');
}, 60_000);
afterAll(() => gateway?.stop());

const login = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
  gateway.anyone.send('post', '/api/v1/auth/login/', { body, headers });
const meWith = (token: string, headers: Record<string, string> = {}) =>
  gateway.anyone.as(token, headers).call(auth.me, {});
const codeOf = (answer: { body: { error?: { code?: string } } }) => answer.body.error?.code;
/** A decision that every replica must have made within a second. */
const refusedSoon = (token: string, code: string) =>
  eventually(async () => expect(codeOf(await meWith(token))).toBe(code), { milliseconds: 1_500 });

describe('login', () => {
  test('gives tokens, the user and the tenant, and announces it in the order of the member', async () => {
    const member = await acme.aMember('john');
    const answer = await login({ username: 'john', password: PASSWORD });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        success: true,
        data: {
          token_type: 'Bearer',
          expires_in: 3600,
          user: { id: member.id, username: 'john', email: 'john@example.com', role: 'member' },
          tenant: { id: acme.id, code: 'acme', name: 'Tenant acme' },
        },
      },
    });
    const claims = JSON.parse(
      Buffer.from(answer.body.data.access_token.split('.')[1], 'base64url').toString(),
    );
    expect(claims).toMatchObject({
      sub: String(member.id),
      user_id: member.id,
      username: 'john',
      role: 'member',
      level: null,
      is_admin: false,
      is_super_admin: false,
      is_staff: false,
      tenant_id: acme.id,
    });
    expect(claims.exp - claims.iat).toBe(3600);
    await eventually(() =>
      expect(
        gateway.kit.heard.filter(
          (event) => event.type === 'member.logged_in.v1' && event.subject === String(member.id),
        ),
      ).toHaveLength(2),
    );
    const sequences = gateway.kit.heard
      .filter((event) => event.subject === String(member.id) && event.type.startsWith('member.'))
      .map((event) => event.sequence);
    expect(sequences).toEqual([1, 2, 3]);
  });

  test('takes the tenant by code or id, and the username in any case', async () => {
    for (const tenant of ['acme', 'ACME', acme.id, String(acme.id)])
      expect((await login({ username: 'JOHN', password: PASSWORD, tenant })).status).toBe(200);
  });

  test('says the same for an unknown user, a wrong password and a wrong tenant', async () => {
    const answers = await Promise.all([
      login({ username: 'nobody-at-all', password: PASSWORD }),
      login({ username: 'john', password: 'wrong-password' }),
      login({ username: 'john', password: PASSWORD, tenant: 'globex' }),
      login({ username: 'john', password: PASSWORD, tenant: 'no-such-tenant' }),
    ]);
    for (const { status, body } of answers) {
      expect(status).toBe(401);
      expect(body.error).toEqual(answers[0]?.body.error);
    }
  });

  test('asks for the tenant when several know the name, but only once the password fits', async () => {
    await acme.aMember('twin');
    const { body: created } = await globex.admin.call(createMember, {
      body: { username: 'twin', email: 'twin@example.com', password: PASSWORD },
    });
    expect(created.success).toBe(true);
    expect(codeOf(await login({ username: 'twin', password: 'wrong-password' }))).toBe('AUTH_001');
    const asked = await login({ username: 'twin', password: PASSWORD });
    expect([asked.status, codeOf(asked)]).toEqual([400, 'TENANT_REQUIRED']);
    expect(
      (await login({ username: 'twin', password: PASSWORD, tenant: 'globex' })).body.data.tenant.id,
    ).toBe(globex.id);
  });

  test('bad input is 400 and names every field', async () => {
    const answer = await login({ username: { $gt: '' }, password: 7, tenant: ['acme'], more: 1 });
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body.error.details).sort()).toEqual(['more', 'password', 'tenant', 'username']);
    expect(
      (
        await gateway.anyone.send('post', '/api/v1/auth/login/', {
          raw: '{"username":"john","__proto__":{"isAdmin":true}}',
        })
      ).status,
    ).toBe(400);
    expect((await gateway.anyone.send('post', '/api/v1/auth/login/', { raw: '{"username"' })).status).toBe(
      400,
    );
    expect(
      (
        await gateway.anyone.send('post', '/api/v1/auth/login/', {
          raw: `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
        })
      ).status,
    ).toBe(400);
    expect(
      (await gateway.anyone.send('post', '/api/v1/auth/login/', { raw: `"${'x'.repeat(200_000)}"` })).status,
    ).toBe(413);
    expect(
      (
        await gateway.anyone.send('post', '/api/v1/auth/login/', {
          raw: 'a=b',
          headers: { 'content-type': 'text/plain' },
        })
      ).status,
    ).toBe(415);
  });

  test('ten failures of an account and it is closed, even to the right password; others are not', async () => {
    const member = await acme.aMember('guessed');
    await acme.aMember('unharmed');
    const attempts = await Promise.all(
      Array.from({ length: 14 }, (_, index) =>
        login({ username: member.username, password: `wrong-${index}` }),
      ),
    );
    expect(attempts.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(attempts.filter(({ status }) => status === 429)).toHaveLength(4);
    const right = await login({ username: member.username, password: PASSWORD });
    expect(right.status).toBe(429);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(800);
    expect((await login({ username: 'unharmed', password: PASSWORD })).status).toBe(200);
    // A name that nobody has is closed in the same way: nothing tells the two apart.
    const nobody = await Promise.all(
      Array.from({ length: 12 }, () => login({ username: 'ghost', password: 'x' })),
    );
    expect(nobody.filter(({ status }) => status === 429)).toHaveLength(2);
  });

  test('a hundred failures from one address close it for that address', async () => {
    const own = await startGateway({ TRUST_PROXY: '1' });
    try {
      const failures = own.kit.connection.collection<{ _id: string; count: number; expiresAt: Date }>(
        'login_failures',
      );
      const from = (address: string) =>
        own.anyone.send('post', '/api/v1/auth/login/', {
          body: { username: `n${Math.random()}`, password: 'x' },
          headers: { 'x-forwarded-for': address },
        });
      expect((await from('203.0.113.7')).status).toBe(401);
      await failures.updateOne({ _id: /^address:/ }, { $set: { count: 99 } });
      expect((await from('203.0.113.7')).status).toBe(401);
      expect((await from('203.0.113.7')).status).toBe(429);
      expect((await from('198.51.100.1, 203.0.113.7')).status).toBe(429);
      expect((await from('203.0.113.8')).status).toBe(401);
    } finally {
      await own.stop();
    }
  }, 30_000);
});

describe('refresh', () => {
  const refresh = (token: string) =>
    gateway.anyone.call(auth.refreshSession, { body: { refresh_token: token } });

  test('rotates; the used one ends the whole session', async () => {
    const member = await acme.aMember();
    const second = await refresh(member.refreshToken);
    expect(second.status).toBe(200);
    const newer = second.body.data;
    expect((await meWith(newer.access_token)).status).toBe(200);
    expect((await meWith(member.accessToken)).status).toBe(200);
    const reused = await refresh(member.refreshToken);
    expect([reused.status, codeOf(reused)]).toEqual([401, 'AUTH_003']);
    expect((await refresh(newer.refresh_token)).status).toBe(401);
    await refusedSoon(newer.access_token, 'AUTH_003');
    await refusedSoon(member.accessToken, 'AUTH_003');
  });

  test('the same token twice at once: one gets new ones, and the session is over', async () => {
    const member = await acme.aMember();
    const answers = await Promise.all([refresh(member.refreshToken), refresh(member.refreshToken)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    const winner = answers.find(({ status }) => status === 200);
    await eventually(async () => expect((await refresh(winner?.body.data.refresh_token)).status).toBe(401));
  });

  test('a token that we did not make ends nothing', async () => {
    const member = await acme.aMember();
    const [session, generation] = member.refreshToken.split('.');
    for (const token of [
      'nonsense',
      `${session}.${generation}.${'A'.repeat(43)}`,
      `${session}.0.${'A'.repeat(43)}`,
      `${member.refreshToken}x`,
    ])
      expect((await refresh(token)).status).toBe(401);
    expect((await refresh(member.refreshToken)).status).toBe(200);
  });

  test('an expired one is AUTH_002, one of a suspended tenant TENANT_SUSPENDED', async () => {
    const member = await acme.aMember();
    const sessionId = member.refreshToken.split('.')[0] as string;
    await gateway.kit.connection
      .collection<{ _id: string }>('sessions')
      .updateOne({ _id: sessionId }, { $set: { expiresAt: new Date(Date.now() - 1) } });
    expect(codeOf(await refresh(member.refreshToken))).toBe('AUTH_002');
    const doomed = await gateway.aTenant('doomed');
    const other = await doomed.aMember();
    await gateway.root.ask(suspendTenant, { params: { id: String(doomed.id) }, body: {} });
    expect(codeOf(await refresh(other.refreshToken))).toBe('TENANT_SUSPENDED');
    await refusedSoon(other.accessToken, 'TENANT_SUSPENDED');
    expect(codeOf(await login({ username: other.username, password: PASSWORD }))).toBe('TENANT_SUSPENDED');
  });
});

describe('the end of a session', () => {
  test('logout ends it: access and refresh token are worth nothing; other sessions go on', async () => {
    const member = await acme.aMember();
    const other = await gateway.logIn(member.username, 'acme');
    expect(await member.client.call(auth.logout, { body: {} })).toMatchObject({
      status: 200,
      body: { success: true, message: '已退出登录', data: null },
    });
    expect((await meWith(member.accessToken)).status).toBe(401);
    expect(
      (await gateway.anyone.call(auth.refreshSession, { body: { refresh_token: member.refreshToken } }))
        .status,
    ).toBe(401);
    expect((await meWith(other.accessToken)).status).toBe(200);
  });

  test('what is revoked stays so after a restart', async () => {
    const member = await acme.aMember();
    await member.client.ask(auth.logout, { body: {} });
    const foreign = forge({ sub: String(acme.adminId), role: 'admin' });
    expect((await gateway.anyone.as(foreign).call(auth.logout, { body: {} })).status).toBe(200);
    const own = await gateway.aReplica();
    try {
      for (const token of [member.accessToken, foreign])
        expect((await own.anyone.as(token).call(auth.me, {})).status).toBe(401);
      expect((await own.anyone.as(acme.adminToken).call(auth.me, {})).status).toBe(200);
    } finally {
      await own.stop();
    }
  }, 30_000);

  test('another replica knows within a second', async () => {
    const member = await acme.aMember();
    const replica = await gateway.aReplica();
    try {
      const there = replica.anyone.as(member.accessToken);
      expect((await there.call(auth.me, {})).status).toBe(200);
      await member.client.ask(auth.logout, { body: {} });
      await eventually(async () => expect((await there.call(auth.me, {})).status).toBe(401), {
        milliseconds: 1_000,
      });
    } finally {
      await replica.stop();
    }
  }, 30_000);

  test('a changed password ends every session and only then works', async () => {
    const member = await acme.aMember();
    const wrong = await member.client.call(auth.changePassword, {
      body: { old_password: 'not-mine-at-all', new_password: 'another-password' },
    });
    expect([wrong.status, wrong.body.error.details.old_password]).toEqual([400, ['原密码不正确']]);
    expect(
      (
        await member.client.call(auth.changePassword, {
          body: { old_password: PASSWORD, new_password: 'short' },
        })
      ).status,
    ).toBe(400);
    expect(
      (
        await member.client.call(auth.changePassword, {
          body: { old_password: PASSWORD, new_password: 'another-password' },
        })
      ).status,
    ).toBe(200);
    await refusedSoon(member.accessToken, 'AUTH_003');
    expect((await login({ username: member.username, password: PASSWORD })).status).toBe(401);
    expect((await login({ username: member.username, password: 'another-password' })).status).toBe(200);
  });

  test('a demoted administrator’s token ends; a deactivated member’s too', async () => {
    const first = await acme.aMember();
    await acme.admin.ask(updateMember, { params: { id: String(first.id) }, body: { role: 'admin' } });
    const boss = await gateway.logIn(first.username, 'acme');
    expect((await boss.client.send('get', '/api/v1/members/')).status).toBe(200);
    await acme.admin.ask(updateMember, { params: { id: String(first.id) }, body: { role: 'member' } });
    await refusedSoon(boss.accessToken, 'AUTH_003');
    const again = await gateway.logIn(first.username, 'acme');
    await acme.admin.ask(updateMember, { params: { id: String(first.id) }, body: { is_active: false } });
    await refusedSoon(again.accessToken, 'AUTH_003');
    expect((await login({ username: first.username, password: PASSWORD })).status).toBe(401);
  });
});

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
    expect([answer.status, codeOf(answer)]).toEqual([401, 'AUTH_003']);
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
    expect(
      codeOf(
        await gateway.anyone.send('get', '/api/v1/auth/me/', {
          headers: { authorization: 'Basic am9objpwYXNz' },
        }),
      ),
    ).toBe('AUTH_001');
  });

  test('a stale token keeps nobody from logging in', async () => {
    const answer = await login(
      { username: 'john', password: PASSWORD },
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
