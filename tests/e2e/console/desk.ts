/** A browser at the console of a whole platform: for the stories of console.test.ts. */
import { globSync } from 'node:fs';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { axeOn } from '../../../tools/stack/axe.ts';
import { openBrowser } from '../../../tools/stack/browser.ts';
import { buildConsole } from '../../../tools/stack/console-build.ts';
import { PASSWORD, startPlatformKit, type PlatformKit } from '../../platform-kit.ts';

const SLOW_MS = 60_000;
export const say = (line: string) => process.stderr.write(`     console: ${line}\n`);

type Visit = {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[];
  /** Names a complaint that the test expects. */
  readonly expect: (what: RegExp) => void;
  readonly close: () => Promise<void>;
};
type Look = { locale?: string; width?: number; colours?: 'light' | 'dark' };
export type Desk = {
  /** There from the first test on. */
  readonly kit: PlatformKit;
  /** A test, where there is a browser. */
  readonly inBrowser: (name: string, run: () => Promise<void>, patience?: number) => void;
  /** A browser of somebody's own. Complaints that the test expects are named; any other fails it. */
  readonly visit: (look?: Look) => Promise<Visit>;
  /**
   * Signed in, at a page. The browser and its page are those of the tests before that signed in so: loading the console into a
   * new browser costs four times as much, into a new page half as much again.
   */
  readonly signedIn: (at: string, as?: string, look?: Look) => Promise<Visit>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

/** Opens a browser, and says aloud where there is none. */
export async function openDesk(startKit: () => Promise<PlatformKit> = startPlatformKit): Promise<Desk> {
  const browser = await openBrowser(say);
  let kit: PlatformKit | undefined;
  let icon = '';
  const running = () => {
    if (!kit) throw new Error('the platform has not started');
    return kit;
  };
  const open = (look: Look) => openContext(browser as Browser, look);
  const url = () => running().services.url;
  const visit = async (look: Look = {}) => {
    const context = await open(look);
    return { ...visitOf(await context.newPage(), url()), close: () => context.close() };
  };
  const shared = new Map<string, Promise<BrowserContext>>();
  const contextOf = (as: string, look: Look) => {
    const key = JSON.stringify([as, look]);
    const context = shared.get(key) ?? open(look);
    shared.set(key, context);
    return context;
  };
  return {
    get kit() {
      return running();
    },
    inBrowser: browser ? test : (name) => test(`${name} (no browser)`, () => undefined),
    visit,
    async signedIn(at, as = 'admin_acme', look = {}) {
      const context = await contextOf(as, look);
      const [page = await context.newPage()] = context.pages();
      const close = () => makeAsNew(page, `${url()}/admin/${icon}`, look);
      // A test that failed left it as it was then.
      await close();
      const made = visitOf(page, url());
      await page.goto(`${url()}/admin/${at}`);
      const form = page.locator('.sign-in');
      await form.or(page.locator('main h1')).first().waitFor();
      if (await form.isVisible()) await signIn(page, as);
      await form.waitFor({ state: 'detached' });
      return { ...made, close };
    },
    async start() {
      if (!browser) return;
      const cwd = await buildConsole({ log: say });
      [icon = ''] = globSync('assets/icon-*.svg', { cwd });
      if (!icon) throw new Error(`the console in ${cwd} has no icon`);
      kit = await startKit();
    },
    async stop() {
      await browser?.close();
      await kit?.stop();
    },
  };
}

const sizeOf = ({ width = 1440 }: Look) => ({ width, height: 900 });
async function openContext(
  browser: Browser,
  { locale = 'en-GB', colours = 'light', ...look }: Look,
): Promise<BrowserContext> {
  const context = await browser.newContext({
    locale,
    colorScheme: colours,
    // What turns while one waits is drawn sixty times a second, which a busy machine feels.
    reducedMotion: 'reduce',
    viewport: sizeOf(look),
  });
  context.setDefaultTimeout(SLOW_MS);
  return context;
}

/**
 * The only page of its browser again, at the console's icon: its process stays, and with it the scripts as they were read. From
 * and to what is sent without the console's Cross-Origin-Opener-Policy a browser goes by a new process each way.
 */
async function makeAsNew(page: Page, icon: string, look: Look): Promise<void> {
  for (const event of ['pageerror', 'console', 'request']) page.removeAllListeners(event);
  for (const other of page.context().pages()) if (other !== page) await other.close();
  await page.unrouteAll();
  await page.goto(icon);
  await page.evaluate('sessionStorage.clear()');
  await page.setViewportSize(sizeOf(look));
}

function visitOf(page: Page, url: string): Omit<Visit, 'close'> {
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
    if (protocol !== 'data:' && origin !== url) complain(`asked elsewhere: ${request.url()}`);
  });
  return { page, context: page.context(), complaints, expect: (what) => expected.push(what) };
}

export async function signIn(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel(/^(Username|用户名)$/).fill(username);
  await page.getByLabel(/^(Password|密码)$/).fill(password);
  await page.getByRole('button', { name: /^(Sign in|登录)$/ }).click();
}

export const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });
export const dialog = (page: Page) => page.getByRole('dialog');
/** Chooses from a field's list, on a page or in a dialog. */
export async function choose(within: Page | Locator, page: Page, label: string, option: string) {
  await within.getByRole('combobox', { name: label }).click();
  await page.locator('.ant-select-item-option:visible').filter({ hasText: option }).click();
}
export async function confirm(page: Page): Promise<void> {
  await dialog(page).getByRole('button', { name: 'Confirm' }).click();
  await dialog(page).waitFor({ state: 'hidden' });
}
/** To another page without loading the console again, until all of it has come. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate(`document.querySelector('main h1').toggleAttribute('data-left', location.pathname !== ${JSON.stringify(path.split('?')[0])});
    history.pushState({}, '', ${JSON.stringify(path)});
    dispatchEvent(new PopStateEvent('popstate'));`);
  await page.locator('main h1:not([data-left])').waitFor();
  const coming = page.locator('main :is([aria-busy="true"], .ant-skeleton, .ant-spin-spinning)');
  await coming.first().waitFor({ state: 'detached' });
}
/** Opens every group of the menu, which are closed but for the one of the page. */
export async function openMenu(page: Page): Promise<void> {
  const menu = page.getByRole('navigation', { name: /Menu|菜单/ });
  await menu.getByRole('link').first().waitFor();
  const closed = menu.getByRole('button', { expanded: false });
  for (let left = await closed.count(); left > 0; left--) await closed.first().click();
}
export async function seriousFaults(page: Page, within = 'body'): Promise<string[]> {
  const axe = await axeOn(page);
  const { violations } = await axe
    .include(within)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}
