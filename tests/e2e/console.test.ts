/**
 * The console in a real Chromium, by clicks, roles and labels: signing in, the main story, what happens once, what is refused,
 * and every page in both languages, widths and themes. What a browser complains about fails the test.
 */
import { AxeBuilder } from '@axe-core/playwright';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import { listPointsRecords } from '@membership/contracts/endpoints/points/index';
import { eventually } from '@membership/platform/testing/eventually';
import { type Browser, type BrowserContext, type Page, type Request } from 'playwright-core';
import { openBrowser } from '../../tools/stack/browser.ts';
import { buildConsole } from '../../tools/stack/console-build.ts';
import { PASSWORD, startPlatformKit, type PlatformKit } from '../platform-kit.ts';

const SIGN_IN_BYTES = 300_000;
const SLOW_MS = 60_000;
let kit: PlatformKit;
let john: number;

const say = (line: string) => process.stderr.write(`     console: ${line}\n`);
const opened = await openBrowser(say);
const browser = opened as Browser;
const inBrowser = opened
  ? test
  : (name: string, _run: () => Promise<void>) => test(`${name} (no browser)`, () => undefined);

beforeAll(async () => {
  if (!opened) return;
  await buildConsole({ log: say });
  kit = await startPlatformKit();
  john = await kit.idOf('john_doe');
});
afterAll(async () => {
  await opened?.close();
  await kit?.stop();
});

