/** Calls of pages on other origins as a real browser makes them: what it lets a page send, see and keep. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { updateSecuritySettings } from '@membership/contracts/endpoints/gateway/second-factor';
import { eventually } from '@membership/platform/testing/eventually';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../../tools/stack/browser.ts';
import { PASSWORD, startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest } from './raw-http.ts';

const SLOW_MS = 60_000;
const PROFILES = '/api/v1/points/profiles/';
const browser: Browser | null = await openBrowser(
  (line) => void process.stderr.write(`     cross-origin: ${line}\n`),
);
const inBrowser = browser ? test : test.skip;

/** Pages of this port under any name below `localhost`, which a browser finds at this machine: origins of their own. */
let pages: Server;
let port: number;
let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;

const originOf = (name: string): string => `http://${name}.localhost:${port}`;
/** The gateway under one of its hosts. */
const at = (host: string): string => {
  const url = new URL(gateway.kit.url);
  url.hostname = host;
  return url.origin;
};

beforeAll(async () => {
  if (!browser) return;
  pages = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<title>A page</title>'),
  );
  await new Promise<void>((done) => pages.listen(0, '127.0.0.1', done));
  ({ port } = pages.address() as AddressInfo);
  gateway = await startGateway({ CORS_ORIGINS: originOf('console'), PUBLIC_URL: 'http://gateway.localhost' });
  [acme, globex] = [await gateway.aTenant('acme'), await gateway.aTenant('globex')];
  for (const [tenant, name] of [
    [acme, 'shop'],
    [globex, 'other-shop'],
  ] as const)
    await tenant.admin.ask(updateSecuritySettings, { body: { allowed_origins: [originOf(name)] } });
  // A moment later the hosts know of it.
  for (const [host, name] of [
    ['acme', 'shop'],
    ['globex', 'other-shop'],
  ] as const)
    await eventually(async () =>
      expect(
        (
          await rawRequest(gateway.kit.url, PROFILES, {
            method: 'OPTIONS',
            headers: {
              host: `${host}.gateway.localhost`,
              origin: originOf(name),
              'access-control-request-method': 'GET',
            },
          })
        ).status,
      ).toBe(204),
    );
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
  pages?.closeAllConnections();
  pages?.close();
});

/** A page of an origin, and what it saw of a request: null where the browser let it see nothing. */
async function pageOf(name: string): Promise<Page> {
  const context = await (browser as Browser).newContext();
  context.setDefaultTimeout(SLOW_MS);
  const page = await context.newPage();
  await page.goto(`${originOf(name)}/`);
  return page;
}
type Seen = { readonly status: number; readonly headers: Record<string, string>; readonly text: string };
const seenBy = (page: Page, url: string, init: object = {}): Promise<Seen | null> =>
  page.evaluate(
    async ([address, options]) => {
      try {
        const answer = await fetch(address, options);
        return {
          status: answer.status,
          headers: Object.fromEntries(answer.headers),
          text: await answer.text(),
        };
      } catch {
        return null;
      }
    },
    [url, init] as const,
  );
const withToken = (token: string, more: Record<string, string> = {}) => ({
  headers: { authorization: `Bearer ${token}`, ...more },
});
/** Requests that reach the service behind the gateway while something is done. */
async function reaching(does: () => Promise<unknown>): Promise<string[]> {
  const reached: string[] = [];
  gateway.points.taking = (request, response) => {
    reached.push(request.method ?? '');
    response
      .writeHead(200, { 'content-type': 'application/json', 'x-inside': 'secret', 'set-cookie': 'a=b' })
      .end('{"count":0}');
  };
  try {
    await does();
  } finally {
    gateway.points.taking = undefined;
  }
  return reached;
}

