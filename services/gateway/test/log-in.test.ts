/** Logging in with a password, and what guessing costs. */
import { createMember } from '@membership/contracts/endpoints/gateway/members';
import { eventually } from '@membership/platform/testing/service-kit';
import { PASSWORD, startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';

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
const codeOf = (answer: { body: { error?: { code?: string } } }) => answer.body.error?.code;

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
    for (const { status, headers, body } of answers) {
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
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
    const own = await startGateway({ TRUST_PROXY: '127.0.0.0/8' });
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
  });
});
