/** Members: points once however often one clicks, many at a time, held, explained. */
import { readFileSync } from 'node:fs';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import { listAssignments } from '@membership/contracts/endpoints/licenses/index';
import { adjustPoints, getProfile, listPointsRecords } from '@membership/contracts/endpoints/points/index';
import { listUserTags } from '@membership/contracts/endpoints/vip/index';
import { dayOf, plusDays } from '@membership/platform/calendar';
import { eventually } from '@membership/platform/testing/eventually';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { choose, confirm, dialog, goTo, heading, seriousFaults, type Desk } from './desk.ts';

/** That of the demo tenant. */
const ZONE = 'Asia/Shanghai';
const LONG_NAME = 'Wolfeschlegelsteinhausenbergerdorff'.repeat(2);

export function members(desk: Desk): void {
  const { inBrowser, signedIn } = desk;
  const recordsOfJohn = async () => {
    const member = await desk.kit.idOf('john_doe');
    return (await (await desk.kit.as('admin_acme')).ask(listPointsRecords, { query: { member } })).items;
  };

  inBrowser(
    'points are given once however often one clicks, a refusal stays in its dialog, and a record says why',
    async () => {
      const { page, close, complaints, expect: mayComplain } = await signedIn('t/acme/members');
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
        expect((await recordsOfJohn()).map(({ points }) => points)).toEqual(
          expect.arrayContaining([-20, 120]),
        ),
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
      await close();
    },
  );

  inBrowser('a level that was set by hand says until when, by whom and why, on both ladders', async () => {
    const jane = await desk.kit.idOf('jane_roe');
    const { page, close, complaints } = await signedIn(`t/acme/members/${jane}`);
    const card = (name: string) =>
      page.locator('.ant-card').filter({ has: page.getByRole('heading', { name }) });
    const byPoints = card('User level (by points)');
    await byPoints.getByRole('button', { name: 'Set the user level' }).click();
    await choose(dialog(page), page, 'User level', '黄金会员');
    await dialog(page).getByLabel('Reason').fill('Gold at our partner');
    await confirm(page);
    for (const text of ['Gold at our partner', 'Until it is freed', 'Alice Admin'])
      await byPoints.getByText(text).waitFor();
    await byPoints.getByRole('button', { name: 'Free the user level' }).click();
    await dialog(page).getByText('“黄金会员” is set by hand').waitFor();
    await dialog(page).getByLabel('Reason').fill('The partnership is over');
    await confirm(page);
    await byPoints.getByText('Set by hand').waitFor({ state: 'hidden' });

    const bySpending = card('Member level (by money spent)');
    await bySpending.getByRole('button', { name: 'Set the member level' }).click();
    await dialog(page).getByText('a floor until it is set again').waitFor();
    await choose(dialog(page), page, 'Member level', '银牌会员');
    await dialog(page).getByRole('button', { name: 'Confirm' }).click();
    await dialog(page).getByText('This is needed').waitFor();
    await dialog(page).getByLabel('Reason').fill('Agreed on the telephone');
    await confirm(page);
    for (const text of ['Agreed on the telephone', 'Until it is set again'])
      await bySpending.getByText(text).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  inBrowser('records are narrowed by the days that one chooses, which the address keeps', async () => {
    await clearOfMidnight(ZONE);
    const today = dayOf(ZONE, new Date());
    const john = await desk.kit.idOf('john_doe');
    await (await desk.kit.as('admin_acme')).ask(adjustPoints, {
      params: { id: String(john) },
      body: { points_amount: 7, reason: 'Of today' },
    });
    const { page, close, complaints } = await signedIn(`t/acme/points/records?member=${john}`);
    const records = page.getByRole('region', { name: 'Points records' });
    await records.getByText('Of today').waitFor();
    await page.getByLabel('From').fill(plusDays(today, 1));
    await records.getByText('Nothing matches').waitFor();
    await page.getByLabel('From').fill(today);
    await page.getByLabel('To').fill(today);
    await records.getByText('Of today').waitFor();
    // Loaded anew, it is as it was; and so it is for who is sent the address.
    await page.reload();
    await records.getByText('Of today').waitFor();
    expect(await page.getByLabel('From').inputValue()).toBe(today);
    expect(await page.getByLabel('To').inputValue()).toBe(today);
    await page.getByLabel('From').fill('');
    await page.getByLabel('To').fill(plusDays(today, -1));
    await records.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await records.getByText('Of today').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  inBrowser(
    'members from a table are looked at, added, and reported row by row; points, a tag and a licence go to many, each once',
    async () => {
      const { page, close, complaints } = await signedIn('t/acme/members');
      const admin = await desk.kit.as('admin_acme');
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
        `many_two,two@acme.example,${LONG_NAME}`,
        ',nobody@acme.example',
        'many_three,nowhere',
        'john_doe,again@acme.example',
      ]);
      await page.getByText('3 rows will be done; 2 are wrong').waitFor();
      await rowOf('nobody@acme').getByText('Username is missing').waitFor();
      await rowOf('many_three').getByText('E-mail is no address').waitFor();
      // Who goes back finds what was read.
      await page.getByRole('button', { name: 'Back' }).click();
      expect(await page.getByRole('textbox', { name: 'Rows' }).inputValue()).toContain('many_three,nowhere');
      await page.getByRole('button', { name: 'Check' }).click();
      expect(await seriousFaults(page)).toEqual([]);
      await doIt();
      await page.getByText('Done: 2 · failed: 1').waitFor();
      await rowOf('john_doe').getByText('Username:').waitFor();
      // What was not done is saved with why, mended, and read again as it is.
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Failed rows as a file' }).click();
      const failed = readFileSync(await (await saved).path(), 'utf8');
      expect(failed).toMatch(/^\uFEFFusername,.*,error\r\n/);
      expect(failed.trim().split('\r\n')).toHaveLength(4);
      await page.getByRole('button', { name: 'Begin anew' }).click();
      await fill([failed.replace('john_doe', 'many_four')]);
      await page.getByText('1 row will be done; 2 are wrong').waitFor();
      await doIt();
      await page.getByText('Done: 1 · failed: 0 · wrong and left out: 2').waitFor();
      const { items } = await admin.ask(identity.listMembers, { query: { search: 'many_' } });
      expect(items.map(({ display_name }) => display_name)).toContain('One, the first');
      expect(items).toHaveLength(3);
      const ids = items.filter(({ username }) => username !== 'many_four').map(({ id }) => id);
      const [one] = items.filter(({ username }) => username === 'many_one');
      await eventually(async () => {
        for (const id of ids) await admin.ask(getProfile, { params: { id: String(id) } });
      });

      await goTo(page, '/admin/t/acme/points/records');
      await page.getByRole('link', { name: 'Points for many' }).click();
      // A look-up that finds the platform away is made again.
      await page.route(
        (url) => url.searchParams.get('username') === 'many_two',
        (route) => route.fulfill({ status: 503, json: { success: false, error: { code: 'SYS_002' } } }),
        { times: 1 },
      );
      await fill(['many_one,30', `${String(one?.id)},1`, 'many_two,40,late', 'many_none,5', 'many_two,1.5']);
      await page.getByText(/rows? will be done/).waitFor();
      await rowOf('many_none').getByText('There is no such member').waitFor();
      await page.getByLabel('Reason').fill('Harvest');
      await doIt();
      await page.getByText(/Done: 2 · failed: 0/).waitFor();
      // Read again as it is, nothing of it is done: also not the row of somebody who was given points above it.
      const notDone = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Failed rows as a file' }).click();
      const left = readFileSync(await (await notDone).path(), 'utf8');
      await page.getByRole('button', { name: 'Begin anew' }).click();
      await fill([left]);
      await page.getByText('0 rows will be done; 3 are wrong').waitFor();
      await rowOf('stands in a row before it').getByText(String(one?.id), { exact: true }).waitFor();
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
      await fill(['many_one', 'many_two', 'many_none']);
      await page.getByRole('button', { name: 'Failed rows as a file' }).waitFor();
      await choose(page, page, 'Licence', 'SuperApp');
      await doIt();
      await page.waitForURL(/batch=\d+/);
      await page.getByText('Completed').waitFor();
      // Its address shows it again, and the list of batches leads to it.
      await page.reload();
      await page.getByText('Completed').waitFor();
      const batch = new URL(page.url()).searchParams.get('batch');
      await page.getByRole('main').getByRole('link', { name: 'Batches' }).click();
      await heading(page, 'Batches').waitFor();
      await rowOf(`#${batch}`).filter({ hasText: 'Completed' }).getByRole('link').click();
      await heading(page, 'A licence for many').waitFor();
      for (const id of ids)
        expect((await admin.ask(listAssignments, { query: { member_id: String(id) } })).count).toBe(1);
      // A long name takes lines: nothing is pushed out of sight.
      await goTo(page, '/admin/t/acme/members?search=many_two');
      const overOf = (what: string) =>
        page.evaluate<number>(
          `((one) => one.scrollWidth - one.clientWidth)(document.querySelector('${what}'))`,
        );
      expect(await overOf('.ant-table-content')).toBe(0);
      await page.setViewportSize({ width: 390, height: 900 });
      await page.getByRole('link', { name: 'many_two' }).click();
      await heading(page, LONG_NAME).waitFor();
      expect(await overOf('html')).toBe(0);
      expect(complaints).toEqual([]);
      await close();
    },
  );

  inBrowser(
    'points are held and spent, a statement adds up, and a record leads to what led to it',
    async () => {
      const { page, close, complaints } = await signedIn(`t/acme/members/${await desk.kit.idOf('jane_roe')}`);
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
      // Those of all members are a page of their own.
      await goTo(page, '/admin/t/acme/points/holds?status=captured');
      await page.getByRole('row').filter({ hasText: 'Jane Roe' }).getByText('Features').waitFor();
      await page.goBack();
      await page.getByRole('tab', { name: 'Statement' }).click();
      const statement = page.getByRole('region', { name: 'Statement' });
      await statement.getByRole('row').filter({ hasText: '-25' }).waitFor();
      await statement.getByText('65').first().waitFor();
      await statement.getByRole('row').filter({ hasText: '+90' }).getByText('Given by hand').waitFor();
      const file = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export CSV' }).click();
      expect((await file).suggestedFilename()).toMatch(/^statement-\d+-/);
      await page.getByRole('tab', { name: 'History' }).click();
      await page.getByRole('row').filter({ hasText: 'points.captured.v1' }).getByRole('button').click();
      await page.getByRole('region', { name: 'What led to what' }).getByText('points.captured.v1').waitFor();
      expect(await seriousFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await close();
    },
  );
}