inBrowser.each([
  ['the platform’s page, at the platform’s host', 'console', 'gateway.localhost'],
  ['the platform’s page, at a tenant’s host', 'console', 'acme.gateway.localhost'],
  ['a tenant’s page, at its own host', 'shop', 'acme.gateway.localhost'],
])(
  '%s sends its token past the preflight and sees answers, refusals and their headers',
  async (_what, name, host) => {
    const page = await pageOf(name);
    const base = at(host);
    const body = JSON.stringify({ username: 'nobody', password: PASSWORD });
    const refused = await seenBy(page, `${base}/api/v1/auth/login/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(refused).toMatchObject({ status: 401, headers: { 'x-request-id': expect.any(String) } });

    const reached = await reaching(async () => {
      const seen = await seenBy(
        page,
        `${base}${PROFILES}`,
        withToken(acme.adminToken, { 'accept-language': 'en' }),
      );
      expect(seen).toMatchObject({
        status: 200,
        text: '{"count":0}',
        headers: {
          'x-request-id': expect.any(String),
          'ratelimit-limit': expect.any(String),
          'ratelimit-remaining': expect.any(String),
          'ratelimit-reset': expect.any(String),
        },
      });
      expect(seen?.headers).not.toHaveProperty('x-inside');
      const written = await seenBy(page, `${base}/api/v1/points/rules/`, {
        method: 'POST',
        headers: {
          ...withToken(acme.adminToken).headers,
          'content-type': 'application/json',
          'idempotency-key': `from-${name}-at-${host}`,
        },
        body: '{}',
      });
      expect(written?.status).toBe(200);
      expect((await seenBy(page, `${base}${PROFILES}`, withToken('nothing')))?.status).toBe(401);
    });
    // Preflights are the gateway's to answer: none is passed on.
    expect(reached).toEqual(['GET', 'POST']);
    expect((await seenBy(page, `${base}/api/v1/nowhere/`, withToken(acme.adminToken)))?.status).toBe(404);
    await page.context().close();
  },
);

inBrowser.each([
  ['a page that nobody allowed', 'evil', 'gateway.localhost'],
  ['a page that nobody allowed, at a tenant’s host', 'evil', 'acme.gateway.localhost'],
  ['a tenant’s page, at the platform’s host', 'shop', 'gateway.localhost'],
  ['a tenant’s page, at another tenant’s host', 'shop', 'globex.gateway.localhost'],
  ['another tenant’s page', 'other-shop', 'acme.gateway.localhost'],
])('%s sends no token and sees nothing', async (_what, name, host) => {
  const page = await pageOf(name);
  const base = at(host);
  const reached = await reaching(async () => {
    expect(await seenBy(page, `${base}${PROFILES}`, withToken(acme.adminToken))).toBeNull();
    for (const method of ['POST', 'PATCH', 'DELETE'])
      expect(
        await seenBy(page, `${base}/api/v1/points/rules/`, {
          method,
          headers: { ...withToken(acme.adminToken).headers, 'content-type': 'application/json' },
          body: '{}',
        }),
      ).toBeNull();
    // What a browser sends without asking comes without a token: it is answered, and the page sees nothing of it.
    expect(await seenBy(page, `${base}/api/v1/health/`)).toBeNull();
    expect(await seenBy(page, `${base}/api/v1/points/rules/`, { method: 'POST', body: '{}' })).toBeNull();
  });
  expect(reached).toEqual([]);
  await page.context().close();
});

inBrowser('no page of another origin, allowed or not, has anything of the cookie of a session', async () => {
  const { username } = await acme.aMember();
  const logIn = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-with': 'a page' },
    body: JSON.stringify({ username, password: PASSWORD, tenant: 'acme' }),
  };
  const base = at('gateway.localhost');
  const page = await pageOf('console');
  const own = await page.context().newPage();
  await own.goto(`${base}/api/v1/docs/`);
  expect((await seenBy(own, `${base}/api/v1/auth/browser/login/`, logIn))?.status).toBe(200);
  const held = async () =>
    (await page.context().cookies(base)).filter(({ name }) => name.endsWith('membership_session'));
  const before = await held();
  expect(before).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
  expect(await own.evaluate('document.cookie')).toBe('');

  const other = await page.context().newPage();
  await other.goto(`${originOf('evil')}/`);
  // A header of its own has to be asked for, and is never allowed; with cookies nothing is.
  for (const stranger of [page, other])
    for (const path of ['login', 'refresh', 'logout'])
      for (const credentials of ['include', 'same-origin', 'omit'])
        expect(
          await seenBy(stranger, `${base}/api/v1/auth/browser/${path}/`, { ...logIn, credentials }),
        ).toBeNull();
  // An allowed page that asks with cookies sees nothing either: credentials are not offered.
  expect(
    await seenBy(page, `${base}${PROFILES}`, { ...withToken(acme.adminToken), credentials: 'include' }),
  ).toBeNull();
  // Nor can a form, which asks nobody: it is refused, and the session lives on.
  await other.setContent(
    `<form method="post" enctype="text/plain" action="${base}/api/v1/auth/browser/logout/"><input name="a" value="b"></form>`,
  );
  const [answer] = await Promise.all([
    other.waitForResponse((response) => response.url().endsWith('/browser/logout/')),
    other.evaluate('document.forms[0].submit()'),
  ]);
  expect(answer.status()).toBeGreaterThanOrEqual(400);
  expect(await held()).toEqual(before);
  expect((await seenBy(own, `${base}/api/v1/auth/browser/refresh/`, { ...logIn, body: '{}' }))?.status).toBe(
    200,
  );
  await page.context().close();
});
