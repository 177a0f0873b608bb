/** The pages of documentation as a reader has them: in a real Chromium, in both languages, wide and narrow. */
import { Secret, TOTP } from 'otpauth';
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import { endMemberSession, listMemberSessions } from '@membership/contracts/endpoints/gateway/sessions';
import * as factor from '@membership/contracts/endpoints/gateway/second-factor';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { axeOn } from '../../../tools/stack/axe.ts';
import { openBrowser } from '../../../tools/stack/browser.ts';
import { PASSWORD, startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';

const SLOW_MS = 60_000;
const say = (line: string): void => void process.stderr.write(`     pages: ${line}\n`);
const browser: Browser | null = await openBrowser(say);
const inBrowser = browser ? test : test.skip;
let gateway: GatewayKit;
let acme: ATenant;

beforeAll(async () => {
  if (!browser) return;
  gateway = await startGateway();
  acme = await gateway.aTenant('acme');
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

/** The document with these paths alone: all of them take seconds to read into a page, however little of it is tried. */
async function shorten(context: BrowserContext, paths: readonly string[]): Promise<void> {
  await context.route('**/api/v1/openapi.json*', async (route) => {
    const response = await route.fetch();
    const document = (await response.json()) as { paths: Record<string, unknown> };
    const few = Object.fromEntries(paths.map((path) => [path, document.paths[path]]));
    await route.fulfill({ response, json: { ...document, paths: few } });
  });
}
/** A page in a browser of its own, over all paths or these alone, and what it complained of or asked of others. */
async function read(
  path: string,
  { width = 1440, paths }: { width?: number; paths?: readonly string[] } = {},
): Promise<{ page: Page; complaints: string[] }> {
  const context = await (browser as Browser).newContext({ viewport: { width, height: 900 } });
  context.setDefaultTimeout(SLOW_MS);
  if (paths) await shorten(context, paths);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== gateway.kit.url && !['data:', 'blob:'].includes(protocol)) complaints.push(request.url());
  });
  await page.goto(`${gateway.kit.url}${path}`);
  return { page, complaints };
}
/** Waits until what a page begins with can be used, and says how long that took; this machine may be busy, so no test fails. */
async function usable(page: Page, beginning: Locator): Promise<void> {
  await beginning.first().waitFor();
  const after = await page.evaluate<number>('performance.now()');
  const { pathname, search } = new URL(page.url());
  say(`${pathname}${search} usable after ${Math.round(after)} ms`);
}
/** Pixels by which the page is wider than its window. */
const overflow = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
const fill = async (page: Page, values: Record<string, string>) => {
  for (const [name, value] of Object.entries(values)) await page.locator(`#login [name=${name}]`).fill(value);
  await page.locator('#login button').click();
};
/** Swagger UI, whose form is tried. */
async function readForm(): Promise<Page> {
  const { page } = await read('/api/v1/docs/?lang=en', { paths: ['/api/v1/auth/login/'] });
  await page.locator('.opblock-tag').first().waitFor();
  return page;
}
const said = (page: Page, text: string | RegExp) => page.locator('#who', { hasText: text }).waitFor();
async function serious(page: Page, ...within: readonly string[]): Promise<string[]> {
  const axe = await axeOn(page);
  for (const part of within) axe.include(part);
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

describe.each([
  ['en', 1440, 'Log in', 'Nothing found', 'Fine'],
  ['zh', 390, '登录', '没有找到', '正常'],
] as const)('in %s, %i pixels wide', (lang, width, logIn, nothing, fine) => {
  inBrowser('Swagger UI logs in by its form, finds an operation by words and sends it', async () => {
    const { page, complaints } = await read(`/api/v1/docs/?lang=${lang}`, { width });
    await usable(page, page.locator('.opblock-tag'));
    expect(await page.locator('#login button').textContent()).toBe(logIn);
    expect(await overflow(page)).toBe(0);
    // The filter is seen at once, above the introduction.
    const box = await page.locator('.operation-filter-input').boundingBox();
    expect((box?.y ?? Number.POSITIVE_INFINITY) + (box?.height ?? 0)).toBeLessThan(700);
    expect(await page.locator('.operation-filter-input').count()).toBe(1);
    expect(await serious(page, '#bar', '.row')).toEqual([]);

    await fill(page, { username: 'root', password: PASSWORD });
    await said(page, /^root · \w+$/);
    await page.locator('.operation-filter-input').fill('no such thing');
    await page.locator('.nothing', { hasText: nothing }).waitFor();
    await page.locator('.operation-filter-input').fill('get auth/me');
    // What is found stands on the same screen.
    const operation = page.locator('[id$="-me"]').first();
    await operation.waitFor();
    expect((await operation.boundingBox())?.y).toBeLessThan(900);
    await operation.locator('.opblock-summary-control').click();
    await operation.locator('.try-out__btn').click();
    await operation.locator('.execute').click();
    const answer = operation.locator('.live-responses-table .response');
    await answer.filter({ hasText: '"root"' }).waitFor();
    expect(await overflow(page)).toBe(0);
    await page.locator('#leave').click();
    await page.locator('#login').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  inBrowser('ReDoc shows a tag at a time and finds an operation by its address', async () => {
    const { page, complaints } = await read(`/api/v1/redoc/?lang=${lang}`, { width });
    await usable(page, page.locator('#redoc h2'));
    expect(await overflow(page)).toBe(0);
    expect(await serious(page, '#groups', '#tags')).toEqual([]);
    const here = (tabs: string) => page.locator(`${tabs} button[aria-current=true]`).allTextContents();
    const tag = async () => (await page.locator('#redoc h2').first().textContent())?.trim();
    const [introduction] = await here('#tags');
    expect(await tag()).toBe(introduction);
    await page.locator('#groups button').nth(1).click();
    await page.locator('#tags button').nth(1).focus();
    await page.keyboard.press('Enter');
    const [chosen] = await here('#tags');
    expect(await page.locator('#tags button:focus').allTextContents()).toEqual([chosen]);
    await page
      .locator('#redoc h2', { hasText: chosen as string })
      .first()
      .waitFor();
    expect([await here('#groups'), await tag(), chosen]).toEqual([
      [await page.locator('#groups button').nth(1).textContent()],
      chosen,
      expect.not.stringMatching(new RegExp(`^${introduction}$`)),
    ]);
    expect(await overflow(page)).toBe(0);
    await page.goto(`${gateway.kit.url}/api/v1/redoc/?lang=${lang}#operation/earnPoints`);
    await page.locator('[id="operation/earnPoints"], [id$="operation/earnPoints"]').first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  inBrowser('the first page says where one is and how the platform does', async () => {
    const { page, complaints } = await read(`/?lang=${lang}`, { width });
    await usable(page, page.locator('#health', { hasText: fine }));
    expect(await page.locator('html').getAttribute('lang')).toBe(lang);
    expect(await page.locator('main a').evaluateAll((links) => links.length)).toBeGreaterThan(5);
    expect(await overflow(page)).toBe(0);
    expect(await serious(page, 'body')).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('who changes the language stays', () => {
  const paths = [
    '/api/v1/points/profiles/{id}/earn_points/',
    '/api/v1/external-issuers/',
    '/api/v1/tenants/',
  ];
  const go = (page: Page, lang: 'zh' | 'en') => page.locator(`.languages a[hreflang=${lang}]`).click();
  const hash = (page: Page) => decodeURIComponent(new URL(page.url()).hash);

  inBrowser('at the operation or the tag in Swagger UI', async () => {
    const { page, complaints } = await read('/api/v1/docs/?lang=en#/Points%20ledger/earnPoints', { paths });
    await page.locator('.opblock.is-open').waitFor();
    await go(page, 'zh');
    await page.locator('html[lang=zh] .opblock.is-open[id$="-earnPoints"]').waitFor();
    expect(hash(page)).toBe('#/积分流水/earnPoints');
    await page.goto(`${gateway.kit.url}/api/v1/docs/?lang=zh`);
    await page.locator('.opblock-tag', { hasText: '外部签发方' }).click();
    await page.locator('.opblock-tag-section.is-open').waitFor();
    await go(page, 'en');
    await page.locator('html[lang=en] .is-open .opblock-tag', { hasText: 'External issuers' }).waitFor();
    // What is no encoding of anything is no place in either language.
    await page.goto('about:blank');
    await page.goto(`${gateway.kit.url}/api/v1/docs/?lang=en#/%E5`);
    await page.locator('.opblock-tag').first().waitFor();
    await go(page, 'zh');
    await page.locator('html[lang=zh] .opblock-tag').first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  inBrowser('at the operation or the tag in ReDoc', async () => {
    const { page, complaints } = await read('/api/v1/redoc/?lang=en#operation/createExternalIssuer', {
      paths,
    });
    const operation = page.locator('[id$="operation/createExternalIssuer"]').first();
    await operation.waitFor();
    await go(page, 'zh');
    await page.locator('html[lang=zh] #redoc h2', { hasText: '外部签发方' }).first().waitFor();
    await operation.waitFor();
    await page.locator('#tags button', { hasText: '租户' }).click();
    await page.locator('#redoc h2', { hasText: '租户' }).first().waitFor();
    await go(page, 'en');
    await page.locator('html[lang=en] #redoc h2', { hasText: 'Tenants' }).first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('who logs out of Swagger UI', () => {
  const leave = (page: Page) => page.locator('#leave').click();
  /** Its page, logged in, and the member with the sessions that are open. */
  async function loggedIn() {
    const member = await acme.aMember();
    const page = await readForm();
    await fill(page, { username: member.username, password: PASSWORD, tenant: 'acme' });
    await said(page, member.username);
    const params = { id: String(member.id) };
    const sessions = async () => (await acme.admin.ask(listMemberSessions, { params })).items;
    return { page, params, sessions };
  }

  inBrowser('with an access token that has ended, ends the session all the same', async () => {
    const { page, sessions } = await loggedIn();
    const before = (await sessions()).length;
    let isFirst = true;
    await page.route('**/auth/logout/', (route) => {
      const headers = { ...route.request().headers(), ...(isFirst && { authorization: 'Bearer ended' }) };
      isFirst = false;
      return route.continue({ headers });
    });
    await leave(page);
    await page.locator('#who:empty').waitFor({ state: 'attached' });
    expect([isFirst, (await sessions()).length]).toEqual([false, before - 1]);
    await page.context().close();
  });
  inBrowser('of a session that was ended elsewhere, is told so', async () => {
    const { page, params, sessions } = await loggedIn();
    for (const { id: session_id } of await sessions())
      await acme.admin.call(endMemberSession, { params: { ...params, session_id } });
    await leave(page);
    await said(page, 'This session had ended before.');
    expect(await page.locator('#login').isVisible()).toBe(true);
    await page.context().close();
  });
  inBrowser('without a network, is told that the platform does not know', async () => {
    const { page } = await loggedIn();
    await page.context().setOffline(true);
    await leave(page);
    await page.locator('#who.failed', { hasText: 'The platform could not be told' }).waitFor();
    expect(await page.locator('#login').isVisible()).toBe(true);
    await page.context().close();
  });
});

inBrowser('who presses Log in twice in Swagger UI opens one session', async () => {
  const member = await acme.aMember();
  const page = await readForm();
  let logins = 0;
  const both = Promise.withResolvers<void>();
  await page.route('**/auth/login/', async (route) => {
    logins++;
    await both.promise;
    await route.continue();
  });
  await fill(page, { username: member.username, password: PASSWORD, tenant: 'acme' });
  await page.locator('#login button').click();
  both.resolve();
  await said(page, member.username);
  await page.locator('#leave').click();
  await page.locator('#who:empty').waitFor({ state: 'attached' });
  expect(logins).toBe(1);
  // A refusal lets the next one through.
  await fill(page, { username: member.username, password: 'wrong' });
  await page.locator('#who.failed').waitFor();
  await fill(page, { username: member.username, password: PASSWORD, tenant: 'acme' });
  await said(page, member.username);
  await page.context().close();
});

inBrowser('Swagger UI asks an administrator with a second factor for its code', async () => {
  const start = { body: { password: PASSWORD } };
  const { secret } = await acme.admin.ask(factor.startSecondFactor, start);
  const codeOf = () => new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  const { recovery_codes: codes } = await acme.admin.ask(factor.confirmSecondFactor, {
    body: { code: codeOf() },
  });
  const { user } = await acme.admin.ask(auth.me, {});
  const { username } = user;
  const page = await readForm();
  await fill(page, { username, password: PASSWORD, tenant: 'acme' });
  await page.locator('#login [name=code]').waitFor();
  expect(await page.locator('#login [name=password]').isVisible()).toBe(false);
  expect(await page.locator('#who').textContent()).not.toMatch(/token/);
  await fill(page, { code: '000000' });
  await page.locator('#who.failed').waitFor();
  await fill(page, { code: codes[0] as string });
  await said(page, username);
  await page.context().close();
});
