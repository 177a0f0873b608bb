/**
 * The console in a real Chromium, by clicks, roles and labels: signing in, the main story, what happens once, what is refused,
 * and every page in both languages, widths and themes. What a browser complains about fails the test.
 */
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import { giveFeedback, listApplications } from '@membership/contracts/endpoints/applications/index';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import { listAssignments } from '@membership/contracts/endpoints/licenses/index';
import {
  adjustPoints,
  getProfile,
  listPointsRecords,
  redeemPoints,
} from '@membership/contracts/endpoints/points/index';
import { listUserTags } from '@membership/contracts/endpoints/vip/index';
import { eventually } from '@membership/platform/testing/eventually';
import { type Browser, type BrowserContext, type Page, type Request } from 'playwright-core';
import { openBrowser } from '../../tools/stack/browser.ts';
import { buildConsole } from '../../tools/stack/console-build.ts';
import { PASSWORD, startPlatformKit, type PlatformKit } from '../platform-kit.ts';

const SIGN_IN_BYTES = 300_000;
const SLOW_MS = 60_000;
/** Every page of the menu, one after the other. */
const TOUR_MS = 400_000;
let kit: PlatformKit;
let john: number;

const say = (line: string) => process.stderr.write(`     console: ${line}\n`);
const opened = await openBrowser(say);
const browser = opened as Browser;
const inBrowser = opened
  ? test
  : (name: string, _run: () => Promise<void>, _patience?: number) =>
      test(`${name} (no browser)`, () => undefined);

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
/** Chooses from a field's list, on a page or in a dialog. */
async function choose(within: Page | ReturnType<Page['locator']>, page: Page, label: string, option: string) {
  await within.getByRole('combobox', { name: label }).click();
  await page.locator('.ant-select-item-option:visible').filter({ hasText: option }).click();
}
async function confirm(page: Page): Promise<void> {
  await dialog(page).getByRole('button', { name: 'Confirm' }).click();
  await dialog(page).waitFor({ state: 'hidden' });
}
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
  await page.getByRole('button', { name: 'New benefit' }).click();
  await dialog(page).getByLabel('Code').fill('LOUNGE');
  await dialog(page).getByLabel('Name').fill('Lounge');
  await choose(dialog(page), page, 'Kind', 'Service');
  expect(await seriousFaults(page, '[role="dialog"]')).toEqual([]);
  await dialog(page).getByLabel('Times').fill('3');
  await choose(dialog(page), page, 'Period', 'Month');
  await confirm(page);
  const row = page.getByRole('row').filter({ hasText: 'LOUNGE' });
  await row.filter({ hasText: '3 / Month' }).waitFor();
  await row.getByRole('button', { name: 'Edit' }).click();
  await dialog(page).getByLabel('Times').fill('');
  await dialog(page)
    .locator('.ant-form-item')
    .filter({ hasText: 'Period' })
    .locator('.ant-select-clear')
    .click();
  await confirm(page);
  await row.filter({ hasText: '3 / Month' }).waitFor({ state: 'hidden' });
  // What cannot be undone is typed first.
  await row.getByRole('button', { name: 'Delete' }).click();
  await dialog(page).getByRole('textbox').fill('Lounge');
  await dialog(page).getByRole('button', { name: 'Confirm' }).click();
  await dialog(page).getByText('That is not it').waitFor();
  await dialog(page).getByRole('textbox').fill('LOUNGE');
  await confirm(page);
  await row.waitFor({ state: 'hidden' });
  // A list narrowed by a day, which the platform understands.
  await goTo(page, '/admin/t/acme/licences/assignments?expires_before=2026-01-31');
  expect(complaints).toEqual([]);
  await context.close();
});

