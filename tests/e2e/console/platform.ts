/** The platform administrator: events that could not be handled, plans of tenants, their hosts and what they used. */
import { randomUUID } from 'node:crypto';
import amqp from 'amqplib';
import { listTenants } from '@membership/contracts/endpoints/gateway/index';
import { listEvents } from '@membership/contracts/endpoints/stats/index';
import { topologyNames } from '@membership/platform/topology';
import { choose, confirm, dialog, goTo, heading, seriousFaults, type Desk } from './desk.ts';

export function platform(desk: Desk): void {
  const { inBrowser, signedIn } = desk;

  /** Puts messages where the points service parks what it could not handle; answers what empties it. */
  async function park(...messages: readonly unknown[]): Promise<() => Promise<void>> {
    const { AMQP_URL = '', BUS_PREFIX } = desk.kit.services.environmentOf('points');
    const { dead } = topologyNames('points', BUS_PREFIX);
    const broker = await amqp.connect(AMQP_URL);
    const channel = await broker.createConfirmChannel();
    for (const message of messages)
      channel.sendToQueue(dead, Buffer.from(JSON.stringify(message)), { persistent: true });
    await channel.waitForConfirms();
    return async () => {
      await channel.purgeQueue(dead);
      await broker.close();
    };
  }

  const tenantOf = async (code: string) => {
    const { items } = await (await desk.kit.as('root')).ask(listTenants, { query: { code } });
    return items[0]?.id as number;
  };

  inBrowser(
    'parked events are seen on the overview, shown, and replayed; what cannot be read stays',
    async () => {
      const admin = await desk.kit.as('admin_acme');
      const { results } = await admin.ask(listEvents, { query: { type: 'member.created.v1' } });
      const [event] = results;
      if (!event) throw new Error('no member of the demo data was heard of');
      const { id, type, time, subject, sequence, data } = event;
      const envelope = {
        ...{ specversion: '1.0', id: randomUUID(), source: '/services/gateway', type, subject, time },
        ...{ datacontenttype: 'application/json', tenantid: await tenantOf('acme'), actor: 'system' },
        ...{ correlationid: id, sequence, data },
      };
      const empty = await park(envelope, ['no event']);
      const { page, close, complaints, expect: mayComplain } = await signedIn('t/acme/overview', 'root');
      await page.getByRole('link', { name: 'Events that could not be handled: 2' }).click();
      await heading(page, 'Dead letters').waitFor();
      await page.getByText('points · 2').waitFor();
      const rows = page.getByRole('region', { name: 'Dead letters' }).getByRole('row');
      const good = rows.filter({ hasText: 'member.created.v1' });
      await good.getByRole('button', { name: /Expand/ }).click();
      await page.getByText(`"id": "${envelope.id}"`).waitFor();
      expect(await seriousFaults(page)).toEqual([]);
      // What is open of it asks once more, and it is gone.
      mayComplain(/404.*dead-letters/);
      await good.getByRole('button', { name: 'Replay' }).click();
      await dialog(page).getByText('no second effect').waitFor();
      await confirm(page);
      await good.waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: 'Replay all' }).click();
      await dialog(page).getByRole('textbox').fill('points');
      await confirm(page);
      await rows.filter({ hasText: 'Unreadable' }).waitFor();
      await goTo(page, '/admin/platform/health');
      await page.getByRole('link', { name: 'Events that could not be handled: 1' }).waitFor();
      await empty();
      expect(complaints).toEqual([]);
      await close();
    },
  );

  inBrowser(
    'a plan is set up, given to a tenant with hosts, seen by it with its usage, and taken back',
    async () => {
      const { page, close, complaints } = await signedIn('platform/plans', 'root');
      const row = (text: string) => page.getByRole('row').filter({ hasText: text });
      await page.getByRole('button', { name: 'New plan' }).click();
      await dialog(page).getByLabel('Code').fill('console-small');
      await dialog(page).getByLabel('Name').fill('Small');
      await dialog(page).getByLabel('Requests a day').fill('100000');
      await dialog(page).getByLabel('Requests a minute, members').fill('600');
      await confirm(page);
      await row('console-small').filter({ hasText: '600' }).waitFor();
      await page.getByRole('link', { name: 'Tenants', exact: true }).click();
      await row('globex').getByRole('button', { name: 'Edit' }).click();
      await choose(dialog(page), page, 'Plan', 'Small');
      await dialog(page).getByLabel('Hosts of its own').fill('members.globex.example');
      await confirm(page);
      await row('globex').getByText('console-small').waitFor();
      await row('globex')
        .getByRole('button', { name: /Expand/ })
        .click();
      await page.getByText('members.globex.example').waitFor();
      await page.getByRole('link', { name: 'Plan and usage' }).click();
      await heading(page, 'Plan and usage').waitFor();
      await page.getByText('Small (console-small)').waitFor();
      await page.getByText('100,000').first().waitFor();
      expect(await seriousFaults(page)).toEqual([]);

      await goTo(page, '/admin/t/globex/developers/security');
      await page.getByRole('button', { name: 'Edit' }).click();
      await dialog(page).getByLabel('Origins of pages that may call').fill('https://shop.globex.example');
      await confirm(page);
      await page.getByText('https://shop.globex.example').waitFor();

      await goTo(page, '/admin/platform/plans');
      const remove = row('console-small').getByRole('button', { name: 'Delete' });
      expect(await remove.getAttribute('title')).toBe('Tenants have it: give them another one first');
      await page.getByRole('link', { name: 'Tenants', exact: true }).click();
      await row('globex').getByRole('button', { name: 'Edit' }).click();
      await dialog(page)
        .locator('.ant-form-item')
        .filter({ hasText: 'Plan' })
        .locator('.ant-select-clear')
        .first()
        .click();
      await dialog(page).getByLabel('Hosts of its own').fill('');
      await confirm(page);
      await row('globex').getByText('console-small').waitFor({ state: 'hidden' });
      await page.getByRole('link', { name: 'Tenant plans' }).click();
      await row('console-small').getByRole('button', { name: 'Delete' }).click();
      await dialog(page).getByRole('textbox').fill('console-small');
      await confirm(page);
      await row('console-small').waitFor({ state: 'hidden' });
      expect(complaints).toEqual([]);
      await close();
    },
  );
}
