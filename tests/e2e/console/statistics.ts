/** Statistics: who stays, what became of tags and licences, and all of it as files. */
import { readFile } from 'node:fs/promises';
import { earnPoints } from '@membership/contracts/endpoints/points/index';
import {
  getMembersRetention,
  getPointsLiability,
  listLeaderboard,
} from '@membership/contracts/endpoints/stats/index';
import { eventually } from '@membership/platform/testing/eventually';
import type { Page } from 'playwright-core';
import { heading, seriousFaults, type Desk } from './desk.ts';

/** The lines of what a button hands over, without the mark of its letters. */
async function linesOf(page: Page, button: () => Promise<void>): Promise<string[]> {
  const coming = page.waitForEvent('download');
  await button();
  const text = await readFile(await (await coming).path(), 'utf8');
  return text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/);
}

export function statistics(desk: Desk): void {
  const { inBrowser, signedIn } = desk;

  inBrowser('retention is told by week and by month, in colours and in words, and is a file', async () => {
    const { page, close, complaints } = await signedIn('t/acme/statistics/retention');
    const admin = await desk.kit.as('admin_acme');
    const heat = page.getByRole('region', { name: 'Retention by cohort' });
    for (const interval of ['week', 'month'] as const) {
      if (interval === 'month') {
        await page.getByRole('radiogroup', { name: 'Cohorts' }).getByText('By month').click();
        await page.waitForURL(/cohorts=month/);
      }
      const { cohorts } = await admin.ask(getMembersRetention, { query: { interval } });
      const joined = cohorts.at(-1);
      const row = heat.getByRole('row').filter({ hasText: joined?.period ?? 'no cohort' });
      await row.getByRole('cell').first().waitFor();
      const cells = await row.getByRole('cell').allTextContents();
      expect(cells.map(Number)).toEqual([
        joined?.members,
        ...(joined?.retention ?? []).map(({ percentage }) => percentage),
      ]);
    }
    const lines = await linesOf(page, () => page.getByRole('button', { name: 'Export CSV' }).last().click());
    expect(lines[0]).toMatch(/period.*members.*active_members/);
    expect(lines.length).toBeGreaterThan(12);
    await page.getByText('As a table').first().click();
    await page.getByRole('columnheader', { name: 'The span before' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  inBrowser('what is owed is told by when it ends and in money, and is a file', async () => {
    const { page, close, complaints } = await signedIn('t/acme/statistics/liability');
    const admin = await desk.kit.as('admin_acme');
    const owed = page.getByRole('region', { name: 'By when they end' });
    for (const interval of ['month', 'year'] as const) {
      if (interval === 'year') {
        await page.getByRole('radiogroup', { name: 'Stretch' }).getByText('By year').click();
        await page.waitForURL(/by=year/);
      }
      const { expiring } = await admin.ask(getPointsLiability, { query: { interval } });
      const [first] = expiring;
      const row = owed.getByRole('row').filter({ hasText: first?.period ?? 'no period' });
      await row.getByRole('cell').nth(1).waitFor();
      const points = (await row.getByRole('cell').nth(1).textContent())?.replaceAll(',', '');
      expect(Number(points)).toBe(first?.points);
    }
    const lines = await linesOf(page, () => page.getByRole('button', { name: 'Export CSV' }).first().click());
    expect(lines[0]).toMatch(/period.*points.*value/);
    await page.getByRole('heading', { name: 'What became of points, by when they were earned' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  inBrowser('reports of tags and licences are charts, funnels and files', async () => {
    const { page, close, complaints } = await signedIn('t/acme/vip/report?days=7');
    await heading(page, 'Tag report').waitFor();
    await page.getByRole('list', { name: 'Purchases' }).getByText('Asked for').waitFor();
    const exports = page.getByRole('button', { name: 'Export CSV' });
    await exports.nth(2).waitFor();
    // What the page compares, the file does, too.
    expect((await linesOf(page, () => exports.first().click()))[0]).toMatch(/tag_name.*,previous\.granted/);
    expect((await linesOf(page, () => exports.nth(1).click()))[0]).toMatch(/reason.*,previous\.failed/);
    expect((await linesOf(page, () => exports.nth(2).click()))[0]).toMatch(/churn_percent/);
    await page.getByRole('button', { name: 'Licences', expanded: false }).click();
    await page.getByRole('link', { name: 'Licence report' }).click();
    await page.getByRole('list', { name: 'From assignment to use' }).getByText('Activated').waitFor();
    await page.getByRole('radiogroup', { name: 'Grouped by' }).getByText('Day').click();
    await page.waitForURL(/by=date/);
    const files = page.getByRole('button', { name: 'Export CSV' });
    await files.nth(2).waitFor();
    expect((await linesOf(page, () => files.first().click()))[0]).toMatch(
      /plan_name.*,previous\.period\.issued/,
    );
    // Every day of the span has a line.
    expect((await linesOf(page, () => files.nth(1).click())).length).toBeGreaterThan(30);
    expect((await linesOf(page, () => files.nth(2).click()))[0]).toMatch(/severity/);
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  inBrowser('a leaderboard is a file: the whole board that is shown', async () => {
    const admin = await desk.kit.as('admin_acme');
    const john = await desk.kit.idOf('john_doe');
    await admin.ask(earnPoints, {
      params: { id: String(john) },
      body: { points_amount: 5, category: 'manual' },
    });
    const first = await eventually(async () => {
      const { items } = await admin.ask(listLeaderboard, { query: { metric: 'earned', window: 'all' } });
      expect(items).not.toEqual([]);
      return items[0];
    });
    const { page, close, complaints } = await signedIn(
      't/acme/statistics/leaderboards?metric=earned&window=all',
    );
    const row = page.getByRole('region', { name: 'Leaderboard' }).getByRole('row').nth(1);
    await row.getByText(String(first?.display_name)).waitFor();
    const lines = await linesOf(page, () => page.getByRole('button', { name: 'Export CSV' }).click());
    expect(lines[0]).toMatch(/^rank,.*score.*,cursor$/);
    expect(lines[1]).toContain(`,${first?.score},`);
    expect(complaints).toEqual([]);
    await close();
  });

  inBrowser('the audit trail is a file: all of what it is narrowed to, a line an event', async () => {
    const { page, close, complaints } = await signedIn('t/acme/statistics/trail?type=member.created.v1');
    await page.getByRole('region', { name: 'Events' }).getByText('member.created.v1').first().waitFor();
    const lines = await linesOf(page, () => page.getByRole('button', { name: 'Export NDJSON' }).click());
    const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
    expect(new Set(types)).toEqual(new Set(['member.created.v1']));
    const table = await linesOf(page, () => page.getByRole('button', { name: 'Export CSV' }).click());
    expect(table[0]).toMatch(/^position,id,.*cursor$/);
    // Who did it is chosen by name, which the address keeps.
    await page.getByRole('combobox', { name: 'By whom' }).fill('admin_acme');
    await page.locator('.ant-select-item-option:visible').filter({ hasText: 'Alice Admin' }).click();
    await page.waitForURL(/actor=user/);
    await page.reload();
    await page.getByRole('search').getByText('Alice Admin').waitFor();
    // An API key, which no list of the filter has, is typed.
    await page.getByRole('combobox', { name: 'By whom' }).fill('client:key@7');
    await page.locator('.ant-select-item-option:visible').filter({ hasText: 'client:key@7' }).click();
    await page.waitForURL((url) => url.searchParams.get('actor') === 'client:key@7');
    expect(complaints).toEqual([]);
    await close();
  });
}
