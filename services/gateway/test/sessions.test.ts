/** Staying in, and being put out. */
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import { createMember, updateMember } from '@membership/contracts/endpoints/gateway/members';
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

const sessionOf = (refreshToken: string) => ({ _id: refreshToken.split('.')[0] as string });
const sessionRows = () => gateway.kit.connection.collection<{ _id: string }>('sessions');
/** The grace of the refresh token that was used last is over. */
const endGrace = (refreshToken: string) =>
  sessionRows().updateOne(sessionOf(refreshToken), { $set: { refreshedAt: new Date(Date.now() - 31_000) } });

describe('refresh', () => {
  test('rotates; the used one ends the whole session', async () => {
    const member = await acme.aMember();
    const second = await refresh(member.refreshToken);
    expect(second.status).toBe(200);
    const newer = second.body.data;
    await endGrace(member.refreshToken);
    expect((await meWith(newer.access_token)).status).toBe(200);
    expect((await meWith(member.accessToken)).status).toBe(200);
    const reused = await refresh(member.refreshToken);
    expect([reused.status, codeOf(reused)]).toEqual([401, 'AUTH_003']);
    expect((await refresh(newer.refresh_token)).status).toBe(401);
    await refusedSoon(newer.access_token, 'AUTH_003');
    await refusedSoon(member.accessToken, 'AUTH_003');
  });

  test('the same token from several tabs at once, and again after a lost answer: one successor, and all go on', async () => {
    const member = await acme.aMember();
    const answers = await Promise.all([1, 2, 3].map(() => refresh(member.refreshToken)));
    const again = await refresh(member.refreshToken);
    const tokens = [...answers, again].map(({ status, body }) => [status, body.data?.refresh_token]);
    const successor = again.body.data.refresh_token as string;
    expect(tokens).toEqual(tokens.map(() => [200, successor]));
    expect(successor).not.toBe(member.refreshToken);
    for (const { body } of answers) expect((await meWith(body.data.access_token)).status).toBe(200);
    expect((await refresh(successor)).status).toBe(200);
  });

  test('the grace is for the token before the last: an older one ends the session at once', async () => {
    const member = await acme.aMember();
    const second = (await refresh(member.refreshToken)).body.data.refresh_token as string;
    const third = (await refresh(second)).body.data.refresh_token as string;
    expect((await refresh(second)).body.data.refresh_token).toBe(third);
    expect(codeOf(await refresh(member.refreshToken))).toBe('AUTH_003');
    for (const token of [second, third]) expect((await refresh(token)).status).toBe(401);
  });

  test('a thief’s use after the grace ends the session for both', async () => {
    const member = await acme.aMember();
    const mine = (await refresh(member.refreshToken)).body.data;
    await endGrace(member.refreshToken);
    expect(codeOf(await refresh(member.refreshToken))).toBe('AUTH_003');
    await refusedSoon(mine.access_token, 'AUTH_003');
    expect((await refresh(mine.refresh_token)).status).toBe(401);
  });

  test('no grace brings back a session that a logout ended', async () => {
    const member = await acme.aMember();
    const next = (await refresh(member.refreshToken)).body.data;
    await gateway.anyone.as(next.access_token).ask(auth.logout, { body: {} });
    for (const token of [member.refreshToken, next.refresh_token])
      expect((await refresh(token)).status).toBe(401);
  });

  test('a session ends for good after its days, however often it is refreshed', async () => {
    const member = await acme.aMember();
    const days = (count: number) => new Date(Date.now() - count * 24 * 3_600_000);
    await sessionRows().updateOne(sessionOf(member.refreshToken), { $set: { createdAt: days(170) } });
    const next = (await refresh(member.refreshToken)).body.data.refresh_token as string;
    const row = (await sessionRows().findOne(sessionOf(next))) as unknown as { expiresAt: Date };
    expect(Math.round((row.expiresAt.getTime() - Date.now()) / (24 * 3_600_000))).toBe(10);
    await sessionRows().updateOne(sessionOf(next), {
      $set: { createdAt: days(181), expiresAt: days(1) },
    });
    expect(codeOf(await refresh(next))).toBe('AUTH_002');
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

  test('a stream of events ends with a logout, in another replica, too; the streams of other sessions go on', async () => {
    gateway.others.taking = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    };
    const replica = await gateway.aReplica();
    const username = 'follower';
    const email = 'follower@example.com';
    await acme.admin.ask(createMember, { body: { username, email, password: PASSWORD, role: 'admin' } });
    const leaving = await gateway.logIn(username, 'acme');
    const staying = await gateway.logIn(username, 'acme');
    const leave = new AbortController();
    const over: string[] = [];
    const follow = async (name: string, base: string, token: string) => {
      const { status, body } = await fetch(`${base}/api/v1/stats/stream/`, {
        headers: { authorization: `Bearer ${token}` },
        signal: leave.signal,
      });
      expect(status).toBe(200);
      const reader = (body as ReadableStream<Uint8Array>).getReader();
      await reader.read();
      void reader.read().then(
        () => over.push(name),
        () => over.push(name),
      );
    };
    try {
      await follow('here', gateway.kit.url, leaving.accessToken);
      await follow('there', replica.url, leaving.accessToken);
      await follow('another', gateway.kit.url, staying.accessToken);
      await leaving.client.ask(auth.logout, { body: {} });
      await eventually(() => expect(new Set(over)).toEqual(new Set(['here', 'there'])));
    } finally {
      leave.abort();
      gateway.others.taking = undefined;
      await replica.stop();
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
    const fact = await gateway.kit.heardOne(
      'member.password_changed.v1',
      ({ subject }) => subject === String(member.id),
    );
    expect(fact).toMatchObject({
      tenantid: acme.id,
      actor: `user:${member.id}`,
      data: { memberId: member.id, by: 'self' },
    });
    expect(JSON.stringify(fact)).not.toMatch(/argon2|another-password/);
  });

  test('however many sessions somebody has opened, another password ends them all, so many at a time', async () => {
    const member = await acme.aMember();
    const own = await gateway.kit.connection
      .collection<Record<string, unknown>>('sessions')
      .findOne(sessionOf(member.refreshToken) as object);
    const lately = new Date();
    const longAgo = new Date(Date.now() - 5 * 3_600_000);
    const many = Array.from({ length: 2_600 }, (_, index) => ({
      ...own,
      _id: `many-${index}`,
      refreshedAt: index < 1_300 ? longAgo : lately,
    }));
    await sessionRows().insertMany(many as never);
    const { db } = gateway.kit.connection;
    await db?.command({ profile: 2 });
    const changed = await acme.admin.call(updateMember, {
      params: { id: String(member.id) },
      body: { password: 'another-password' },
    });
    await db?.command({ profile: 0 });
    expect(changed.status).toBe(200);
    const writes = await db
      ?.collection<{ nModified?: number }>('system.profile')
      .find({ op: 'update', ns: `${db.databaseName}.sessions` })
      .toArray();
    const modified = (writes ?? []).map(({ nModified = 0 }) => nModified);
    // Its newest entries alone are kept.
    expect(modified.length).toBeGreaterThan(0);
    expect(Math.max(...modified)).toBeLessThanOrEqual(1_000);
    expect(await sessionRows().countDocuments({ memberId: member.id, endedAt: null } as never)).toBe(0);
    const revoked = gateway.kit.connection.collection<{ _id: string }>('revocations');
    expect(await revoked.countDocuments({ _id: /^session:many-/ })).toBe(1_300);
    await refusedSoon(member.accessToken, 'AUTH_003');
    expect((await refresh(member.refreshToken)).status).toBe(401);
  });

  test('an administrator’s own password needs the old one; other people’s do not', async () => {
    const { id } = await acme.admin.ask(createMember, {
      body: { username: 'boss2', email: 'boss2@example.com', password: PASSWORD, role: 'admin' },
    });
    const boss = await gateway.logIn('boss2', 'acme');
    const change = (client: typeof boss.client, body: Record<string, unknown>, headers = {}) =>
      client.send('patch', `/api/v1/members/${id}/`, { body, headers });
    const missing = await change(boss.client, { password: 'another-password' });
    expect([missing.status, missing.body.error.details]).toEqual([
      400,
      { old_password: ['修改自己的密码需要原密码'] },
    ]);
    const wrong = await change(boss.client, { password: 'another-password', old_password: 'guessed-it' });
    expect([wrong.status, wrong.body.error.details]).toEqual([400, { old_password: ['原密码不正确'] }]);
    expect((await change(boss.client, { display_name: 'Boss' })).status).toBe(200);
    const right = { password: 'another-password', old_password: PASSWORD };
    const key = { 'idempotency-key': 'own-password' };
    const changed = await change(boss.client, right, key);
    expect(changed.status).toBe(200);
    await refusedSoon(boss.accessToken, 'AUTH_003');
    expect((await login({ username: 'boss2', password: 'another-password' })).status).toBe(200);
    expect((await change(acme.admin, { password: 'a-third-password' })).status).toBe(200);
    const facts = () =>
      gateway.kit.heard
        .filter(({ type, subject }) => type === 'member.password_changed.v1' && subject === String(id))
        .map(({ data }) => data.by);
    await eventually(() => expect(facts()).toEqual(['self', 'administrator']));
    expect(gateway.factsAbout('member', id).map((fact) => fact.split(' ')[1])).toEqual(
      gateway.factsAbout('member', id).map((_fact, index) => String(index + 1)),
    );
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
