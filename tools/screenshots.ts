/** npm run screenshots: pictures of the console for the tour in docs/en and docs/zh, from a tenant of their own. */
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { orRefuse, parseArgs } from './command-line.ts';
import { findChromium } from './stack/chromium.ts';
import { chineseFonts } from './stack/fonts.ts';
import { PROJECT_DIR } from './stack/folders.ts';
import { runningGatewayUrl } from './stack/running-platform.ts';
import { loadTour, TOUR } from './tour/tour-data.ts';

const HELP = `Takes the pictures of the tour for operators (docs/en/console.md, docs/zh/console.md) from the running platform (npm start):
eleven pages at 1440 and at 390 pixels, light and dark, in both languages. The tenant that they show is loaded first.

  npm run screenshots [-- --url http://localhost:8000] [--only overview,member]

Environment: DEMO_PASSWORD (demo-pass-2026), SUPER_PASSWORD (DEMO_PASSWORD): the password of root; CHROMIUM
`;
const OUT = join(PROJECT_DIR, 'docs/images/console');
/** Text stays sharp at this, and a picture has the size of a page of text. */
const QUALITY = 62;
const SETTLE_MS = 600;
const PATIENCE_MS = 60_000;
const LOCALES = { en: 'en-GB', zh: 'zh-CN' } as const;
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const;

type Shot = { readonly name: string; readonly path: string; readonly before?: (page: Page) => Promise<void> };
const IMPORT = [
  'username,email,display_name',
  'li_na,li_na@reader.example,李娜',
  'mark_hill,mark@reader.example,Mark Hill',
  'sun_wei,,孙伟',
  'lin_mei,again@reader.example,林梅',
].join('\n');

const shotsOf = ({ memberId, applicationId }: Awaited<ReturnType<typeof loadTour>>): readonly Shot[] => [
  { name: 'overview', path: 'overview' },
  { name: 'members', path: 'members' },
  {
    name: 'import',
    path: 'members/import',
    before: async (page) => {
      await page.getByRole('textbox', { name: /Rows|数据/ }).fill(IMPORT);
      await page.getByRole('button', { name: /Check|检查/ }).click();
      await page.getByRole('region', { name: /Rows|各行/ }).waitFor();
    },
  },
  { name: 'member', path: `members/${memberId}` },
  {
    name: 'why',
    path: `members/${memberId}?tab=history&type=points.earned.v1`,
    before: async (page) => {
      // The newest: a rule gave it for something that the member did.
      const one = page.locator('main :is(tr, li)').filter({ hasText: 'points.earned.v1' }).first();
      await one.locator('.ant-table-row-expand-icon, summary').first().click();
      const chain = page.getByRole('region', { name: /What led to what|来龙去脉/ });
      await chain.waitFor();
      await chain.scrollIntoViewIfNeeded();
    },
  },
  { name: 'rules', path: 'points/rules' },
  { name: 'redemptions', path: 'programme/redemptions' },
  { name: 'holdings', path: 'vip/holdings' },
  { name: 'assignments', path: 'licences/assignments' },
  { name: 'feedback', path: `applications/${applicationId}` },
  { name: 'retention', path: 'statistics/retention' },
];

async function signIn(page: Page, url: string, password: string): Promise<void> {
  await page.goto(`${url}/admin/t/${TOUR.code}/overview`);
  await page.getByLabel(/^(Username|用户名)$/).fill(TOUR.admin);
  await page.getByLabel(/^(Password|密码)$/).fill(password);
  await page.getByRole('button', { name: /^(Sign in|登录)$/ }).click();
  await page.locator('main .page h1').waitFor();
}

/** Goes to a page, until all of it has come, and writes what is seen of it. */
async function take(page: Page, { path, before }: Shot, file: string): Promise<void> {
  const address = `/admin/t/${TOUR.code}/${path}`;
  await page.evaluate(
    `document.querySelector('main h1').toggleAttribute('data-left', location.pathname !== ${JSON.stringify(address.split('?')[0])});
    history.pushState({}, '', ${JSON.stringify(address)});
    dispatchEvent(new PopStateEvent('popstate'));`,
  );
  await page.locator('main .page > :first-child h1:not([data-left])').waitFor();
  const coming = page.locator('main :is([aria-busy="true"], .ant-skeleton, .ant-spin-spinning)');
  await coming.first().waitFor({ state: 'detached' });
  await before?.(page);
  await page.waitForTimeout(SETTLE_MS);
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
  writeFileSync(file, Buffer.from(data, 'base64'));
  await devtools.detach();
}

async function takeAll(
  browser: Browser,
  shots: readonly Shot[],
  url: string,
  password: string,
): Promise<number> {
  let bytes = 0;
  for (const [language, locale] of Object.entries(LOCALES))
    for (const [size, viewport] of Object.entries(SIZES))
      for (const colours of ['light', 'dark'] as const) {
        const context = await browser.newContext({ locale, colorScheme: colours, viewport });
        context.setDefaultTimeout(PATIENCE_MS);
        const page = await context.newPage();
        await signIn(page, url, password);
        for (const shot of shots) {
          const file = join(OUT, `${shot.name}-${size}-${colours}.${language}.webp`);
          await take(page, shot, file);
          bytes += statSync(file).size;
        }
        await context.close();
        console.log(`${language}, ${size}, ${colours}: ${shots.length} pictures`);
      }
  return bytes;
}

/** The pages that `--only` names, before anything is loaded for them. */
function pagesOf(only: string | undefined): string[] | undefined {
  const wanted = only?.split(',');
  const names = shotsOf({ memberId: 0, applicationId: 0 }).map(({ name }) => name);
  const unknown = wanted?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0)
    throw new Error(`--only: no page ${unknown.join(', ')}; there are ${names.join(', ')}`);
  return wanted;
}

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: runningGatewayUrl(process.env) ?? 'http://localhost:8000' },
    only: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) console.log(HELP);
else {
  const password = process.env['DEMO_PASSWORD'] ?? 'demo-pass-2026';
  const superPassword = process.env['SUPER_PASSWORD'] ?? password;
  const only = orRefuse(() => pagesOf(values.only));
  const all = shotsOf(await loadTour({ gatewayUrl: values.url, superPassword, password, log: console.log }));
  const shots = all.filter(({ name }) => only?.includes(name) ?? true);
  const found = await findChromium({ log: console.log });
  const fonts = await chineseFonts({ log: console.log });
  if (!only) rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const browser = await chromium.launch({
    executablePath: found.executablePath,
    env: { ...(process.env as Record<string, string>), ...found.env, ...fonts },
    args: ['--no-sandbox'],
  });
  try {
    const bytes = await takeAll(browser, shots, values.url, password);
    console.log(`${Math.round(bytes / 1_000)} kB in ${OUT}`);
  } finally {
    await browser.close();
  }
}
