/** Links to choose a password: asked for, fetched by the tenant's mailer, accepted once. */
import { scopes } from '@membership/contracts/claims';
import { createApiKey } from '@membership/contracts/endpoints/gateway/api-keys';
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import { importMembers, updateMember } from '@membership/contracts/endpoints/gateway/members';
import * as links from '@membership/contracts/endpoints/gateway/password-links';
import { resumeTenant, suspendTenant } from '@membership/contracts/endpoints/gateway/tenants';
import { createWebhookEndpoint } from '@membership/contracts/endpoints/gateway/webhook-endpoints';
import type { Client } from '@membership/contracts/client';
import { eventually } from '@membership/platform/testing/service-kit';
import { MemberRepository } from '../src/storage/member-repository.ts';
import { PASSWORD, startGateway, withinASecond, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { startReceiver } from './webhook-receiver.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
let mailer: Client;
let mailerOfGlobex: Client;

const withKey = async ({ admin }: ATenant, ...given: (typeof scopes)[number][]) =>
  gateway.anyone.as((await admin.ask(createApiKey, { body: { name: 'Mailer', scopes: given } })).api_key);
const aMailer = (tenant: ATenant) => withKey(tenant, 'gateway:write');
beforeAll(async () => {
  gateway = await startGateway({
    PASSWORD_RESET_HOURS: '2',
    INVITATION_HOURS: '5',
    WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
  });
  [acme, globex] = await Promise.all([gateway.aTenant('acme'), gateway.aTenant('globex')]);
  [mailer, mailerOfGlobex] = await Promise.all([aMailer(acme), aMailer(globex)]);
});
afterAll(() => gateway?.stop());

const factsOf = (type: string, memberId: number) =>
  gateway.kit.heard.filter((event) => event.type === type && event.subject === String(memberId));
const facts = (memberId: number) => factsOf('member.password_link_requested.v1', memberId);
/** Which links of a member were fetched, and by whom. */
const fetches = (memberId: number) =>
  factsOf('member.password_link_fetched.v1', memberId).map(({ actor, data }) => [data.linkId, actor]);
const hoursUntil = (end: unknown) => Math.round((Date.parse(end as string) - Date.now()) / 3_600_000);
const make = (by: Client, id: number) =>
  by.call(links.makePasswordLink, { params: { id: String(id) }, body: {} });
const fetched = (by: Client, link_id: string) =>
  by.call(links.fetchPasswordLink, { params: { link_id }, body: {} });
const accept = (token: string, new_password = 'a-password-of-my-own') =>
  gateway.anyone.call(links.acceptPasswordLink, { body: { token, new_password } });
const logIn = (username: string, password: string) =>
  gateway.anyone.call(auth.login, { body: { username, password, tenant: 'acme' } });
const ask = (username: string, tenant: string | number = 'acme') =>
  gateway.anyone.send('post', '/api/v1/auth/password-links/', {
    body: { username, tenant },
    headers: { 'accept-language': 'en' },
  });

test('who forgot a password gets a link that works once, by the tenant’s mailer; sessions end', async () => {
  const john = await acme.aMember('john_doe');
  const answers = await Promise.all([
    ask('JOHN_doe'),
    ask('nobody'),
    ask('john_doe', 'nowhere'),
    ask('john_doe', 'globex'),
  ]);
  const said = answers.map(({ status, body }) => [status, body.success, body.message, body.data]);
  expect(said).toEqual(Array(4).fill([202, true, 'If there is such a member, a link is on its way', null]));
  await eventually(() => expect(facts(john.id)).toHaveLength(1));
  const [fact] = facts(john.id);
  expect(fact?.data).toMatchObject({ memberId: john.id, kind: 'reset', linkId: expect.any(String) });
  expect(fact?.actor).toBe('anonymous:anonymous');
  expect(hoursUntil(fact?.data.expiresAt)).toBe(2);
  const linkId = fact?.data.linkId as string;
  expect((await fetched(mailerOfGlobex, linkId)).status).toBe(404);
  expect((await fetched(globex.admin, linkId)).status).toBe(404);
  expect((await fetched(john.client, linkId)).status).toBe(403);
  expect((await fetched(gateway.anyone, linkId)).status).toBe(401);
  const both = await Promise.all([fetched(mailer, linkId), fetched(mailer, linkId)]);
  expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 409]));
  const { token, ...shown } = (both.find(({ status }) => status === 200)?.body.data ?? {}) as {
    token: string;
  };
  expect(shown).toMatchObject({
    link_id: linkId,
    member_id: john.id,
    username: 'john_doe',
    email: 'john_doe@example.com',
  });
  const stored = await Promise.all(
    ['one_time_tokens', 'password_links', 'idempotency_keys'].map((name) =>
      gateway.kit.connection.collection(name).find().toArray(),
    ),
  );
  expect(JSON.stringify([stored, gateway.kit.heard])).not.toContain(token);

  expect((await accept(token, 'short')).status).toBe(400);
  expect((await accept(`${token}x`)).body.error.code).toBe('AUTH_003');
  const accepted = await Promise.all([accept(token), accept(token)]);
  expect(new Set(accepted.map(({ status }) => status))).toEqual(new Set([200, 401]));
  expect((await accept(token)).status).toBe(401);
  expect([
    (await logIn('john_doe', PASSWORD)).status,
    (await logIn('john_doe', 'a-password-of-my-own')).status,
  ]).toEqual([401, 200]);
  await withinASecond(async () => expect((await john.client.call(auth.me, {})).status).toBe(401));
  const { refreshToken } = john;
  expect(
    (await gateway.anyone.call(auth.refreshSession, { body: { refresh_token: refreshToken } })).status,
  ).toBe(401);
  await eventually(() =>
    expect(gateway.factsAbout('member', john.id).map((one) => one.split(' ')[0])).toEqual([
      'member.created.v1',
      'member.logged_in.v1',
      'member.password_link_requested.v1',
      'member.password_link_fetched.v1',
      'member.password_changed.v1',
      'member.logged_in.v1',
    ]),
  );
  const [changed] = factsOf('member.password_changed.v1', john.id);
  expect([changed?.actor, changed?.data.by]).toEqual(['anonymous:anonymous', 'link']);
});