type Visit = { page: Page; context: BrowserContext; complaints: string[]; expect: (what: RegExp) => void };
/** A browser of somebody's own. Complaints that the test expects are named; any other fails it. */
async function visit({
  locale = 'en-GB',
  width = 1440,
  colours = 'light' as 'light' | 'dark',
} = {}): Promise<Visit> {
  const context = await browser.newContext({
    locale,
    colorScheme: colours,
    viewport: { width, height: 900 },
  });
  context.setDefaultTimeout(SLOW_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  // A busy machine may answer late: it is asked again, and no test depends on speed.
  const expected: RegExp[] = [/status of 50[234]/];
  const complain = (text: string) => expected.some((one) => one.test(text)) || complaints.push(text);
  page.on('pageerror', (error) => complain(`broken: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complain(`${message.text()} ${message.location().url}`);
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && origin !== kit.services.url) complain(`asked elsewhere: ${request.url()}`);
  });
  return { page, context, complaints, expect: (what) => expected.push(what) };
}
async function signIn(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel(/^(Username|用户名)$/).fill(username);
  await page.getByLabel(/^(Password|密码)$/).fill(password);
  await page.getByRole('button', { name: /^(Sign in|登录)$/ }).click();
}
async function signedIn(
  at: string,
  as = 'admin_acme',
  options: Parameters<typeof visit>[0] = {},
): Promise<Visit> {
  const made = await visit(options);
  await made.page.goto(`${kit.services.url}/admin/${at}`);
  await signIn(made.page, as);
  await made.page.locator('.sign-in').waitFor({ state: 'detached' });
  return made;
}
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });
const dialog = (page: Page) => page.getByRole('dialog');
/** To another page without loading the console again, until all of it has come. */
async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate(`document.querySelector('main h1').toggleAttribute('data-left', location.pathname !== ${JSON.stringify(path.split('?')[0])});
    history.pushState({}, '', ${JSON.stringify(path)});
    dispatchEvent(new PopStateEvent('popstate'));`);
  await page.locator('main h1:not([data-left])').waitFor();
  const coming = page.locator('main :is([aria-busy="true"], .ant-skeleton, .ant-spin-spinning)');
  await coming.first().waitFor({ state: 'detached' });
}
async function seriousFaults(page: Page, within = 'body'): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: page as never })
    .include(within)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}
const recordsOfJohn = async () =>
  (await (await kit.as('admin_acme')).ask(listPointsRecords, { query: { member: john } })).items;

inBrowser(
  'one signs in in either language, a wrong password is said, and little is loaded before',
  async () => {
    for (const [locale, title, wrong, start] of [
      ['en-GB', 'Sign in to the console', 'The username or the password is wrong', 'Overview'],
      ['zh-CN', '登录控制台', '用户名或密码错误', '概览'],
    ] as const) {
      const { page, context, complaints, expect: mayComplain } = await visit({ locale });
      const scripts: Request[] = [];
      page.on('requestfinished', (request) => request.url().endsWith('.js') && scripts.push(request));
      const began = performance.now();
      await page.goto(`${kit.services.url}/admin/t/acme/overview?days=7`);
      await heading(page, title).waitFor();
      const usable = performance.now() - began;
      const sizes = await Promise.all(scripts.map((request) => request.sizes()));
      const bytes = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
      say(`sign-in page usable after ${Math.round(usable)} ms, ${Math.round(bytes / 1_000)} kB of script`);
      expect(await seriousFaults(page)).toEqual([]);
      expect(bytes).toBeGreaterThan(10_000);
      expect(bytes).toBeLessThan(SIGN_IN_BYTES);
      mayComplain(/401.*browser\/login/);
      await signIn(page, 'admin_acme', 'not-the-password');
      await page.getByRole('alert').filter({ hasText: wrong }).waitFor();
      await signIn(page, 'admin_acme');
      await heading(page, start).waitFor();
      // Where one wanted to go, with what the address said.
      expect(page.url()).toBe(`${kit.services.url}/admin/t/acme/overview?days=7`);
      const kept = await page.evaluate<string>(
        'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
      );
      expect(kept).not.toMatch(/eyJ|membership_session=/);
      const [cookie] = await context.cookies();
      expect(cookie).toMatchObject({ name: 'membership_session', httpOnly: true, sameSite: 'Strict' });
      await page.reload();
      await heading(page, start).waitFor();
      expect(complaints).toEqual([]);
      await context.close();
    }
  },
);

inBrowser(
  'points are given once however often one clicks, a refusal stays in its dialog, and a record says why',
  async () => {
    const { page, context, complaints, expect: mayComplain } = await signedIn('t/acme/members');
    await page.getByRole('searchbox').fill('john');
    await page.waitForURL(/search=john/);
    await page.getByRole('link', { name: 'john_doe' }).click();
    await heading(page, 'John Doe').waitFor();
    await page.getByRole('button', { name: 'Give points' }).click();
    await dialog(page).getByLabel('Points').fill('120');
    await dialog(page).getByRole('button', { name: 'Confirm' }).click();
    await dialog(page).getByText('This is needed').waitFor();
    await dialog(page).getByLabel('Reason').fill('Goodwill <b>for</b> a late parcel');
    await dialog(page).getByRole('button', { name: 'Confirm' }).dblclick();
    await dialog(page).waitFor({ state: 'hidden' });
    await page.getByText('Goodwill <b>for</b> a late parcel').first().waitFor();
    expect((await recordsOfJohn()).map(({ points }) => points)).toEqual([120]);

    mayComplain(/409.*adjust_points/);
    await page.getByRole('button', { name: 'Take points' }).click();
    await dialog(page).getByLabel('Points').fill('5000');
    await dialog(page).getByLabel('Reason').fill('Too many');
    await dialog(page).getByRole('button', { name: 'Confirm' }).click();
    await dialog(page).getByText('INSUFFICIENT_POINTS').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await dialog(page).getByLabel('Points').fill('20');
    await dialog(page).getByRole('button', { name: 'Confirm' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    await eventually(async () =>
      expect((await recordsOfJohn()).map(({ points }) => points)).toEqual(expect.arrayContaining([-20, 120])),
    );

    const records = page.getByRole('region', { name: 'Records' });
    await records.getByRole('row').filter({ hasText: 'Goodwill' }).getByRole('button').click();
    await page.getByText('120 × 1.00').waitFor();
    await page.getByRole('button', { name: 'Cancel this record' }).click();
    await dialog(page).getByLabel('Reason').fill('Given by mistake');
    await dialog(page).getByRole('button', { name: 'Confirm' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    await eventually(async () =>
      // What was spent of it meanwhile is owed, so it takes back what is left.
      expect((await recordsOfJohn()).some(({ reverses_record_id }) => reverses_record_id !== null)).toBe(
        true,
      ),
    );
    expect(complaints).toEqual([]);
    await context.close();
  },
);

inBrowser('what is made in a form stands in its list, and what is cleared in it is empty', async () => {
  const { page, context, complaints } = await signedIn('t/acme/programme/benefits');
  const choose = async (label: string, option: string) => {
    await dialog(page).getByRole('combobox', { name: label }).click();
    await page.locator('.ant-select-item-option').filter({ hasText: option }).click();
  };
  const confirm = async () => {
    await dialog(page).getByRole('button', { name: 'Confirm' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
  };
  await page.getByRole('button', { name: 'New benefit' }).click();
  await dialog(page).getByLabel('Code').fill('LOUNGE');
  await dialog(page).getByLabel('Name').fill('Lounge');
  await choose('Kind', 'Service');
  expect(await seriousFaults(page, '[role="dialog"]')).toEqual([]);
  await dialog(page).getByLabel('Times').fill('3');
  await choose('Period', 'Month');
  await confirm();
  const row = page.getByRole('row').filter({ hasText: 'LOUNGE' });
  await row.filter({ hasText: '3 / Month' }).waitFor();
  await row.getByRole('button', { name: 'Edit' }).click();
  await dialog(page).getByLabel('Times').fill('');
  await dialog(page)
    .locator('.ant-form-item')
    .filter({ hasText: 'Period' })
    .locator('.ant-select-clear')
    .click();
  await confirm();
  await row.filter({ hasText: '3 / Month' }).waitFor({ state: 'hidden' });
  // What cannot be undone is typed first.
  await row.getByRole('button', { name: 'Delete' }).click();
  await dialog(page).getByRole('textbox').fill('Lounge');
  await dialog(page).getByRole('button', { name: 'Confirm' }).click();
  await dialog(page).getByText('That is not it').waitFor();
  await dialog(page).getByRole('textbox').fill('LOUNGE');
  await confirm();
  await row.waitFor({ state: 'hidden' });
  // A list narrowed by a day, which the platform understands.
  await goTo(page, '/admin/t/acme/licences/assignments?expires_before=2026-01-31');
  expect(complaints).toEqual([]);
  await context.close();
});

inBrowser('a session that ends amid a form is begun anew over it, and what was typed is sent', async () => {
  const { page, context, complaints, expect: mayComplain } = await signedIn(`t/acme/members/${john}`);
  await page.getByRole('button', { name: 'Give points' }).click();
  await dialog(page).getByLabel('Points').fill('7');
  await dialog(page).getByLabel('Reason').fill('Typed before the end');
  const admin = await kit.as('admin_acme');
  const { items } = await admin.ask(identity.listOwnSessions, {});
  for (const { id, is_current } of items)
    if (!is_current) await admin.call(identity.endOwnSession, { params: { session_id: id } });
  mayComplain(/401/);
  await dialog(page).getByRole('button', { name: 'Confirm' }).click();
  const over = page.getByRole('dialog', { name: 'Sign in to the console' });
  await over.getByText('Your session has ended').waitFor();
  await over.getByLabel('Password').fill(PASSWORD);
  await over.getByRole('button', { name: 'Sign in' }).click();
  await over.waitFor({ state: 'hidden' });
  expect(await dialog(page).getByLabel('Reason').inputValue()).toBe('Typed before the end');
  await dialog(page).getByRole('button', { name: 'Confirm' }).click();
  await dialog(page).waitFor({ state: 'hidden' });
  const mine = (await recordsOfJohn()).filter(
    ({ operation_reason }) => operation_reason === 'Typed before the end',
  );
  expect(mine.map(({ points }) => points)).toEqual([7]);
  // Signed out in one tab, one is out in every tab.
  const second = await context.newPage();
  await second.goto(`${kit.services.url}/admin/t/acme/overview`);
  await heading(second, 'Overview').waitFor();
  await second.getByRole('button', { name: /Account/ }).click();
  await second.getByRole('menuitem', { name: 'Sign out' }).click();
  for (const tab of [page, second]) await heading(tab, 'Sign in to the console').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

inBrowser(
  'another tenant’s and the platform’s pages are not there; members stay out; the platform chooses',
  async () => {
    const { page, context, complaints } = await signedIn('t/globex/members');
    for (const path of ['t/globex/members', 'platform/tenants', 't/acme/nowhere']) {
      await page.goto(`${kit.services.url}/admin/${path}`);
      await heading(page, 'There is no such page').waitFor();
    }
    expect(complaints).toEqual([]);
    await context.close();
    const member = await signedIn('t/acme/members', 'john_doe');
    await heading(member.page, 'The console is for administrators').waitFor();
    expect(await member.page.getByRole('navigation').count()).toBe(0);
    await member.context.close();
    const root = await signedIn('', 'root');
    await root.page.getByRole('link', { name: 'Globex' }).click();
    await heading(root.page, 'Overview').waitFor();
    await root.page.getByRole('link', { name: 'Members', exact: true }).click();
    await root.page.getByRole('link', { name: 'hank' }).waitFor();
    expect(await root.page.getByText('john_doe').count()).toBe(0);
    expect([...root.complaints, ...member.complaints]).toEqual([]);
    await root.context.close();
  },
);

const looks = [
  { locale: 'en-GB', width: 1440, colours: 'light' },
  { locale: 'zh-CN', width: 390, colours: 'dark' },
] as const;
for (const [turn, look] of looks.entries())
  inBrowser(
    `every page, ${Object.values(look).join(', ')}: nothing in the way of anybody, nothing to complain of`,
    async () => {
      const { page, context, complaints } = await signedIn('t/acme/overview', 'root', look);
      await heading(page, /Overview|概览/).waitFor();
      if (look.width < 1000) await page.getByRole('button', { name: '菜单' }).click();
      const menu = page.getByRole('navigation', { name: /Menu|菜单/ }).getByRole('link');
      await menu.first().waitFor();
      const addresses = await menu.evaluateAll((links) =>
        links.map((link) => link.getAttribute('href') ?? ''),
      );
      expect(addresses.length).toBeGreaterThan(20);
      const faults: string[] = [];
      for (const [index, path] of [...addresses, `/admin/t/acme/members/${john}`].entries()) {
        await goTo(page, path);
        const over = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        if (over > 0) faults.push(`${path} scrolls sideways by ${over} pixels`);
        // Each look takes its half of the pages: what they differ in is in all of them.
        if (index % 2 === turn)
          faults.push(...(await seriousFaults(page)).map((fault) => `${path}: ${fault}`));
        const form = page.locator('main .page > :first-child .ant-btn-primary');
        if (await form.count()) {
          await form.press('Enter');
          await dialog(page)
            .filter({ has: page.locator('form') })
            .waitFor();
        }
      }
      expect(faults).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );
