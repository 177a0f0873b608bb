/** The main story by keyboard alone: everything is reached by Tab, and done by Enter, Space, arrows and Escape. */
import type { Locator, Page } from 'playwright-core';
import { listPointsRecords } from '@membership/contracts/endpoints/points/index';
import { listApiKeys } from '@membership/contracts/endpoints/gateway/index';
import { PASSWORD } from '../../platform-kit.ts';
import { dialog, heading, type Desk } from './desk.ts';

/** More places than a page of the demo data has. */
const MOST_STEPS = 150;

/** Walks on, or back, until it is there. Throws when it cannot be reached. */
async function reach(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await target.first().waitFor();
  for (let step = 0; step < MOST_STEPS; step++) {
    await page.keyboard.press(key);
    if ((await target.and(page.locator(':focus')).count()) > 0) return;
  }
  throw new Error(`${target.toString()} is not reached by ${key}`);
}
async function press(page: Page, target: Locator, key = 'Enter'): Promise<void> {
  await reach(page, target);
  await page.keyboard.press(key);
}
async function type(page: Page, target: Locator, text: string): Promise<void> {
  await reach(page, target);
  await page.keyboard.type(text);
}

export function keyboard(desk: Desk): void {
  const { inBrowser, visit } = desk;

  inBrowser('one signs in, finds a member, gives points, and looks why, by keyboard alone', async () => {
    const { page, close, complaints } = await visit();
    await page.goto(`${desk.kit.services.url}/admin/t/acme/overview`);
    await heading(page, 'Sign in to the console').waitFor();
    await page.getByLabel('Username', { exact: true }).focus();
    await page.keyboard.type('admin_acme');
    await type(page, page.getByLabel('Password'), PASSWORD);
    await page.keyboard.press('Enter');
    await heading(page, 'Overview').waitFor();
    // A group of the menu opens by its own button, and what is in it comes next.
    const statistics = page.getByRole('button', { name: 'Statistics' });
    await press(page, statistics);
    await press(page, page.getByRole('link', { name: 'Trends' }));
    await heading(page, 'Trends').waitFor();
    expect(await statistics.getAttribute('aria-expanded')).toBe('true');
    await press(page, page.getByRole('link', { name: 'Members', exact: true }));
    await heading(page, 'Members').waitFor();
    await type(page, page.getByRole('searchbox'), 'jane');
    await page.waitForURL(/search=jane/);
    await press(page, page.getByRole('link', { name: 'jane_roe' }));
    await heading(page, 'Jane Roe').waitFor();

    // A dialog takes the focus, Escape gives it back to what opened it.
    const give = page.getByRole('button', { name: 'Give points' });
    await press(page, give);
    await dialog(page).waitFor();
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'hidden' });
    await give.and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Space');
    await type(page, dialog(page).getByLabel('Points'), '33');
    await type(page, dialog(page).getByLabel('Reason'), 'Typed, not clicked');
    await press(page, dialog(page).getByRole('button', { name: 'Confirm' }));
    await dialog(page).waitFor({ state: 'hidden' });
    const records = page.getByRole('region', { name: 'Records' });
    const row = records.getByRole('row').filter({ hasText: 'Typed, not clicked' });
    await press(page, row.getByRole('button'));
    await page.getByText('33 × 1.00').waitFor();
    const member = await desk.kit.idOf('jane_roe');
    const { items } = await (await desk.kit.as('admin_acme')).ask(listPointsRecords, { query: { member } });
    expect(items.filter(({ points }) => points === 33)).toHaveLength(1);

    // Tabs by arrows.
    await reach(page, page.getByRole('tab', { selected: true }), 'Shift+Tab');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForURL(/tab=/);
    expect(complaints).toEqual([]);
    await close();
  });

  inBrowser(
    'several things are chosen by Space, one of a list by arrows, and no list stands in the way of what follows',
    async () => {
      const { page, close, complaints } = await desk.signedIn('t/acme/developers/keys');
      await heading(page, /API key/).waitFor();
      await press(page, page.getByRole('button', { name: 'New key' }));
      await type(page, dialog(page).getByLabel('Name'), 'By keyboard');
      const scopes = dialog(page).getByRole('group', { name: 'Scopes' });
      await press(page, scopes.getByLabel('points:read'), 'Space');
      await press(page, scopes.getByLabel('vip:read'), 'Space');
      await press(page, dialog(page).getByRole('button', { name: 'Confirm' }));
      await dialog(page).getByText('it is not shown again').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('row').filter({ hasText: 'By keyboard' }).first().waitFor();
      const { items } = await (await desk.kit.as('admin_acme')).ask(listApiKeys, {});
      expect(items.find(({ name }) => name === 'By keyboard')?.scopes).toHaveLength(2);

      // A list is chosen from by arrows; Escape closes it and leaves the dialog.
      await dialog(page).waitFor({ state: 'hidden' });
      await page.goto(`${desk.kit.services.url}/admin/t/acme/programme/benefits`);
      await press(page, page.getByRole('button', { name: 'New benefit' }));
      await reach(page, dialog(page).getByRole('combobox', { name: 'Kind' }));
      await page.keyboard.press('ArrowDown');
      await page.locator('.ant-select-dropdown:visible').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.ant-select-dropdown:visible').waitFor({ state: 'hidden' });
      await dialog(page).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.locator('.ant-select-item-option-active:visible').waitFor();
      await page.keyboard.press('Enter');
      await dialog(page)
        .locator('.ant-select-content-has-value, .ant-select-selection-item')
        .first()
        .waitFor();
      expect(complaints).toEqual([]);
      await close();
    },
  );
}