test('who fetched a token is told once for each link, and who was refused is not', async () => {
  const { id, client } = await acme.aMember();
  const key = await acme.admin.ask(createApiKey, { body: { name: 'Mailer', scopes: ['gateway:write'] } });
  const linkOf = async () => (await make(acme.admin, id)).body.data.link_id as string;
  const [first, second, third] = [await linkOf(), await linkOf(), await linkOf()];
  for (const by of [globex.admin, mailerOfGlobex, client, gateway.anyone])
    expect([401, 403, 404]).toContain((await fetched(by, first)).status);
  expect((await fetched(acme.admin, 'no-link-at-all')).status).toBe(404);
  const byKey = gateway.anyone.as(key.api_key);
  const together = await Promise.all([fetched(byKey, first), fetched(byKey, first), fetched(byKey, first)]);
  expect(together.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 409, 409]);
  expect((await fetched(acme.admin, first)).status).toBe(409);
  const headers = { 'idempotency-key': 'fetched-once' };
  const path = `/api/v1/members/password-links/${second}/fetch/`;
  const once = await acme.admin.send('post', path, { body: {}, headers });
  const again = await acme.admin.send('post', path, { body: {}, headers });
  expect([once.status, again.status, again.body.data.token]).toEqual([200, 200, '[shown once]']);
  // Facts of a member come in their order: all before the last are there with it.
  expect((await fetched(acme.admin, third)).status).toBe(200);
  const admin = `user:${acme.adminId}`;
  await eventually(() =>
    expect(fetches(id)).toEqual([
      [first, `client:key@${key.id}`],
      [second, admin],
      [third, admin],
    ]),
  );
  expect(factsOf('member.password_link_fetched.v1', id)[0]?.data).toEqual({
    ...{ memberId: id, linkId: first, kind: 'reset', at: expect.any(String) },
  });
  expect(gateway.kit.heard.filter(({ data }) => data.linkId === first)).toHaveLength(2);
  const told = gateway.factsAbout('member', id).map((fact) => Number(fact.split(' ')[1]));
  expect(told).toEqual(told.map((_, index) => index + 1));
  expect(JSON.stringify(gateway.kit.heard)).not.toContain(once.body.data.token);
});

