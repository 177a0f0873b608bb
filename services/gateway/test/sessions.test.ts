/** Staying in, and being put out. */
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import { updateMember } from '@membership/contracts/endpoints/gateway/members';
import { suspendTenant } from '@membership/contracts/endpoints/gateway/tenants';
import { eventually } from '@membership/platform/testing/service-kit';
import {
  PASSWORD,
  forge,
  startGateway,
  withinASecond,
  type ATenant,
  type GatewayKit,
} from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;

beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant('acme');
});
afterAll(() => gateway?.stop());

const login = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
  gateway.anyone.send('post', '/api/v1/auth/login/', { body, headers });
const refresh = (token: string) =>
  gateway.anyone.call(auth.refreshSession, { body: { refresh_token: token } });
const meWith = (token: string, headers: Record<string, string> = {}) =>
  gateway.anyone.as(token, headers).call(auth.me, {});
const codeOf = (answer: { body: { error?: { code?: string } } }) => answer.body.error?.code;
/** A decision that every replica must have made within a second. */
const refusedSoon = (token: string, code: string) =>
  withinASecond(async () => expect(codeOf(await meWith(token))).toBe(code));

describe('refresh', () => {
  test('rotates; the used one ends the whole session', async () => {
    const member = await acme.aMember();
    const second = await refresh(member.refreshToken);
    expect(second.status).toBe(200);
    const newer = second.body.data;
    expect((await meWith(newer.access_token)).status).toBe(200);
    expect((await meWith(member.accessToken)).status).toBe(200);
    const reused = await refresh(member.refreshToken);
    expect([reused.status, codeOf(reused)]).toEqual([401, 'AUTH_003']);
    expect((await refresh(newer.refresh_token)).status).toBe(401);
    await refusedSoon(newer.access_token, 'AUTH_003');
    await refusedSoon(member.accessToken, 'AUTH_003');
  });

  test('the same token twice at once: one gets new ones, and the session is over', async () => {
    const member = await acme.aMember();
    const answers = await Promise.all([refresh(member.refreshToken), refresh(member.refreshToken)]);
    expect(answers.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([200, 401]);
    const winner = answers.find(({ status }) => status === 200);
    await eventually(async () => expect((await refresh(winner?.body.data.refresh_token)).status).toBe(401));
  });

  test('a token that we did not make ends nothing', async () => {
    const member = await acme.aMember();
    const [session, generation] = member.refreshToken.split('.');
    for (const token of [
      'nonsense',
      `${session}.${generation}.${'A'.repeat(43)}`,
      `${session}.0.${'A'.repeat(43)}`,
      `${member.refreshToken}x`,
    ])
      expect((await refresh(token)).status).toBe(401);
    expect((await refresh(member.refreshToken)).status).toBe(200);
  });

  test('an expired one is AUTH_002, one of a suspended tenant TENANT_SUSPENDED', async () => {
    const member = await acme.aMember();
    const sessionId = member.refreshToken.split('.')[0] as string;
    await gateway.kit.connection
      .collection<{ _id: string }>('sessions')
      .updateOne({ _id: sessionId }, { $set: { expiresAt: new Date(Date.now() - 1) } });
    expect(codeOf(await refresh(member.refreshToken))).toBe('AUTH_002');
    const doomed = await gateway.aTenant('doomed');
    const other = await doomed.aMember();
    await gateway.root.ask(suspendTenant, { params: { id: String(doomed.id) }, body: {} });
    expect(codeOf(await refresh(other.refreshToken))).toBe('TENANT_SUSPENDED');
    await refusedSoon(other.accessToken, 'TENANT_SUSPENDED');
    expect(codeOf(await login({ username: other.username, password: PASSWORD }))).toBe('TENANT_SUSPENDED');
  });
});

describe('the end of a session', () => {
  test('logout ends it: access and refresh token are worth nothing; other sessions go on', async () => {
    const member = await acme.aMember();
    const other = await gateway.logIn(member.username, 'acme');
    expect(await member.client.call(auth.logout, { body: {} })).toMatchObject({
      status: 200,
      body: { success: true, message: '已退出登录', data: null },
    });
    expect((await meWith(member.accessToken)).status).toBe(401);
    expect(
      (await gateway.anyone.call(auth.refreshSession, { body: { refresh_token: member.refreshToken } }))
        .status,
    ).toBe(401);
    expect((await meWith(other.accessToken)).status).toBe(200);
  });

  test('what is revoked stays so after a restart', async () => {
    const member = await acme.aMember();
    await member.client.ask(auth.logout, { body: {} });
    const foreign = forge({ sub: String(acme.adminId), role: 'admin' });
    expect((await gateway.anyone.as(foreign).call(auth.logout, { body: {} })).status).toBe(200);
    const own = await gateway.aReplica();
    try {
      for (const token of [member.accessToken, foreign])
        expect((await own.anyone.as(token).call(auth.me, {})).status).toBe(401);
      expect((await own.anyone.as(acme.adminToken).call(auth.me, {})).status).toBe(200);
    } finally {
      await own.stop();
    }
  });

  test('another replica knows within a second', async () => {
    const member = await acme.aMember();
    const replica = await gateway.aReplica();
    try {
      const there = replica.anyone.as(member.accessToken);
      expect((await there.call(auth.me, {})).status).toBe(200);
      await member.client.ask(auth.logout, { body: {} });
      await withinASecond(async () => expect((await there.call(auth.me, {})).status).toBe(401));
    } finally {
      await replica.stop();
    }
  });

  test('a changed password ends every session and only then works', async () => {
    const member = await acme.aMember();
    const wrong = await member.client.call(auth.changePassword, {
      body: { old_password: 'not-mine-at-all', new_password: 'another-password' },
    });
    expect([wrong.status, wrong.body.error.details.old_password]).toEqual([400, ['原密码不正确']]);
    expect(
      (
        await member.client.call(auth.changePassword, {
          body: { old_password: PASSWORD, new_password: 'short' },
        })
      ).status,
    ).toBe(400);
    expect(
      (
        await member.client.call(auth.changePassword, {
          body: { old_password: PASSWORD, new_password: 'another-password' },
        })
      ).status,
    ).toBe(200);
    await refusedSoon(member.accessToken, 'AUTH_003');
    expect((await login({ username: member.username, password: PASSWORD })).status).toBe(401);
    expect((await login({ username: member.username, password: 'another-password' })).status).toBe(200);
  });

  test('a demoted administrator’s token ends; a deactivated member’s too', async () => {
    const first = await acme.aMember();
    await acme.admin.ask(updateMember, { params: { id: String(first.id) }, body: { role: 'admin' } });
    const boss = await gateway.logIn(first.username, 'acme');
    expect((await boss.client.send('get', '/api/v1/members/')).status).toBe(200);
    await acme.admin.ask(updateMember, { params: { id: String(first.id) }, body: { role: 'member' } });
    await refusedSoon(boss.accessToken, 'AUTH_003');
    const again = await gateway.logIn(first.username, 'acme');
    await acme.admin.ask(updateMember, { params: { id: String(first.id) }, body: { is_active: false } });
    await refusedSoon(again.accessToken, 'AUTH_003');
    expect((await login({ username: first.username, password: PASSWORD })).status).toBe(401);
  });
});
