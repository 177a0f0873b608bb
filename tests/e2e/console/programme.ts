/** A programme for a day: what is set up, sold, sent, answered and explained. */
import { readFile } from 'node:fs/promises';
import { giveFeedback, listApplications } from '@membership/contracts/endpoints/applications/index';
import { listLicenses, listPlans } from '@membership/contracts/endpoints/licenses/index';
import {
  adjustPoints,
  completeRedemption,
  deleteRule,
  listRules,
  listUserLevels,
  redeemPoints,
} from '@membership/contracts/endpoints/points/index';
import { listLeaderboard } from '@membership/contracts/endpoints/stats/leaderboards';
import { listTags } from '@membership/contracts/endpoints/vip/index';
import { eventually } from '@membership/platform/testing/eventually';
import { choose, confirm, dialog, goTo, heading, openMenu, seriousFaults, type Desk } from './desk.ts';

export function programme(desk: Desk): void {
  const { inBrowser, signedIn } = desk;
  inBrowser('what is made in a form stands in its list, and what is cleared in it is empty', async () => {
    const { page, close, complaints } = await signedIn('t/acme/programme/benefits');
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
    await close();
  });

  inBrowser(
    'what is made of many values is filled in by its parts, and what nobody touched of it stays',
    async () => {
      const { page, close, complaints, expect: expected } = await signedIn('t/acme/points/rules');
      const admin = await desk.kit.as('admin_acme');
      const part = (name: string) => dialog(page).getByRole('group', { name, exact: true });
      const rowOf = (text: string) => page.getByRole('row').filter({ hasText: text });
      await page.getByRole('button', { name: 'New rule' }).click();
      await dialog(page).getByLabel('Name', { exact: true }).fill('Long assignments');
      await choose(dialog(page), page, 'Event', 'A licence is assigned');
      await dialog(page).getByLabel('Points', { exact: true }).fill('30');
      await choose(dialog(page), page, 'Category', 'Licences');
      await part('Conditions').getByRole('button', { name: 'Add a condition' }).click();
      // What the event has is offered; one that is known is compared as what it is.
      await dialog(page).getByLabel('Conditions 1 field').click();
      await page.locator('.ant-select-item-option:visible').filter({ hasText: 'Id of the plan' }).click();
      await dialog(page).getByRole('spinbutton', { name: 'Conditions 1 value' }).waitFor();
      await dialog(page).getByLabel('Conditions 1 field').fill('planName');
      await choose(dialog(page), page, 'Conditions 1 compares', 'is one of');
      await dialog(page).getByRole('combobox', { name: 'Conditions 1 value' }).fill('direct,user_request,');
      await part('Conditions').getByRole('button', { name: 'Add a condition' }).click();
      await dialog(page).getByLabel('Conditions 2 field').fill('days');
      await dialog(page).getByText('The event has no field days').waitFor();
      await choose(dialog(page), page, 'Conditions 2 compares', 'is at least');
      await part('Points at most').getByLabel('Per member and day').fill('50');
      await dialog(page).getByRole('button', { name: 'Confirm' }).click();
      await dialog(page).getByText('days: This is needed').waitFor();
      expect(await seriousFaults(page, '[role="dialog"]')).toEqual([]);
      await dialog(page).getByRole('spinbutton', { name: 'Conditions 2 value' }).fill('30');
      await confirm(page);
      await rowOf('Long assignments').getByRole('button', { name: 'Edit' }).click();
      await part('Points at most').getByLabel('All members together').fill('1000');
      await confirm(page);
      const conditions = [
        { field: 'planName', operator: 'in', value: ['direct', 'user_request'] },
        { field: 'days', operator: 'gte', value: 30 },
      ];
      expect((await admin.ask(listRules, {})).items).toContainEqual(
        expect.objectContaining({
          name: 'Long assignments',
          points: 30,
          conditions,
          caps: { per_day: 50, per_member: null, budget: 1_000 },
        }),
      );

      // Who changed what of a rule is a page further.
      await page.getByRole('link', { name: 'History' }).click();
      await heading(page, 'Audit trail').waitFor();
      await page.getByRole('region', { name: 'Events' }).getByText('award_rule.updated.v1').first().waitFor();

      await goTo(page, '/admin/t/acme/points/levels');
      const [before] = (await admin.ask(listUserLevels, {})).items;
      await page.getByRole('button', { name: 'Edit' }).first().click();
      await part('Permissions').getByRole('button', { name: 'Add' }).click();
      const places = Object.keys(before?.permissions ?? {}).length + 1;
      await dialog(page).getByLabel(`Permissions ${places} name`).fill('can_download');
      await dialog(page)
        .getByRole('switch', { name: `Permissions ${places} value` })
        .click();
      const rate = Object.keys(before?.permissions ?? {}).indexOf('discount_rate') + 1;
      await dialog(page).getByLabel(`Permissions ${rate} value`).fill('2');
      expected(/status of 400/);
      await dialog(page).getByRole('button', { name: 'Confirm' }).click();
      await dialog(page).getByText('discount_rate: Must be a number from 0 to 1').waitFor();
      await dialog(page).getByLabel(`Permissions ${rate} value`).fill('0.5');
      await confirm(page);
      const after = (await admin.ask(listUserLevels, {})).items.find(({ id }) => id === before?.id);
      expect(after).toEqual({
        ...before,
        permissions: { ...before?.permissions, discount_rate: 0.5, can_download: true },
        updated_at: expect.any(String),
      });
      // A member's permissions have names; one of the tenant's own has that which it was given.
      const john = await desk.kit.idOf('john_doe');
      await goTo(page, `/admin/t/acme/members/${john}?tab=permissions`);
      await page.getByRole('row', { name: 'Discount rate discount_rate' }).waitFor();
      await page.getByRole('cell', { name: 'can_download', exact: true }).waitFor();

      await goTo(page, '/admin/t/acme/licences/catalogue');
      const plan = (await admin.ask(listPlans, {})).items.find(({ name }) => name === '专业版');
      await rowOf('SuperApp').getByRole('button', { name: 'Expand row' }).click();
      const planCard = page
        .locator('.ant-card')
        .filter({ hasText: plan?.name ?? '' })
        .last();
      await planCard.getByRole('button', { name: 'Edit' }).click();
      await part('Policy').getByLabel('Days of grace').fill('7');
      await confirm(page);
      await planCard.getByText('Policy: Days of grace').waitFor();
      const changed = (await admin.ask(listPlans, {})).items.find(({ id }) => id === plan?.id);
      expect(changed).toEqual({
        ...plan,
        policy: { ...plan?.policy, grace_days: 7 },
        updated_at: expect.any(String),
      });

      await goTo(page, '/admin/t/acme/vip/tags');
      const [tag] = (await admin.ask(listTags, {})).items;
      await rowOf(tag?.tag_code ?? '')
        .getByRole('button', { name: 'Edit' })
        .click();
      await part('Price').getByLabel('A month').fill('12.5');
      await part('Quotas it multiplies')
        .getByRole('button', { name: /^Remove/ })
        .first()
        .click();
      await confirm(page);
      const [, ...quotas] = Object.entries(tag?.quota_modifiers ?? {});
      const sold = (await admin.ask(listTags, {})).items.find(({ id }) => id === tag?.id);
      expect(sold).toEqual({
        ...tag,
        price_config: { ...tag?.price_config, monthly_price: 12.5 },
        quota_modifiers: Object.fromEntries(quotas),
        updated_at: expect.any(String),
      });
      expect(complaints).toEqual([]);
      await close();
    },
  );

  inBrowser(
    'redemptions are a board: a page more at a time, what the state allows, by keyboard, and where it is narrow',
    async () => {
      const admin = await desk.kit.as('admin_acme');
      const jane = await desk.kit.as('jane_roe');
      const member = await desk.kit.idOf('jane_roe');
      const body = { points_amount: 5_500, reason: 'To redeem' };
      await admin.ask(adjustPoints, { params: { id: String(member) }, body });
      const delivery_address = { name: 'Jane', phone: '13800138000', address: '8 Harbour Road' };
      const ids: string[] = [];
      for (let made = 0; made < 11; made++) {
        const asked = { redemption_item_id: 'GIFT001', delivery_address };
        ids.push((await jane.ask(redeemPoints, { body: asked })).redemption_id);
      }
      const [oldest = '', received = ''] = ids;
      const {
        page,
        close,
        complaints,
        expect: mayComplain,
      } = await signedIn(`t/acme/programme/redemptions?user_id=${member}`);
      const column = (name: string) => page.getByRole('region', { name, exact: true });
      const card = (name: string, id: string) => column(name).locator(`[data-id="${id}"]`);
      await column('Requested').getByRole('heading', { name: 'Requested 11' }).waitFor();
      expect(await column('Requested').getByRole('listitem').count()).toBe(10);
      await column('Requested').getByRole('button', { name: 'More' }).click();
      await card('Requested', oldest).getByText('500 points').waitFor();
      expect(await column('Requested').getByRole('button', { name: 'More' }).count()).toBe(0);
      expect(await card('Requested', oldest).getByRole('button').allTextContents()).toEqual([
        'Ship',
        'Complete',
        'Cancel',
      ]);

      // Somebody else was faster: it is said where it was asked, and the card stands where it is now.
      await card('Requested', received)
        .getByRole('button', { name: /^Cancel/ })
        .click();
      await admin.ask(completeRedemption, { params: { redemption_id: received } });
      mayComplain(/409.*cancel/);
      await dialog(page).getByLabel('Reason').fill('Too late');
      await dialog(page).getByRole('button', { name: 'Confirm' }).click();
      await dialog(page).getByText('The state is “Completed” now, which does not allow this').waitFor();
      expect(await dialog(page).getByText('current_state').count()).toBe(0);
      await page.keyboard.press('Escape');
      await card('Completed', received)
        .getByRole('button', { name: `Take back ${received}` })
        .waitFor();

      await card('Requested', oldest)
        .getByRole('button', { name: `Ship ${oldest}` })
        .press('Enter');
      await dialog(page).getByLabel('Tracking code').press('S');
      await page.keyboard.press('Enter');
      await card('Shipped', oldest).getByText('Details').waitFor();
      await eventually(async () => expect(await page.locator(':focus').getAttribute('data-id')).toBe(oldest));
      expect(await seriousFaults(page)).toEqual([]);

      await page.setViewportSize({ width: 390, height: 900 });
      await page.getByRole('radiogroup', { name: 'State' }).getByText('Completed 1').click();
      await page.waitForURL(/status=completed/);
      await card('Completed', received).waitFor();
      expect(await column('Requested').count()).toBe(0);
      expect(await seriousFaults(page)).toEqual([]);

      // The list is narrowed by what the board was.
      await page.getByRole('radiogroup', { name: 'View' }).getByText('List').click();
      await page.waitForURL(/view=list/);
      await page.getByText('1 in all').waitFor();
      const file = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export CSV' }).click();
      const lines = (await readFile(await (await file).path(), 'utf8')).trimEnd().split('\r\n');
      expect(lines).toHaveLength(2);
      expect(lines[1]).toContain(`${received},${member},GIFT001`);
      expect(complaints).toEqual([]);
      await close();
    },
  );

  inBrowser(
    'an operator runs a programme for a day by clicks alone, and finds out why somebody has 120 points',
    async () => {
      const { page, context, close, complaints } = await signedIn('t/acme/overview');
      const inList = (text: string) => page.getByRole('row').filter({ hasText: text });
      const pick = async (label: string, typed: string) => {
        await dialog(page).getByRole('combobox', { name: label }).fill(typed);
        await page.locator('.ant-select-item-option:visible').filter({ hasText: typed }).first().click();
      };
      // The figures come by themselves: nothing is asked again for them.
      await page.getByText('as it happens').waitFor();
      const watched = await context.newPage();
      await watched.goto(`${desk.kit.services.url}/admin/t/acme/overview`);
      await watched.getByText('as it happens').waitFor();
      const earned = watched.locator('.figure').filter({ hasText: 'Points earned' }).locator('strong');
      const before = await earned.textContent();

      await page.getByRole('region', { name: 'Top members' }).waitFor();
      const menu = (name: string) => page.getByRole('link', { name, exact: true }).click();
      await openMenu(page);
      await menu('User levels');
      await page.getByRole('button', { name: 'Edit' }).first().click();
      await dialog(page).getByLabel('Description').fill('Where everybody begins');
      await confirm(page);
      await menu('Award rules');
      await page.getByRole('button', { name: 'New rule' }).click();
      await dialog(page).getByLabel('Name').fill('Thanks for what you say');
      await pick('Event', 'Feedback is given');
      await dialog(page).getByLabel('Points', { exact: true }).fill('120');
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
      // What was tried stands there the next time.
      await page.getByRole('button', { name: 'Dry run' }).click();
      await dialog(page).getByRole('button', { name: 'Confirm' }).click();
      await dialog(page).getByText('In all 120').waitFor();
      await dialog(page).getByRole('button', { name: 'Change it and try again' }).click();
      await pick('Event', 'A device is bound');
      await dialog(page).getByRole('button', { name: 'Confirm' }).click();
      await dialog(page).getByText('In all 0').waitFor();
      await dialog(page).getByRole('button', { name: 'Close', exact: true }).last().click();

      const jane = await desk.kit.as('jane_roe');
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
      const top = watched.getByRole('region', { name: 'Top members' });
      const admin = await desk.kit.as('admin_acme');
      await eventually(async () => {
        await watched.reload();
        await top.getByRole('row').first().waitFor();
        const shown = (await top.getByRole('row').allTextContents()).join('\n');
        const { items: leaders } = await admin.ask(listLeaderboard, {
          query: { metric: 'earned', window: 'month', page_size: '5' },
        });
        expect(leaders.length).toBeGreaterThan(0);
        for (const { rank, display_name, score } of leaders)
          expect(shown).toContain(`${rank}${display_name ?? '–'}${score.toLocaleString('en-GB')}`);
      });

      await menu('Members');
      await page.getByRole('link', { name: 'jane_roe' }).click();
      await inList('+120').getByRole('button').click();
      const why = page.getByRole('region', { name: 'What led to what' });
      await why.getByText('feedback.opened.v1').waitFor();
      await why.getByText('points.earned.v1').waitFor();
      // Its rule is named; once that is gone there is the id, and nothing to complain of.
      await page.getByRole('link', { name: 'Thanks for what you say' }).waitFor();
      const thanks = (await admin.ask(listRules, {})).items.find(({ points }) => points === 120);
      await admin.ask(deleteRule, { params: { id: String(thanks?.id) } });
      await page.reload();
      await inList('+120').getByRole('button').click();
      await page
        .getByRole('definition')
        .getByRole('link', { name: `#${thanks?.id}` })
        .waitFor();
      await openMenu(page);

      await admin.ask(adjustPoints, {
        params: { id: String(await desk.kit.idOf('john_doe')) },
        body: { points_amount: 600, reason: 'To redeem' },
      });
      const { redemption_id } = await (await desk.kit.as('john_doe')).ask(redeemPoints, {
        body: {
          redemption_item_id: 'GIFT001',
          delivery_address: { name: 'John', phone: '13800138000', address: '8 Harbour Road' },
        },
      });
      await menu('Redemptions');
      const step = (name: string) => page.getByRole('button', { name: `${name} ${redemption_id}` }).click();
      await step('Ship');
      await dialog(page).getByLabel('Tracking code').fill('SF-1');
      await confirm(page);
      await step('Complete');
      await confirm(page);
      // The board knows the id alone.
      const completed = page.getByRole('region', { name: 'Completed', exact: true });
      await completed.getByRole('link', { name: 'John Doe' }).first().waitFor();
      await step('Take back');
      await dialog(page).getByText('The member gets 500 points back').waitFor();
      await page.keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'hidden' });

      await page.getByRole('link', { name: 'Licences', exact: true }).click();
      await page.getByRole('button', { name: 'Issue a licence' }).click();
      await pick('Product', 'SuperApp');
      await pick('Plan', '专业版');
      await dialog(page).getByLabel(/^Ends/).fill('2099-06-30T12:00');
      await dialog(page).getByRole('button', { name: 'Confirm' }).click();
      await dialog(page).getByText('Licence key').waitFor();
      await dialog(page).getByRole('button', { name: 'Close', exact: true }).last().click();
      await inList('30/06/2099, 12:00').getByRole('button', { name: 'Renew' }).click();
      await dialog(page).getByText('It ends at present: 30/06/2099, 12:00').waitFor();
      await dialog(page).getByLabel('Days').fill('1');
      await confirm(page);
      await inList('01/07/2099, 12:00').waitFor();
      await menu('Assignments');
      await page.getByRole('button', { name: 'Assign a licence' }).click();
      await pick('Member', 'jane_roe');
      // Not the one that was issued: that has to be without an assignment below.
      await pick('Licence', 'ABC-DEF-GHI');
      await confirm(page);
      await inList('jane_roe').getByText('Assigned', { exact: true }).waitFor();
      // A licence is found as one types part of its key; what the address says and nobody has shows its id.
      const { items: licences } = await admin.ask(listLicenses, { query: { page_size: '100' } });
      const unused = licences.find(({ open_assignments }) => open_assignments === 0);
      const typed = unused?.license_key.toLowerCase().replaceAll('-', '').slice(3, 15) ?? '';
      await page.getByRole('combobox', { name: 'Licence' }).fill(typed);
      const offered = page.locator('.ant-select-item-option:visible');
      await offered.filter({ hasText: unused?.license_key ?? '' }).click();
      await page.waitForURL(new RegExp(`license_id=${unused?.id}`));
      await inList('jane_roe').waitFor({ state: 'detached' });
      await goTo(page, '/admin/t/acme/licences/assignments?license_id=999999');
      await page.getByTitle('#999999').waitFor();
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
      await close();
    },
  );
}