test('a mailer that is told by a webhook takes the token with its key, and its member logs in with the password of its own', async () => {
  const receiver = await startReceiver();
  try {
    const body = { url: receiver.url('/mailer'), event_types: ['member.password_link_requested.v1'] };
    await acme.admin.ask(createWebhookEndpoint, { body });
    // Told of its own tenant alone.
    await make(globex.admin, (await globex.aMember()).id);
    const { id, username } = await acme.aMember();
    expect((await ask(username)).status).toBe(202);
    const [message] = await receiver.untilReceived('/mailer', 1);
    expect(message?.json).toMatchObject({
      type: 'member.password_link_requested.v1',
      data: { memberId: id, linkId: expect.any(String), kind: 'reset' },
    });
    const answer = await fetched(mailer, message?.json.data.linkId as string);
    const { token, email } = answer.body.data as { token: string; email: string };
    expect([answer.status, email]).toEqual([200, `${username}@example.com`]);
    expect(message?.body).not.toContain(token);
    expect((await accept(token)).status).toBe(200);
    expect((await logIn(username, 'a-password-of-my-own')).status).toBe(200);
    expect(receiver.to('/mailer')).toHaveLength(1);
  } finally {
    await receiver.close();
  }
});

test('a credential with any other scope neither has links made nor fetches them', async () => {
  const { id } = await acme.aMember();
  const link = (await make(acme.admin, id)).body.data.link_id as string;
  const other = await withKey(acme, ...scopes.filter((scope) => scope !== 'gateway:write'));
  for (const { status, body } of [await make(other, id), await fetched(other, link)])
    expect([status, body.error.code]).toEqual([403, 'PERM_002']);
  expect(facts(id)).toHaveLength(1);
  expect(fetches(id)).toEqual([]);
  expect((await fetched(mailer, link)).status).toBe(200);
});

test('of a suspended tenant no link is made, fetched or accepted; once it is resumed they work', async () => {
  const tenant = await gateway.aTenant();
  const own = await aMailer(tenant);
  const { id, username } = await tenant.aMember();
  const linkOf = async () => (await make(tenant.admin, id)).body.data.link_id as string;
  const token = (await fetched(own, await linkOf())).body.data.token as string;
  const waiting = await linkOf();
  const params = { id: String(tenant.id) };
  await gateway.root.ask(suspendTenant, { params, body: {} });
  await withinASecond(async () => expect((await make(own, id)).body.error.code).toBe('TENANT_SUSPENDED'));
  for (const { status, body } of [
    await make(tenant.admin, id),
    await fetched(own, waiting),
    await fetched(tenant.admin, waiting),
    await accept(token),
  ])
    expect([status, body.error.code]).toEqual([403, 'TENANT_SUSPENDED']);
  // Who asks in public is answered as ever, and nothing is made.
  const made = gateway.kit.connection.collection('password_links');
  const before = await made.countDocuments({ memberId: id });
  expect((await ask(username, tenant.code)).status).toBe(202);
  await gateway.root.ask(resumeTenant, { params, body: {} });
  let newer = '';
  await withinASecond(async () => {
    const { status, body } = await fetched(own, waiting);
    expect(status).toBe(200);
    newer = body.data.token as string;
  });
  expect(await made.countDocuments({ memberId: id })).toBe(before);
  // The newest link is the one that works.
  expect([(await accept(token)).status, (await accept(newer)).status]).toEqual([401, 200]);
});

