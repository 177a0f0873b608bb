/** The console: how its files are served, and the sessions of a browser, whose refresh token no script reads. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import { createMember } from '@membership/contracts/endpoints/gateway/members';
import * as factor from '@membership/contracts/endpoints/gateway/second-factor';
import { suspendTenant } from '@membership/contracts/endpoints/gateway/tenants';
import { PASSWORD, startGateway, withinASecond, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest } from './raw-http.ts';

const folder = mkdtempSync(join(tmpdir(), 'membership-console-'));
let gateway: GatewayKit;
let acme: ATenant;
beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!DOCTYPE html><title>console</title>');
  writeFileSync(join(folder, 'assets/main-abc.js'), `console.log(${'1+'.repeat(2_000)}1)`);
  writeFileSync(join(folder, 'assets/notes.txt'), 'not ours to send');
  gateway = await startGateway({ CONSOLE_DIR: folder });
  acme = await gateway.aTenant('acme');
});
afterAll(async () => {
  await gateway?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const FROM_HERE = { 'x-requested-with': 'console', 'sec-fetch-site': 'same-origin' };
const post = (what: string, body: unknown = {}, headers: Record<string, string> = FROM_HERE) =>
  gateway.anyone.send('post', `/api/v1/auth/browser/${what}/`, { body, headers });
const withCookie = (cookie: string) => ({ ...FROM_HERE, cookie: `theme=dark; ${cookie}` });
const credentials = (username: string) => ({ username, password: PASSWORD, tenant: acme.code });
const me = (token: string) => gateway.anyone.as(token).call(auth.me, {});
const codeOf = (answer: { status: number; body: { error?: { code?: string } } }) => [
  answer.status,
  answer.body.error?.code,
];
/** `name=value` of the cookie that an answer sets, and what it says besides. */
function cookieOf({ headers }: { headers: Headers }): { pair: string; rules: string } {
  const [pair = '', ...rules] = headers.getSetCookie()[0]?.split('; ') ?? [];
  return { pair, rules: rules.join('; ') };
}

describe('the files of the console', () => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    rawRequest(gateway.kit.url, path, { headers });

  test('each of its addresses is the document, looked at anew each time, under a policy for scripts of its own', async () => {
    for (const path of ['/admin/', '/admin/t/acme/members/7', '/admin/sign-in?next=x']) {
      const page = await get(path);
      expect([page.status, page.headers['cache-control']]).toEqual([200, 'no-cache']);
      const policy = String(page.headers['content-security-policy']);
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("connect-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
    }
    expect((await get('/admin')).headers.location).toBe('/admin/');
  });

  test('what is named by its content is kept for good and sent small; anything else is not there', async () => {
    const script = await get('/admin/assets/main-abc.js', { 'accept-encoding': 'br, gzip' });
    expect([script.status, script.headers['content-encoding']]).toEqual([200, 'br']);
    expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const path of [
      'assets/older-xyz.js',
      'assets/notes.txt',
      'assets/',
      'package.json',
      'assets/..%2Findex.html',
    ])
      expect((await get(`/admin/${path}`)).status).toBe(404);
  });

  test('another build takes its place while the gateway runs', async () => {
    expect((await get('/admin/assets/main-abc.js')).status).toBe(200);
    rmSync(join(folder, 'assets'), { recursive: true });
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'assets/next-def.js'), 'next();');
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Next</title>');
    utimesSync(join(folder, 'index.html'), new Date(), new Date(Date.now() + 5_000));
    expect((await get('/admin/')).text).toContain('Next');
    expect((await get('/admin/assets/next-def.js')).status).toBe(200);
    expect((await get('/admin/assets/main-abc.js')).status).toBe(404);
    rmSync(join(folder, 'assets/next-def.js'));
    writeFileSync(join(folder, 'assets/last-ghi.js'), 'last();');
    utimesSync(join(folder, 'index.html'), new Date(), new Date(Date.now() + 10_000));
    expect((await get('/admin/assets/next-def.js')).status).toBe(200);
    expect((await get('/admin/assets/last-ghi.js')).status).toBe(200);
    expect((await get('/admin/assets/next-def.js')).status).toBe(404);
  });

  test('where none was built, it says so', async () => {
    const own = await startGateway({ CONSOLE_DIR: join(folder, 'nowhere') });
    try {
      const page = await rawRequest(own.kit.url, '/admin/', { headers: { 'accept-language': 'en' } });
      expect([page.status, page.body.error.code]).toEqual([503, 'SYS_002']);
      expect(page.body.error.message).toContain('npm run console');
      expect((await rawRequest(own.kit.url, '/admin/assets/main-abc.js')).status).toBe(404);
    } finally {
      await own.stop();
    }
  });
});

