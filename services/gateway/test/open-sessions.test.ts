/** Sessions listed and ended one by one. */
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import * as contracts from '@membership/contracts/endpoints/gateway/sessions';
import { startGateway, withinASecond, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;

beforeAll(async () => {
  gateway = await startGateway();
  [acme, globex] = [await gateway.aTenant('acme'), await gateway.aTenant('globex')];
});
afterAll(() => gateway?.stop());

const idOf = (refreshToken: string) => refreshToken.split('.')[0] as string;
const meWith = (token: string) => gateway.anyone.as(token).call(auth.me, {});
const refresh = (token: string) =>
  gateway.anyone.call(auth.refreshSession, { body: { refresh_token: token } });
const sessionsOf = (id: number) => ({ params: { id: String(id) } });
/** A member with two sessions: the one that asks, and one on another device. */
async function onTwoDevices() {
  const member = await acme.aMember();
  return { member, other: await gateway.logIn(member.username, 'acme') };
}
const sessionFacts = (memberId: number) =>
  gateway.kit.heard.filter(
    ({ type, subject }) => type === 'member.session_ended.v1' && subject === String(memberId),
  );

describe('one’s own sessions', () => {
  test('are listed, newest use first, and tell which of them asks; a page at a time', async () => {
    const { member, other } = await onTwoDevices();
    const { items, count } = await member.client.ask(contracts.listOwnSessions, {
      query: { ordering: 'created_at' },
    });
    expect(count).toBe(2);
    expect(items.map(({ id, is_current }) => [id, is_current])).toEqual([
      [idOf(member.refreshToken), true],
      [idOf(other.refreshToken), false],
    ]);
    await refresh(member.refreshToken);
    const [newest] = (await member.client.ask(contracts.listOwnSessions, { query: { page_size: 1 } })).items;
    expect(newest?.id).toBe(idOf(member.refreshToken));
    const bad = await member.client.send('get', '/api/v1/auth/sessions/?ordering=generation');
    expect(bad.status).toBe(400);
  });

  test('one is ended: its tokens are worth nothing, the others go on; a fact tells', async () => {
    const { member, other } = await onTwoDevices();
    const params = { session_id: idOf(other.refreshToken) };
    expect((await member.client.call(contracts.endOwnSession, { params })).status).toBe(204);
    await withinASecond(async () => expect((await meWith(other.accessToken)).status).toBe(401));
    expect((await refresh(other.refreshToken)).status).toBe(401);
    expect((await meWith(member.accessToken)).status).toBe(200);
    expect((await member.client.ask(contracts.listOwnSessions, {})).count).toBe(1);
    const fact = await gateway.kit.heardOne(
      'member.session_ended.v1',
      ({ subject }) => subject === String(member.id),
    );
    expect(fact).toMatchObject({
      tenantid: acme.id,
      actor: `user:${member.id}`,
      data: { memberId: member.id, sessionId: params.session_id, by: 'self' },
    });
    expect((await member.client.call(contracts.endOwnSession, { params })).status).toBe(404);
  });

  test('ended twice at once: one ends it, the other finds nothing', async () => {
    const { member, other } = await onTwoDevices();
    const params = { session_id: idOf(other.refreshToken) };
    const answers = await Promise.all(
      [1, 2, 3].map(() => member.client.call(contracts.endOwnSession, { params })),
    );
    expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([204, 404, 404]);
    await gateway.kit.heardOne('member.session_ended.v1', ({ subject }) => subject === String(member.id));
    expect(sessionFacts(member.id)).toHaveLength(1);
  });

  test('the session that asks may end itself', async () => {
    const member = await acme.aMember();
    const params = { session_id: idOf(member.refreshToken) };
    expect((await member.client.call(contracts.endOwnSession, { params })).status).toBe(204);
    await withinASecond(async () => expect((await meWith(member.accessToken)).status).toBe(401));
  });

  test('somebody else’s is not there, an administrator’s own door included; nor is what is no name', async () => {
    const { member } = await onTwoDevices();
    const stranger = await acme.aMember();
    for (const client of [stranger.client, acme.admin, globex.admin, gateway.root])
      for (const session_id of [idOf(member.refreshToken), 'nobody', '%24ne', 'x'.repeat(65)])
        expect((await client.send('delete', `/api/v1/auth/sessions/${session_id}/`)).status).toBe(404);
    expect((await meWith(member.accessToken)).status).toBe(200);
    expect((await gateway.anyone.send('get', '/api/v1/auth/sessions/')).status).toBe(401);
  });

  test('a platform administrator has them too, whatever tenant it works in', async () => {
    const again = await gateway.logIn('root');
    const inTenant = gateway.root.as(gateway.rootToken, { 'x-tenant-id': 'acme' });
    const listed = (await inTenant.ask(contracts.listOwnSessions, {})).items.map(({ id }) => id);
    expect(listed).toContain(idOf(again.refreshToken));
    const params = { session_id: idOf(again.refreshToken) };
    expect((await inTenant.call(contracts.endOwnSession, { params })).status).toBe(204);
    expect((await refresh(again.refreshToken)).status).toBe(401);
  });
});

describe('a member’s sessions, for administrators', () => {
  test('are listed and ended one by one; the fact says who did it', async () => {
    const { member, other } = await onTwoDevices();
    const listed = await acme.admin.ask(contracts.listMemberSessions, sessionsOf(member.id));
    expect(listed.items.map(({ is_current }) => is_current)).toEqual([false, false]);
    const params = { id: String(member.id), session_id: idOf(other.refreshToken) };
    expect((await acme.admin.call(contracts.endMemberSession, { params })).status).toBe(204);
    expect((await acme.admin.call(contracts.endMemberSession, { params })).status).toBe(404);
    expect((await refresh(other.refreshToken)).status).toBe(401);
    expect((await meWith(member.accessToken)).status).toBe(200);
    const fact = await gateway.kit.heardOne(
      'member.session_ended.v1',
      ({ subject }) => subject === String(member.id),
    );
    expect(fact).toMatchObject({ actor: `user:${acme.adminId}`, data: { by: 'administrator' } });
  });

  test('are closed to members, and not there for another tenant or under another member', async () => {
    const { member, other } = await onTwoDevices();
    const params = { id: String(member.id), session_id: idOf(other.refreshToken) };
    const statuses = async (client: ATenant['admin']) => [
      (await client.call(contracts.listMemberSessions, sessionsOf(member.id))).status,
      (await client.call(contracts.endMemberSession, { params })).status,
    ];
    expect(await statuses(member.client)).toEqual([403, 403]);
    expect(await statuses(globex.admin)).toEqual([404, 404]);
    const elsewhere = { id: String(acme.adminId), session_id: params.session_id };
    expect((await acme.admin.call(contracts.endMemberSession, { params: elsewhere })).status).toBe(404);
    expect((await refresh(other.refreshToken)).status).toBe(200);
  });
});

test('a session that is ended while it is refreshed is over, whichever came first, in every gateway', async () => {
  const replica = await gateway.aReplica();
  try {
    for (let round = 0; round < 8; round++) {
      const { member, other } = await onTwoDevices();
      const params = { session_id: idOf(other.refreshToken) };
      const refreshes = [gateway.anyone, replica.anyone, gateway.anyone].map((by) =>
        by.call(auth.refreshSession, { body: { refresh_token: other.refreshToken } }),
      );
      const [ended, ...answers] = await Promise.all([
        member.client.call(contracts.endOwnSession, { params }),
        ...refreshes,
      ]);
      expect(ended.status).toBe(204);
      const given = answers.filter(({ status }) => status === 200).map(({ body }) => body.data);
      expect(answers.map(({ status }) => status).filter((status) => ![200, 401].includes(status))).toEqual(
        [],
      );
      for (const token of [other.refreshToken, ...given.map((one) => one.refresh_token as string)])
        expect((await refresh(token)).status).toBe(401);
      for (const token of [other.accessToken, ...given.map((one) => one.access_token as string)])
        for (const by of [gateway.anyone, replica.anyone])
          await withinASecond(async () => expect((await by.as(token).call(auth.me, {})).status).toBe(401));
      expect((await refresh(member.refreshToken)).status).toBe(200);
    }
  } finally {
    await replica.stop();
  }
});
