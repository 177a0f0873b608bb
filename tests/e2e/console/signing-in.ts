/** Signing in and out, sessions that end, second factors, and who sees which pages. */
import type { Locator, Request } from 'playwright-core';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import { listPointsRecords } from '@membership/contracts/endpoints/points/index';
import { PASSWORD } from '../../platform-kit.ts';
import { authenticatorCode } from './authenticator.ts';
import { choose, confirm, dialog, goTo, heading, say, seriousFaults, signIn, type Desk } from './desk.ts';

const SIGN_IN_BYTES = 300_000;
const SECRET = /[A-Z2-7]{32}/;
const RECOVERY_CODE = /[A-Z2-9]{4}(-[A-Z2-9]{4}){3}/;

export function signingIn(desk: Desk): void {
  const { inBrowser, visit, signedIn } = desk;
  inBrowser(
    'one signs in in either language, a wrong password is said, and little is loaded before',
    async () => {
      for (const [locale, title, wrong, start] of [
        ['en-GB', 'Sign in to the console', 'The username or the password is wrong', 'Overview'],
        ['zh-CN', '登录控制台', '用户名或密码错误', '概览'],
      ] as const) {
        const { page, context, close, complaints, expect: mayComplain } = await visit({ locale });
        const scripts: Request[] = [];
        page.on('requestfinished', (request) => request.url().endsWith('.js') && scripts.push(request));
        const began = performance.now();
        await page.goto(`${desk.kit.services.url}/admin/t/acme/overview?days=7`);
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
        expect(page.url()).toBe(`${desk.kit.services.url}/admin/t/acme/overview?days=7`);
        const kept = await page.evaluate<string>(
          'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
        );
        expect(kept).not.toMatch(/eyJ|membership_session=/);
        const [cookie] = await context.cookies();
        expect(cookie).toMatchObject({ name: 'membership_session', httpOnly: true, sameSite: 'Strict' });
        await page.reload();
        await heading(page, start).waitFor();
        expect(complaints).toEqual([]);
        await close();
      }
    },
  );

  inBrowser('a session that ends amid a form is begun anew over it, and what was typed is sent', async () => {
    const john = await desk.kit.idOf('john_doe');
    const {
      page,
      context,
      close,
      complaints,
      expect: mayComplain,
    } = await signedIn(`t/acme/members/${john}`);
    await page.getByRole('button', { name: 'Give points' }).click();
    await dialog(page).getByLabel('Points').fill('7');
    await dialog(page).getByLabel('Reason').fill('Typed before the end');
    const admin = await desk.kit.as('admin_acme');
    const { items } = await admin.ask(identity.listOwnSessions, {});
    for (const { id, is_current } of items)
      if (!is_current) await admin.call(identity.endOwnSession, { params: { session_id: id } });
    mayComplain(/401/);
    await dialog(page).getByRole('button', { name: 'Confirm' }).click();
    const over = page.getByRole('dialog', { name: 'Sign in to the console' });
    await over.getByText('Your session has ended').waitFor();
    expect(await over.locator(':focus').getAttribute('name')).toBe('password');
    await over.getByLabel('Password').fill(PASSWORD);
    await over.getByRole('button', { name: 'Sign in' }).click();
    await over.waitFor({ state: 'hidden' });
    await dialog(page).getByText('You are signed in again').waitFor();
    expect(await dialog(page).getByLabel('Reason').inputValue()).toBe('Typed before the end');
    await dialog(page).getByRole('button', { name: 'Confirm' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    const records = await admin.ask(listPointsRecords, { query: { member: john } });
    const mine = records.items.filter(({ operation_reason }) => operation_reason === 'Typed before the end');
    expect(mine.map(({ points }) => points)).toEqual([7]);
    // Signed out in one tab, one is out in every tab.
    const second = await context.newPage();
    await second.goto(`${desk.kit.services.url}/admin/t/acme/overview`);
    await heading(second, 'Overview').waitFor();
    await second.getByRole('button', { name: /Account/ }).click();
    await second.getByRole('menuitem', { name: 'Sign out' }).click();
    for (const tab of [page, second]) await heading(tab, 'Sign in to the console').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  inBrowser(
    'another tenant’s and the platform’s pages are not there; members stay out; the platform chooses',
    async () => {
      const { page, close, complaints } = await signedIn('t/globex/members');
      for (const path of ['t/globex/members', 'platform/tenants', 't/acme/nowhere']) {
        await page.goto(`${desk.kit.services.url}/admin/${path}`);
        await heading(page, 'There is no such page').waitFor();
      }
      expect(complaints).toEqual([]);
      await close();
      const member = await signedIn('t/acme/members', 'john_doe');
      await heading(member.page, 'The console is for administrators').waitFor();
      expect(await member.page.getByRole('navigation').count()).toBe(0);
      await member.close();
      const root = await signedIn('', 'root');
      await root.page.getByRole('link', { name: 'Globex' }).click();
      await heading(root.page, 'Overview').waitFor();
      await root.page.getByRole('link', { name: 'Members', exact: true }).click();
      await root.page.getByRole('link', { name: 'hank' }).waitFor();
      expect(await root.page.getByText('john_doe').count()).toBe(0);
      expect([...root.complaints, ...member.complaints]).toEqual([]);
      await root.close();
    },
  );

  inBrowser(
    'a second factor is set up by oneself, asked for by the tenant, and set up on the way in; a key is shown once',
    async () => {
      await (await desk.kit.as('admin_globex')).ask(identity.createMember, {
        body: { username: 'second_admin', email: 'second@globex.example', password: PASSWORD, role: 'admin' },
      });
      const {
        page,
        close,
        complaints,
        expect: mayComplain,
      } = await signedIn('t/globex/account', 'admin_globex');
      const find = async (within: Locator, what: RegExp) =>
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
      await dialog(page).getByLabel('points:read').check();
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
      await close();
    },
  );
}