describe('sessions of a browser', () => {
  test('the refresh token is in the cookie alone, and the access token tells who it is and in which zone', async () => {
    const { username } = await acme.aMember();
    const signedIn = await post('login', credentials(username));
    expect(signedIn.status).toBe(200);
    expect(signedIn.body.data).not.toHaveProperty('refresh_token');
    expect(signedIn.body.data.tenant).toMatchObject({ code: 'acme', timezone: expect.any(String) });
    const { pair, rules } = cookieOf(signedIn);
    expect(pair).toMatch(/^membership_session=[\w-]+\.1\.[\w-]+$/);
    expect(rules).toBe('Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict');
    expect((await me(signedIn.body.data.access_token)).status).toBe(200);
    // Nothing else takes the cookie for somebody.
    for (const path of ['/api/v1/auth/me/', '/api/v1/members/', '/api/v1/points/profiles/'])
      expect((await gateway.anyone.send('get', path, { headers: withCookie(pair) })).status).toBe(401);
    const plain = await gateway.anyone.send('post', '/api/v1/auth/refresh/', {
      body: {},
      headers: withCookie(pair),
    });
    expect(plain.status).toBe(400);
  });

  test('a refresh renews both; two tabs at once get the same; a stolen older cookie ends the session', async () => {
    const { username } = await acme.aMember();
    const first = cookieOf(await post('login', credentials(username))).pair;
    const both = await Promise.all([1, 2].map(() => post('refresh', {}, withCookie(first))));
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const [second, same] = both.map((answer) => cookieOf(answer).pair) as [string, string];
    expect([same, second === first]).toEqual([second, false]);
    const third = await post('refresh', {}, withCookie(second));
    expect(third.status).toBe(200);
    expect(codeOf(await post('refresh', {}, withCookie(first)))).toEqual([401, 'AUTH_003']);
    expect(codeOf(await post('refresh', {}, withCookie(cookieOf(third).pair)))).toEqual([401, 'AUTH_003']);
    await withinASecond(async () => expect((await me(third.body.data.access_token)).status).toBe(401));
  });

  test('a logout ends the session with its tokens and takes the cookie away; without one it succeeds, too', async () => {
    const { username } = await acme.aMember();
    const signedIn = await post('login', credentials(username));
    const { pair } = cookieOf(signedIn);
    const left = await post('logout', {}, withCookie(pair));
    expect([left.status, cookieOf(left).pair]).toEqual([200, 'membership_session=']);
    expect(cookieOf(left).rules).toContain('Max-Age=0');
    await withinASecond(async () => expect((await me(signedIn.body.data.access_token)).status).toBe(401));
    expect(codeOf(await post('refresh', {}, withCookie(pair)))).toEqual([401, 'AUTH_003']);
    for (const headers of [FROM_HERE, withCookie(pair), withCookie('membership_session=made.1.up')])
      expect((await post('logout', {}, headers)).status).toBe(200);
    expect(codeOf(await post('refresh'))).toEqual([401, 'AUTH_001']);
    expect(codeOf(await post('refresh', {}, withCookie('membership_session=made.1.up')))).toEqual([
      401,
      'AUTH_003',
    ]);
  });

  test('pages of other sites are refused before anything happens: the session lives on', async () => {
    const { username } = await acme.aMember();
    const { pair } = cookieOf(await post('login', credentials(username)));
    const cookie = { cookie: pair };
    for (const headers of [
      cookie,
      { ...cookie, 'sec-fetch-site': 'same-origin' },
      { ...cookie, ...FROM_HERE, 'sec-fetch-site': 'cross-site' },
      { ...cookie, ...FROM_HERE, 'sec-fetch-site': 'same-site' },
      { ...cookie, 'x-requested-with': 'console', origin: 'https://evil.example' },
    ])
      for (const what of ['refresh', 'logout']) {
        const refused = await post(what, {}, headers);
        expect([...codeOf(refused), refused.headers.getSetCookie()]).toEqual([403, 'PERM_001', []]);
      }
    expect(codeOf(await post('login', credentials(username), {}))).toEqual([403, 'PERM_001']);
    const form = { ...withCookie(pair), 'content-type': 'application/x-www-form-urlencoded' };
    const sent = await gateway.anyone.send('post', '/api/v1/auth/browser/logout/', {
      raw: 'a=b',
      headers: form,
    });
    expect(sent.status).toBe(415);
    expect((await post('refresh', {}, withCookie(pair))).status).toBe(200);
  });

  test('a second factor is asked for before there is a cookie: no other site, wrong code or second use gets one', async () => {
    const body = {
      username: 'keeper',
      email: 'keeper@example.com',
      password: PASSWORD,
      role: 'admin',
    } as const;
    await acme.admin.ask(createMember, { body });
    const { client } = await gateway.logIn('keeper', acme.code);
    const { secret } = await client.ask(factor.startSecondFactor, { body: { password: PASSWORD } });
    const code = () => new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    const confirmed = await client.ask(factor.confirmSecondFactor, { body: { code: code() } });
    const [recovery = '', unused = ''] = confirmed.recovery_codes;

    const asked = await post('login', credentials('keeper'));
    expect(codeOf(asked)).toEqual([401, 'SECOND_FACTOR_REQUIRED']);
    expect(asked.headers.getSetCookie()).toEqual([]);
    const challenge_token = asked.body.error.details.challenge_token as string;
    const second = (given: unknown, headers?: Record<string, string>) =>
      post('login/second-factor', given, headers);
    for (const [given, status] of [
      [{ challenge_token, code: '' }, 400],
      [{ challenge_token }, 400],
      [{ challenge_token: 'made-up', code: recovery }, 401],
      [{ challenge_token, code: 'aaaaa-aaaaa' }, 401],
    ] as const) {
      const refused = await second(given);
      expect([given, refused.status, refused.headers.getSetCookie()]).toEqual([given, status, []]);
    }
    const elsewhere = await second({ challenge_token, code: unused }, { 'sec-fetch-site': 'cross-site' });
    expect([elsewhere.status, elsewhere.headers.getSetCookie()]).toEqual([403, []]);

    const done = await second({ challenge_token, code: recovery });
    expect(done.status).toBe(200);
    expect(done.body.data).not.toHaveProperty('refresh_token');
    const known = await me(done.body.data.access_token);
    expect(known.body.data.user).toMatchObject({ username: 'keeper' });
    const { pair, rules } = cookieOf(done);
    expect(rules).toContain('HttpOnly');
    expect((await post('refresh', {}, withCookie(pair))).status).toBe(200);
    const again = await second({ challenge_token, code: recovery });
    expect([again.status, again.headers.getSetCookie()]).toEqual([401, []]);
  });

  test('wrong passwords, bodies and suspended tenants are refused as at the plain login, without a cookie', async () => {
    const other = await gateway.aTenant();
    const { username } = await other.aMember();
    const named = { username, password: PASSWORD, tenant: other.code };
    const { pair } = cookieOf(await post('login', named));
    expect(codeOf(await post('login', { ...named, password: 'wrong' }))).toEqual([401, 'AUTH_001']);
    expect(codeOf(await post('login', { ...named, tenant: acme.code }))).toEqual([401, 'AUTH_001']);
    expect(codeOf(await post('refresh', { refresh_token: 'x' }, withCookie(pair)))).toEqual([
      400,
      'VALIDATION_ERROR',
    ]);
    await gateway.root.ask(suspendTenant, { params: { id: String(other.id) }, body: {} } as never);
    const refused = await post('login', named);
    expect([...codeOf(refused), refused.headers.getSetCookie()]).toEqual([403, 'TENANT_SUSPENDED', []]);
    expect(codeOf(await post('refresh', {}, withCookie(pair)))[0]).toBeGreaterThanOrEqual(401);
  });
});