test('a token that was fetched ends with its link', async () => {
  const { id } = await acme.aMember();
  const token = (await fetched(mailer, (await make(acme.admin, id)).body.data.link_id)).body.data
    .token as string;
  const rows = gateway.kit.connection.collection('one_time_tokens');
  const row = await rows.findOne({ memberId: id });
  expect(hoursUntil(row?.['expiresAt'])).toBe(2);
  await rows.updateOne({ memberId: id }, { $set: { expiresAt: new Date(Date.now() - 1) } });
  const refused = await accept(token);
  expect([refused.status, refused.body.error.code]).toEqual([401, 'AUTH_003']);
});

test('who was imported without a password is invited; the newest link works, until the password is changed otherwise', async () => {
  const imported = await acme.admin.send('post', '/api/v1/members/import/', {
    raw: 'username,email\namy,amy@example.com\n',
    headers: { 'content-type': 'text/csv' },
  });
  expect(importMembers.path).toBe('/api/v1/members/import/');
  const id = imported.body.data.rows[0].member_id as number;
  expect((await make(globex.admin, id)).status).toBe(404);
  expect((await make((await acme.aMember()).client, id)).status).toBe(403);
  const first = await make(acme.admin, id);
  expect(first.body.data).toMatchObject({ kind: 'invitation' });
  expect(hoursUntil(first.body.data.expires_at)).toBe(5);
  const second = await make(mailer, id);
  const tokenOf = async (link_id: string) => (await fetched(mailer, link_id)).body.data.token as string;
  const older = await tokenOf(first.body.data.link_id);
  const newer = await tokenOf(second.body.data.link_id);
  expect((await accept(older)).status).toBe(401);
  expect((await accept(newer)).status).toBe(200);
  expect((await logIn('amy', 'a-password-of-my-own')).status).toBe(200);

  const third = await tokenOf((await make(acme.admin, id)).body.data.link_id);
  const waiting = (await make(acme.admin, id)).body.data.link_id as string;
  await acme.admin.send('patch', `/api/v1/members/${id}/`, { body: { password: 'set-by-the-boss' } });
  expect((await accept(third)).status).toBe(401);
  // One whose token nobody has fetched yet ends as well.
  const late = await fetched(mailer, waiting);
  expect([late.status, late.body.error.code, late.body.error.details.current_state]).toEqual([
    409,
    'INVALID_STATE',
    'ended',
  ]);
  const fourth = (await make(acme.admin, id)).body.data.link_id as string;
  await gateway.kit.connection
    .collection<{ _id: string }>('password_links')
    .updateOne({ _id: fourth }, { $set: { expiresAt: new Date(Date.now() - 1) } });
  expect((await fetched(mailer, fourth)).status).toBe(404);
  await acme.admin.send('delete', `/api/v1/members/${id}/`);
  expect((await make(acme.admin, id)).status).toBe(409);
});

test('nobody’s mailbox is filled: five links of a name in 15 minutes, and the answer stays the same', async () => {
  const { id } = await acme.aMember('popular');
  for (let asked = 0; asked < 7; asked++) {
    expect((await ask('popular')).status).toBe(202);
    await eventually(() => expect(facts(id)).toHaveLength(Math.min(asked + 1, 5)));
  }
  expect(
    (await gateway.anyone.send('post', '/api/v1/auth/password-links/', { body: { username: 'popular' } }))
      .status,
  ).toBe(400);
});