inBrowser(
  'members from a table are looked at, added, and reported row by row; points, a tag and a licence go to many, each once',
  async () => {
    const { page, context, complaints } = await signedIn('t/acme/members');
    const admin = await kit.as('admin_acme');
    const fill = async (lines: readonly string[]) => {
      await page.getByRole('textbox', { name: 'Rows' }).fill(lines.join('\n'));
      await page.getByRole('button', { name: 'Check' }).click();
    };
    const doIt = () => page.getByRole('button', { name: 'Do it' }).dblclick();
    const rowOf = (text: string) => page.getByRole('row').filter({ hasText: text });
    await page.getByRole('link', { name: 'Import' }).click();
    await heading(page, 'Import members').waitFor();
    await fill(['username,emial', 'many_one,one@acme.example']);
    await page.getByText('There is no column “emial”').waitFor();
    await fill([
      'username,email,display_name',
      'many_one,one@acme.example,"One, the first"',
      'many_two,two@acme.example',
      ',nobody@acme.example',
      'john_doe,again@acme.example',
    ]);
    await page.getByText('3 rows will be done; 1 are wrong').waitFor();
    await rowOf('nobody@acme').getByText('Username is missing').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await doIt();
    await page.getByText('Done: 2 · failed: 1').waitFor();
    await rowOf('john_doe').getByText('username:').waitFor();
    await page.getByRole('button', { name: 'Failed rows as a file' }).waitFor();
    const { items } = await admin.ask(identity.listMembers, { query: { search: 'many_' } });
    expect(items.map(({ display_name }) => display_name)).toContain('One, the first');
    const ids = items.map(({ id }) => id);
    const [one] = items.filter(({ username }) => username === 'many_one');
    expect(ids).toHaveLength(2);
    await eventually(async () => {
      for (const id of ids) await admin.ask(getProfile, { params: { id: String(id) } });
    });

    await goTo(page, '/admin/t/acme/points/records');
    await page.getByRole('link', { name: 'Points for many' }).click();
    await fill(['many_one,30', `${String(one?.id)},1`, 'many_two,40,late', 'many_none,5', 'many_two,1.5']);
    await page.getByText('rows will be done').waitFor();
    await rowOf('many_none').getByText('There is no such member').waitFor();
    await page.getByLabel('Reason').fill('Harvest');
    await doIt();
    await page.getByText(/Done: 2 · failed: 0/).waitFor();
    const harvest = async () =>
      (await admin.ask(listPointsRecords, {})).items
        .filter(({ batch_id }) => batch_id !== null)
        .map(({ points }) => points);
    expect((await harvest()).sort((left, right) => left - right)).toEqual([30, 40]);

    await goTo(page, '/admin/t/acme/vip/many');
    await fill(['many_one', 'many_two']);
    await choose(page, page, 'Tag', 'VIP_GOLD');
    await doIt();
    await page.getByText('Done: 2 · failed: 0').waitFor();
    expect((await admin.ask(listUserTags, { query: { member: String(ids[0]) } })).count).toBe(1);

    await goTo(page, '/admin/t/acme/licences/many');
    await fill(['many_one', 'many_two']);
    await choose(page, page, 'Licence', 'SuperApp');
    await doIt();
    await page.waitForURL(/batch=\d+/);
    await page.getByText('Completed').waitFor();
    // Its address shows it again.
    await page.reload();
    await page.getByText('Completed').waitFor();
    for (const id of ids)
      expect((await admin.ask(listAssignments, { query: { member_id: String(id) } })).count).toBe(1);
    expect(complaints).toEqual([]);
    await context.close();
  },
);

inBrowser(
  'points are held and spent, a statement adds up, and a record leads to what led to it',
  async () => {
    const { page, context, complaints } = await signedIn(`t/acme/members/${await kit.idOf('jane_roe')}`);
    await page.getByRole('button', { name: 'Give points' }).click();
    await dialog(page).getByLabel('Points').fill('90');
    await dialog(page).getByLabel('Reason').fill('To hold some of');
    await confirm(page);
    await page.getByRole('tab', { name: 'Holds' }).click();
    await page.getByRole('button', { name: 'Hold points' }).click();
    await dialog(page).getByText('90 points are available now').waitFor();
    await dialog(page).getByLabel('Points').fill('40');
    await choose(dialog(page), page, 'What for', 'Features');
    await confirm(page);
    const hold = page.getByRole('row').filter({ hasText: 'Features' });
    await hold.getByRole('button', { name: 'Capture' }).click();
    await dialog(page).getByLabel('Points').fill('25');
    await confirm(page);
    await hold.getByText('Captured').waitFor();
    // What is over can be undone no more, and says so.
    expect(await hold.getByRole('button', { name: 'Release' }).getAttribute('title')).toBe(
      'It is over already',
    );
    await page.getByRole('tab', { name: 'Statement' }).click();
    const statement = page.getByRole('region', { name: 'Statement' });
    await statement.getByRole('row').filter({ hasText: '-25' }).waitFor();
    await statement.getByText('65').first().waitFor();
    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export CSV' }).click();
    expect((await file).suggestedFilename()).toMatch(/^statement-\d+-/);
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByRole('row').filter({ hasText: 'points.captured.v1' }).getByRole('button').click();
    await page.getByRole('region', { name: 'What led to what' }).getByText('points.captured.v1').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  },
);

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

