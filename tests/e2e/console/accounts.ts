/** Accounts and keys: a password link, one's own password, the second factor's end, an erasure, keys that change, an issuer. */
import type { Page } from 'playwright-core';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import { PASSWORD } from '../../platform-kit.ts';
import { authenticatorCode } from './authenticator.ts';
import { confirm, dialog, goTo, heading, seriousFaults, signIn, type Desk } from './desk.ts';

const CHOSEN = 'chosen-by-oneself-2026';
const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });
/** What a dialog shows this once. */
async function shownOnce(page: Page, what: RegExp): Promise<string> {
  const found = dialog(page).getByText(what).last();
  return what.exec((await found.textContent()) ?? '')?.[0] ?? '';
}
const closeDialog = (page: Page) =>
  dialog(page).getByRole('button', { name: 'Close', exact: true }).last().click();

export function accounts(desk: Desk): void {
  const { inBrowser, signedIn, visit } = desk;
  const aPerson = async (username: string, role: 'member' | 'admin') => {
    const body = { username, email: `${username}@acme.example`, password: PASSWORD, role };
    return (await desk.kit.as('admin_acme')).ask(identity.createMember, { body });
  };

  inBrowser(
    'a password link is made, its token is taken once, and by it the member chooses a password',
    async () => {
      const { id } = await aPerson('link_admin', 'admin');
      const { page, close, complaints } = await signedIn(`t/acme/members/${id}`);
      await page.getByRole('button', { name: 'Password link' }).click();
      await dialog(page).getByRole('button', { name: 'Confirm' }).click();
      await dialog(page).getByText('Password reset').waitFor();
      await page.getByRole('button', { name: 'Take the token' }).click();
      const inner = page.getByRole('dialog', { name: 'Take the token' });
      await inner.getByRole('button', { name: 'Confirm' }).click();
      await inner.getByText('it is not shown again').waitFor();
      const token = (await inner.locator('code').first().textContent()) ?? '';
      expect(await seriousFaults(page, '[role="dialog"]')).toEqual([]);
      await desk.kit.anonymous.ask(identity.acceptPasswordLink, {
        body: { token, new_password: CHOSEN },
      });
      expect(complaints).toEqual([]);
      await close();

      // With it one signs in, and changes it oneself: every session ends, this one too.
      const own = await visit();
      await own.page.goto(`${desk.kit.services.url}/admin/t/acme/account`);
      await signIn(own.page, 'link_admin', CHOSEN);
      await heading(own.page, 'My account').waitFor();
      own.expect(/40[01]/);
      await own.page.getByRole('button', { name: 'Change the password' }).click();
      await dialog(own.page).getByLabel('The present one').fill('not-the-present-one');
      await dialog(own.page).getByLabel('The new one').fill(`${CHOSEN}-again`);
      await dialog(own.page).getByRole('button', { name: 'Confirm' }).click();
      await dialog(own.page).getByRole('alert').filter({ hasText: /\S/ }).first().waitFor();
      await dialog(own.page).getByLabel('The present one').fill(CHOSEN);
      await dialog(own.page).getByRole('button', { name: 'Confirm' }).click();
      const again = own.page.getByRole('dialog', { name: 'Sign in to the console' });
      await again.waitFor();
      await again.getByLabel('Password').fill(`${CHOSEN}-again`);
      await again.getByRole('button', { name: 'Sign in' }).click();
      await again.waitFor({ state: 'hidden' });
      expect(own.complaints).toEqual([]);
      await own.close();
    },
  );

  inBrowser(
    'a second factor is refused a wrong code, turned on, given other recovery codes, and turned off',
    async () => {
      await aPerson('factor_admin', 'admin');
      const {
        page,
        close,
        complaints,
        expect: mayComplain,
      } = await signedIn('t/acme/account', 'factor_admin');
      await page.getByRole('button', { name: 'Set it up' }).click();
      await dialog(page).getByLabel('Password').fill(PASSWORD);
      await dialog(page).getByRole('button', { name: 'Confirm' }).click();
      const secret = await shownOnce(page, /[A-Z2-7]{32}/);
      await page.getByRole('button', { name: 'Enter the code' }).click();
      const inner = page.getByRole('dialog', { name: 'Enter the code' });
      mayComplain(/40[019].*second-factor/);
      await inner.getByLabel('Code').fill('000000');
      await inner.getByRole('button', { name: 'Confirm' }).click();
      await inner.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor();
      await inner.getByLabel('Code').fill(authenticatorCode(secret));
      await inner.getByRole('button', { name: 'Confirm' }).click();
      const codes = /[A-Z2-9]{4}(-[A-Z2-9]{4}){3}(?: [A-Z2-9]{4}(-[A-Z2-9]{4}){3})+/;
      const [first = ''] = (await shownOnce(page, codes)).split(' ');
      await page.reload();
      await page.getByRole('button', { name: 'New recovery codes' }).click();
      await dialog(page)
        .getByLabel(/recovery code/)
        .fill(first);
      await dialog(page).getByRole('button', { name: 'Confirm' }).click();
      const [second = ''] = (await shownOnce(page, codes)).split(' ');
      expect(second).not.toBe(first);
      await closeDialog(page);
      await page.getByRole('button', { name: 'Turn it off' }).click();
      await dialog(page)
        .getByLabel(/recovery code/)
        .fill(second);
      await confirm(page);
      await page.getByRole('button', { name: 'Set it up' }).waitFor();
      expect(complaints).toEqual([]);
      await close();
    },
  );

  inBrowser(
    'a member is erased only once it is deactivated and its name is typed, and then there is no name',
    async () => {
      const { id } = await aPerson('leaving_soon', 'member');
      const { page, close, complaints } = await signedIn(`t/acme/members/${id}`);
      const erase = page.getByRole('button', { name: 'Erase' });
      expect(await erase.getAttribute('title')).toBe('Deactivate it first');
      await page.getByRole('button', { name: 'Deactivate' }).click();
      await confirm(page);
      await page.getByRole('button', { name: 'Activate', exact: true }).waitFor();
      await erase.click();
      await dialog(page).getByRole('textbox').fill('leaving');
      await dialog(page).getByRole('button', { name: 'Confirm' }).click();
      await dialog(page).getByText('That is not it').waitFor();
      await dialog(page).getByRole('textbox').fill('leaving_soon');
      await confirm(page);
      await heading(page, `erased:${id}`).waitFor();
      expect(await page.locator('main').getByText('leaving_soon').count()).toBe(0);
      expect(await erase.getAttribute('title')).toBe('It is erased already');
      expect(complaints).toEqual([]);
      await close();
    },
  );

  inBrowser('keys of the API, of webhooks and of tokens are rotated, each shown once', async () => {
    const { page, close, complaints } = await signedIn('t/acme/developers/keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await dialog(page).getByLabel('Name').fill('To be rotated');
    await dialog(page).getByLabel('points:read').check();
    await dialog(page).getByRole('button', { name: 'Confirm' }).click();
    const first = await shownOnce(page, /mk_\w+/);
    await closeDialog(page);
    await row(page, 'To be rotated').getByRole('button', { name: 'Rotate' }).click();
    await dialog(page).getByRole('textbox').last().fill('To be rotated');
    await dialog(page).getByRole('button', { name: 'Confirm' }).click();
    const second = await shownOnce(page, /mk_\w+/);
    expect(second).not.toBe(first);
    await closeDialog(page);
    await row(page, 'To be rotated').getByText('the one before works until').waitFor();
    expect(await page.content()).not.toContain(second);

    await goTo(page, '/admin/t/acme/developers/issuers');
    await page.getByRole('button', { name: 'Trust an issuer' }).click();
    await dialog(page).getByLabel('Issuer (iss)').fill('https://id.acme.example/');
    await dialog(page).getByLabel('Audience (aud)').fill('membership');
    await dialog(page).getByLabel('Name', { exact: true }).fill('Company directory');
    await dialog(page).getByLabel('Address of its keys (JWKS)').fill('https://id.acme.example/jwks.json');
    await confirm(page);
    await row(page, 'Company directory').filter({ hasText: 'https://id.acme.example/' }).waitFor();
    await row(page, 'Company directory').getByRole('button', { name: 'Delete' }).click();
    await dialog(page).getByRole('textbox').fill('Company directory');
    await confirm(page);
    await row(page, 'Company directory').waitFor({ state: 'hidden' });
    expect(complaints).toEqual([]);
    await close();

    const root = await signedIn('platform/token-keys', 'root');
    await root.page.getByRole('button', { name: 'Rotate' }).click();
    await confirm(root.page);
    await row(root.page, 'Next').waitFor();
    await row(root.page, 'Next').getByRole('button', { name: 'End it now' }).click();
    const kid = /“([\w-]+)”/.exec((await dialog(root.page).textContent()) ?? '')?.[1] ?? '';
    await dialog(root.page).getByRole('textbox').fill(kid);
    await confirm(root.page);
    await row(root.page, 'Next').waitFor({ state: 'hidden' });
    expect(root.complaints).toEqual([]);
    await root.close();
  });
}