test('nor by many who ask at once, in two gateways', async () => {
  const { id } = await acme.aMember('very_popular');
  const [one, other] = await Promise.all([gateway.aReplica(), gateway.aReplica()]);
  const body = { username: 'very_popular', tenant: 'acme' };
  const MANY = 24;
  // None is counted before all are there.
  const findNamed = Reflect.get(MemberRepository.prototype, 'findNamed') as MemberRepository['findNamed'];
  const all = Promise.withResolvers<void>();
  let there = 0;
  MemberRepository.prototype.findNamed = async function (this: MemberRepository, ...given) {
    const member = await findNamed.apply(this, given);
    if (++there === MANY) all.resolve();
    await all.promise;
    return member;
  };
  try {
    const asked = await Promise.all(
      Array.from({ length: MANY }, (_, index) =>
        (index % 2 ? one : other).anyone.send('post', '/api/v1/auth/password-links/', { body }),
      ),
    );
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([202]));
    await all.promise;
  } finally {
    all.resolve();
    MemberRepository.prototype.findNamed = findNamed;
    // They end what they have taken on.
    await Promise.all([one.stop(), other.stop()]);
  }
  const made = gateway.kit.connection.collection('password_links');
  expect(await made.countDocuments({ memberId: id })).toBe(5);
});

test('a system’s credential takes over no administrator: it has links made for plain members alone', async () => {
  const { id } = await acme.aMember();
  expect((await make(mailer, id)).status).toBe(200);
  const refused = await make(mailer, acme.adminId);
  expect([refused.status, refused.body.error.code]).toEqual([403, 'PERM_001']);
  expect(facts(acme.adminId)).toEqual([]);
  // Another administrator does, and the person itself may ask.
  expect((await make(acme.admin, acme.adminId)).status).toBe(200);
});

test('a link that a system had made for a plain member ends when that one becomes an administrator, fetched or not', async () => {
  const { id } = await acme.aMember();
  const linkOf = async () => (await make(mailer, id)).body.data.link_id as string;
  const token = (await fetched(mailer, await linkOf())).body.data.token as string;
  const waiting = await linkOf();
  await acme.admin.ask(updateMember, { params: { id: String(id) }, body: { role: 'admin' } });
  expect((await accept(token)).body.error.code).toBe('AUTH_003');
  expect((await fetched(mailer, waiting)).status).toBe(404);
  // A link of the administrator that it is now works, and ends with that role, too.
  const own = (await make(acme.admin, id)).body.data.link_id as string;
  const another = (await make(acme.admin, id)).body.data.link_id as string;
  expect((await accept((await fetched(mailer, own)).body.data.token)).status).toBe(200);
  await acme.admin.ask(updateMember, { params: { id: String(id) }, body: { role: 'member' } });
  expect((await fetched(mailer, another)).status).toBe(404);
});

test('the links of a deactivated member do not come back with it, fetched or not', async () => {
  const { id } = await acme.aMember();
  const linkOf = async () => (await make(mailer, id)).body.data.link_id as string;
  const token = (await fetched(mailer, await linkOf())).body.data.token as string;
  const waiting = await linkOf();
  const set = (is_active: boolean) =>
    acme.admin.ask(updateMember, { params: { id: String(id) }, body: { is_active } });
  await set(false);
  await set(true);
  expect((await accept(token)).body.error.code).toBe('AUTH_003');
  expect((await fetched(mailer, waiting)).status).toBe(404);
  const own = (await make(acme.admin, id)).body.data.link_id as string;
  expect((await accept((await fetched(mailer, own)).body.data.token)).status).toBe(200);
});

test('who was closed by a stranger’s failures logs in with the password of a link at once', async () => {
  const { id, username } = await acme.aMember();
  for (let attempt = 1; attempt <= 10; attempt++) await logIn(username, 'a-guess-of-strangers');
  expect((await logIn(username, PASSWORD)).status).toBe(429);
  const link = (await make(acme.admin, id)).body.data.link_id as string;
  expect((await accept((await fetched(mailer, link)).body.data.token)).status).toBe(200);
  expect((await logIn(username, 'a-password-of-my-own')).status).toBe(200);
});