inBrowser(
  'an operator runs a programme for a day by clicks alone, and finds out why somebody has 120 points',
  async () => {
    const { page, context, complaints } = await signedIn('t/acme/overview');
    const inList = (text: string) => page.getByRole('row').filter({ hasText: text });
    const pick = async (label: string, typed: string) => {
      await dialog(page).getByRole('combobox', { name: label }).fill(typed);
      await page.locator('.ant-select-item-option:visible').filter({ hasText: typed }).first().click();
    };
    // The figures come by themselves: nothing is asked again for them.
    await page.getByText('as it happens').waitFor();
    const watched = await context.newPage();
    await watched.goto(`${kit.services.url}/admin/t/acme/overview`);
    await watched.getByText('as it happens').waitFor();
    const earned = watched.locator('.figure').filter({ hasText: 'Points earned' }).locator('strong');
    const before = await earned.textContent();

    const menu = (name: string) => page.getByRole('link', { name, exact: true }).click();
    await menu('User levels');
    await page.getByRole('button', { name: 'Edit' }).first().click();
    await dialog(page).getByLabel('Description').fill('Where everybody begins');
    await confirm(page);
    await menu('Award rules');
    await page.getByRole('button', { name: 'New rule' }).click();
    await dialog(page).getByLabel('Name').fill('Thanks for what you say');
    await pick('Event', 'Feedback is given');
    await dialog(page).getByLabel('Points').fill('120');
    await pick('Category', 'Community');
    await dialog(page)
      .getByLabel(/Valid to/)
      .fill('2099-12-31T23:59');
    await confirm(page);
    await inList('Thanks for what you say').filter({ hasText: '31/12/2099, 23:59' }).waitFor();
    await page.getByRole('button', { name: 'Dry run' }).click();
    await pick('Event', 'Feedback is given');
    await pick('Member', 'jane_roe');
    await dialog(page).getByRole('button', { name: 'Confirm' }).click();
    await dialog(page).getByText('In all 120').waitFor();
    await dialog(page).getByRole('button', { name: 'Close', exact: true }).last().click();

    const jane = await kit.as('jane_roe');
    const [application] = (await jane.ask(listApplications, {})).items;
    await jane.ask(giveFeedback, {
      params: { id: String(application?.id) },
      body: { content: 'Could it be <i>darker</i>?', rating: 5 },
    });
    await menu('Applications');
    await page.getByRole('link', { name: '测试应用' }).click();
    await inList('Could it be <i>darker</i>?').getByRole('button', { name: 'Answer' }).click();
    await dialog(page).getByLabel('Answer').fill('It will be');
    await pick('State', 'Closed');
    await confirm(page);
    await inList('Could it be').getByText('Closed').waitFor();
    await eventually(async () => expect(await earned.textContent()).not.toBe(before));

    await menu('Members');
    await page.getByRole('link', { name: 'jane_roe' }).click();
    await inList('+120').getByRole('button').click();
    const why = page.getByRole('region', { name: 'What led to what' });
    await why.getByText('feedback.opened.v1').waitFor();
    await why.getByText('points.earned.v1').waitFor();

    const admin = await kit.as('admin_acme');
    await admin.ask(adjustPoints, {
      params: { id: String(john) },
      body: { points_amount: 600, reason: 'To redeem' },
    });
    await (await kit.as('john_doe')).ask(redeemPoints, {
      body: {
        redemption_item_id: 'GIFT001',
        delivery_address: { name: 'John', phone: '13800138000', address: '8 Harbour Road' },
      },
    });
    await menu('Redemptions');
    await page.getByRole('button', { name: 'Ship' }).first().click();
    await dialog(page).getByLabel('Tracking code').fill('SF-1');
    await confirm(page);
    await inList('Shipped').getByRole('button', { name: 'Complete' }).click();
    await confirm(page);
    await inList('Completed').waitFor();

    await page.getByRole('link', { name: 'Licences', exact: true }).click();
    await page.getByRole('button', { name: 'Issue a licence' }).click();
    await pick('Product', 'SuperApp');
    await pick('Plan', '专业版');
    await dialog(page).getByRole('button', { name: 'Confirm' }).click();
    await dialog(page).getByText('it is not shown again').waitFor();
    await dialog(page).getByRole('button', { name: 'Close', exact: true }).last().click();
    await menu('Assignments');
    await page.getByRole('button', { name: 'Assign a licence' }).click();
    await pick('Member', 'jane_roe');
    await pick('Licence', 'SuperApp');
    await confirm(page);
    await inList('jane_roe').getByText('Assigned', { exact: true }).waitFor();
    await menu('Holdings');
    await page.getByRole('button', { name: 'Grant a tag' }).click();
    await pick('Member', 'jane_roe');
    await pick('Tag', 'VIP_GOLD');
    await dialog(page).getByLabel('Reason').fill('Sold at the counter');
    await confirm(page);
    await inList('Sold at the counter').waitFor();

    await menu('Records');
    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export CSV' }).click();
    const month = (await readFile(await (await file).path(), 'utf8')).split('\r\n');
    expect(month[0]).toMatch(/^\uFEFFid,member,username/);
    expect(month.some((line) => line.includes('jane_roe') && line.includes(',120,'))).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  },
);

