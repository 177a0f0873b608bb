/** Every page in both languages, widths and themes: nothing in the way of anybody, nothing to complain of. */
import { dialog, goTo, heading, openMenu, seriousFaults, type Desk } from './desk.ts';

/** Every page of the menu, one after the other. */
const TOUR_MS = 400_000;
const TABS = ['statement', 'holds', 'history', 'permissions', 'tags', 'licences', 'sessions'] as const;
const looks = [
  { locale: 'en-GB', width: 1440, colours: 'light' },
  { locale: 'zh-CN', width: 390, colours: 'dark' },
] as const;

export function everyPage(desk: Desk): void {
  const { inBrowser, signedIn } = desk;
  for (const [turn, look] of looks.entries())
    inBrowser(
      `every page, ${Object.values(look).join(', ')}: nothing in the way of anybody, nothing to complain of`,
      async () => {
        const { page, close, complaints } = await signedIn('t/acme/overview', 'root', look);
        await heading(page, /Overview|概览/).waitFor();
        // Its browser asks for less motion.
        expect(
          await page.evaluate<string>("getComputedStyle(document.querySelector('main')).transitionProperty"),
        ).toBe('none');
        if (look.width < 1000) await page.getByRole('button', { name: '菜单' }).click();
        const menu = page.getByRole('navigation', { name: /Menu|菜单/ }).getByRole('link');
        await openMenu(page);
        const addresses = await menu.evaluateAll((links) =>
          links.map((link) => link.getAttribute('href') ?? ''),
        );
        expect(addresses.length).toBeGreaterThan(30);
        const faults: string[] = [];
        const john = await desk.kit.idOf('john_doe');
        const others = [
          ...['members/import', 'points/many', 'vip/many', 'licences/many', 'account'],
          `members/${john}`,
          ...TABS.map((tab) => `members/${john}?tab=${tab}`),
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
        await close();
      },
      TOUR_MS,
    );
}