/** What an authenticator shows (RFC 6238). */
function authenticatorCode(secret: string): string {
  const bits = Array.from(secret, (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  const key = Buffer.from(
    bits
      .join('')
      .match(/.{8}/g)
      ?.map((byte) => Number.parseInt(byte, 2)) ?? [],
  );
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac('sha1', key).update(step).digest();
  const number = hash.readUInt32BE((hash.at(-1) ?? 0) & 15) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}
const SECRET = /[A-Z2-7]{32}/;
const RECOVERY_CODE = /[A-Z2-9]{4}(-[A-Z2-9]{4}){3}/;

inBrowser(
  'a second factor is set up by oneself, asked for by the tenant, and set up on the way in; a key is shown once',
  async () => {
    await (await kit.as('admin_globex')).ask(identity.createMember, {
      body: { username: 'second_admin', email: 'second@globex.example', password: PASSWORD, role: 'admin' },
    });
    const {
      page,
      context,
      complaints,
      expect: mayComplain,
    } = await signedIn('t/globex/account', 'admin_globex');
    const find = async (within: ReturnType<Page['locator']>, what: RegExp) =>
      what.exec((await within.getByText(what).first().textContent()) ?? '')?.[0] ?? '';
    await page.getByRole('button', { name: 'Set it up' }).click();
    await dialog(page).getByLabel('Password').fill(PASSWORD);
    await dialog(page).getByRole('button', { name: 'Confirm' }).click();
    const secret = await find(dialog(page), SECRET);
    expect(await seriousFaults(page, '[role="dialog"]')).toEqual([]);
    await page.getByRole('button', { name: 'Enter the code' }).click();
    const inner = page.getByRole('dialog', { name: 'Enter the code' });
    await inner.getByLabel('Code').fill(authenticatorCode(secret));
    await inner.getByRole('button', { name: 'Confirm' }).click();
    const recovery = await find(inner, RECOVERY_CODE);
    await page.reload();
    await page.getByRole('button', { name: 'Another authenticator' }).waitFor();

    await goTo(page, '/admin/t/globex/developers/security');
    await page.getByRole('button', { name: 'Edit' }).click();
    await choose(dialog(page), page, 'Second factor of administrators', 'Asked for');
    await confirm(page);
    await goTo(page, '/admin/t/globex/developers/keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await dialog(page).getByLabel('Name').fill('Order system');
    await choose(dialog(page), page, 'Scopes', 'points:read');
    // Of several one chooses on, until one turns to something else.
    await dialog(page).getByText('For servers alone').click();
    await dialog(page).getByRole('button', { name: 'Confirm' }).click();
    const key = await find(dialog(page), /mk_\w+/);
    await dialog(page).getByRole('button', { name: 'Close', exact: true }).last().click();
    await page.getByRole('row').filter({ hasText: 'Order system' }).waitFor();
    expect(await page.content()).not.toContain(key);

    await page.getByRole('button', { name: /Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    mayComplain(/401.*browser\/login/);
    await signIn(page, 'admin_globex');
    await page.getByLabel(/recovery code/).fill(recovery);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await heading(page, 'Overview').waitFor();

    // Somebody who has none yet sets it up before coming in.
    await page.getByRole('button', { name: /Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await signIn(page, 'second_admin');
    await heading(page, 'Set up a second factor').waitFor();
    const form = page.locator('.sign-in');
    const own = await find(form, SECRET);
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByLabel('Code of your authenticator').fill(authenticatorCode(own));
    await page.getByRole('button', { name: 'Turn it on' }).click();
    const mine = await find(form, RECOVERY_CODE);
    await page.getByRole('button', { name: 'To the sign-in' }).click();
    await signIn(page, 'second_admin');
    await page.getByLabel(/recovery code/).fill(mine);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await heading(page, 'Overview').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
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
      const others = [
        ...['members/import', 'points/many', 'vip/many', 'licences/many', 'account'],
        ...['', '?tab=statement', '?tab=holds', '?tab=history'].map((tab) => `members/${john}${tab}`),
      ].map((path) => `/admin/t/acme/${path}`);
      for (const [index, path] of [...addresses, ...others].entries()) {
        await goTo(page, path);
        const over = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        if (over > 0) faults.push(`${path} scrolls sideways by ${over} pixels`);
        // Each look takes its half of the pages: what they differ in is in all of them.
        if (index % 2 !== turn) continue;
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
    TOUR_MS,
  );
