/** The second factor of administrators: set up, asked for at a login, taken once, lost and reset. */
import { Secret, TOTP } from 'otpauth';
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import { eraseMember, deactivateMember, createMember } from '@membership/contracts/endpoints/gateway/members';
import * as factor from '@membership/contracts/endpoints/gateway/second-factor';
import type { Client, ClientAnswer } from '@membership/contracts/client';
import { eventually } from '@membership/platform/testing/service-kit';
import { PASSWORD, startGateway, withinASecond, type ATenant, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
let replica: Awaited<ReturnType<GatewayKit['aReplica']>>;

beforeAll(async () => {
  gateway = await startGateway();
  [acme, globex, replica] = await Promise.all([
    gateway.aTenant('acme'),
    gateway.aTenant('globex'),
    gateway.aReplica(),
  ]);
});
afterAll(async () => {
  await replica?.stop();
  await gateway?.stop();
});

const codeOf = (secret: string) => new TOTP({ secret: Secret.fromBase32(secret) }).generate();
const otherThan = (code: string) => String((Number(code) + 500_000) % 1_000_000).padStart(6, '0');
const rows = () =>
  gateway.kit.connection.collection<{ _id: number; lastStep: number; recoveryHashes: string[] }>(
    'second_factors',
  );
/** As if half a minute had passed: the present code counts as one that was not taken. */
const later = (memberId: number) => rows().updateOne({ _id: memberId }, { $set: { lastStep: 0 } });
const logIn = (username: string, tenant?: string, by: Client = gateway.anyone) =>
  by.call(auth.login, { body: { username, password: PASSWORD, ...(tenant ? { tenant } : {}) } });
const second = (challenge_token: string, code: string, by: Client = gateway.anyone) =>
  by.call(factor.logInWithSecondFactor, { body: { challenge_token, code } });
const challengeOf = (answer: ClientAnswer) => answer.body.error.details.challenge_token as string;
const changesOf = (memberId: number) =>
  gateway.kit.heard
    .filter((event) => event.type === 'member.second_factor_changed.v1' && event.subject === String(memberId))
    .map(({ data }) => `${data.change as string} by ${data.by as string}`);

let counter = 0;
/** An administrator of ACME who is logged in. */
async function anAdministrator() {
  const username = `keeper_${++counter}`;
  const body = { username, email: `${username}@example.com`, password: PASSWORD, role: 'admin' } as const;
  const { id } = await acme.admin.ask(createMember, { body });
  const { client } = await gateway.logIn(username, 'acme');
  return { id, username, client };
}
/** One with a factor that is on. */
async function anEnrolled() {
  const { id, username, client } = await anAdministrator();
  const { secret } = await client.ask(factor.startSecondFactor, { body: { password: PASSWORD } });
  const { recovery_codes: codes } = await client.ask(factor.confirmSecondFactor, {
    body: { code: codeOf(secret) },
  });
  return { id, username, client, secret, codes };
}

test('is set up with the password and a code of it, and then asked for at each login, in every replica', async () => {
  const { client, accessToken } = await gateway.logIn((await acme.aMember('amy')).username, 'acme');
  expect((await client.call(factor.startSecondFactor, { body: { password: PASSWORD } })).status).toBe(403);
  expect((await client.call(factor.getSecondFactor, {})).body.error.details).toEqual({
    role: 'member',
    allowed_roles: ['admin', 'super'],
  });
  expect(accessToken).toBeDefined();
  const refusalOf = async (by: Client) => {
    const { status, body } = await by.call(factor.startSecondFactor, { body: { password: PASSWORD } });
    return [status, body.error.code];
  };
  expect(await refusalOf(gateway.anyone)).toEqual([401, 'AUTH_001']);
  // A token that holds no more is told as such: with AUTH_001 nobody gets another.
  expect(await refusalOf(gateway.anyone.as('nonsense'))).toEqual([401, 'AUTH_003']);
  const start = (body: Record<string, string>) => acme.admin.call(factor.startSecondFactor, { body });
  expect((await start({})).body.error.details).toHaveProperty('password');
  expect((await start({ password: 'not-the-password' })).body.error.details).toHaveProperty('password');
  expect((await acme.admin.call(factor.confirmSecondFactor, { body: { code: '000000' } })).status).toBe(409);

  const keeper = await anEnrolled();
  expect(new Set(keeper.codes).size).toBe(10);
  expect(await keeper.client.ask(factor.getSecondFactor, {})).toMatchObject({
    is_enabled: true,
    is_required: false,
    recovery_codes_left: 10,
  });
  const stored = JSON.stringify([await rows().find().toArray(), gateway.kit.heard]);
  for (const secret of [keeper.secret, keeper.codes[0] as string]) expect(stored).not.toContain(secret);

  const asked = await logIn(keeper.username, 'acme');
  expect(asked).toMatchObject({
    status: 401,
    body: {
      error: {
        code: 'SECOND_FACTOR_REQUIRED',
        details: { challenge_token: expect.stringMatching(/^ch_/), expires_in: 300, is_enrolled: true },
      },
    },
  });
  const token = challengeOf(asked);
  // It does nothing else, and lies nowhere.
  expect((await gateway.anyone.as(token).call(auth.me, {})).status).toBe(401);
  const tokens = await gateway.kit.connection.collection('one_time_tokens').find().toArray();
  expect(JSON.stringify(tokens)).not.toContain(token);
  // The code of the set-up was taken; the same one is not taken again, by no replica.
  await later(keeper.id);
  const code = codeOf(keeper.secret);
  const both = await Promise.all([second(token, code), second(token, code, replica.anyone)]);
  expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 401]));
  const signedIn = both.find(({ status }) => status === 200);
  expect(signedIn?.body.data).toMatchObject({
    user: { username: keeper.username, role: 'admin' },
    tenant: { code: 'acme' },
  });
  expect((await gateway.anyone.as(signedIn?.body.data.access_token).call(auth.me, {})).status).toBe(200);
  expect((await second(challengeOf(await logIn(keeper.username, 'acme')), code, replica.anyone)).status).toBe(
    401,
  );
  expect((await logIn('amy', 'acme')).status).toBe(200);
});

test('confirmed twice, the second is told that it is on; a set-up that crosses the confirmation lays nothing ready without a code', async () => {
  const { client } = await anEnrolled();
  const again = await client.call(factor.confirmSecondFactor, { body: { code: '000000' } });
  expect([again.status, again.body.error.details.current_state]).toEqual([409, 'enabled']);
  for (let turn = 0; turn < 5; turn++) {
    const { id, client: one } = await anAdministrator();
    const { secret } = await one.ask(factor.startSecondFactor, { body: { password: PASSWORD } });
    const answers = await Promise.all([
      one.call(factor.confirmSecondFactor, { body: { code: codeOf(secret) } }),
      one.call(factor.startSecondFactor, { body: { password: PASSWORD } }),
    ]);
    const row = await gateway.kit.connection.collection('second_factors').findOne({ _id: id as never });
    expect([Boolean(row?.['secret']), Boolean(row?.['pending'])]).toEqual(
      answers[0].status === 200 ? [true, false] : [false, true],
    );
  }
});

test('recovery codes work once each, and are made anew with a code', async () => {
  const { id, username, codes, client, secret } = await anEnrolled();
  const [first = '', other = ''] = codes;
  const typed = first.toLowerCase().replaceAll('-', ' ');
  expect((await second(challengeOf(await logIn(username, 'acme')), typed)).status).toBe(200);
  expect((await second(challengeOf(await logIn(username, 'acme')), first)).status).toBe(401);
  expect((await client.ask(factor.getSecondFactor, {})).recovery_codes_left).toBe(9);
  await later(id);
  const renewed = await client.ask(factor.replaceRecoveryCodes, { body: { code: codeOf(secret) } });
  expect(renewed.recovery_codes).toHaveLength(10);
  expect((await second(challengeOf(await logIn(username, 'acme')), other)).status).toBe(401);
  await eventually(() =>
    expect(changesOf(id)).toEqual([
      'enabled by self',
      'recovery_code_used by self',
      'recovery_codes_replaced by self',
    ]),
  );
});

test('wrong codes are counted and closed; a challenge ends with its time and with another password', async () => {
  const { id, username, secret } = await anEnrolled();
  const token = challengeOf(await logIn(username, 'acme'));
  await later(id);
  const wrong = otherThan(codeOf(secret));
  for (let attempt = 0; attempt < 5; attempt++) expect((await second(token, wrong)).status).toBe(401);
  const closed = await second(token, codeOf(secret), replica.anyone);
  expect([closed.status, Number(closed.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
  const counts = await gateway.kit.connection
    .collection<{ _id: string; count: number }>('login_failures')
    .find({ _id: { $in: [`account:${id}`, `code:${id}`] } })
    .toArray();
  expect(counts.map(({ count }) => count)).toEqual([5, 5]);
  await gateway.kit.connection.collection('login_failures').deleteMany({});
  expect((await second(token, '12345')).status).toBe(400);
  expect((await second('ch_nobody', '123456')).body.error.code).toBe('AUTH_003');
  await acme.admin.send('patch', `/api/v1/members/${id}/`, { body: { password: 'another-password' } });
  expect((await second(token, codeOf(secret))).body.error.code).toBe('AUTH_003');
  await acme.admin.send('patch', `/api/v1/members/${id}/`, { body: { password: PASSWORD } });
  const next = challengeOf(await logIn(username, 'acme'));
  await gateway.kit.connection
    .collection('one_time_tokens')
    .updateMany({ memberId: id }, { $set: { expiresAt: new Date(Date.now() - 1) } });
  expect((await second(next, codeOf(secret))).body.error.code).toBe('AUTH_003');
});

test('at once in two gateways: a recovery code lets one in, and of many wrong codes no more are told than one after the other', async () => {
  const { id, username, secret, codes } = await anEnrolled();
  const tokens = await Promise.all([1, 2, 3, 4].map(async () => challengeOf(await logIn(username, 'acme'))));
  const both = [gateway.anyone, replica.anyone];
  const used = await Promise.all(
    tokens.map((token, index) => second(token, codes[0] as string, both[index % 2])),
  );
  expect(used.map(({ status }) => status).sort((left, right) => left - right)).toEqual([200, 401, 401, 401]);
  await gateway.kit.connection.collection('login_failures').deleteMany({});

  const token = challengeOf(await logIn(username, 'acme'));
  await later(id);
  const wrong = otherThan(codeOf(secret));
  const guesses = await Promise.all(
    Array.from({ length: 16 }, (_, index) => second(token, wrong, both[index % 2])),
  );
  const told = guesses.map(({ status }) => status).sort((left, right) => left - right);
  expect(told).toEqual([...Array(5).fill(401), ...Array(11).fill(429)]);
  for (const by of both) expect((await second(token, codeOf(secret), by)).status).toBe(429);
  await gateway.kit.connection.collection('login_failures').deleteMany({});
});

test('is replaced and turned off with a code alone, and reset by another administrator of the tenant', async () => {
  const keeper = await anEnrolled();
  const start = (body: Record<string, string>) => keeper.client.call(factor.startSecondFactor, { body });
  expect((await start({ password: PASSWORD })).body.error.details).toHaveProperty('code');
  expect((await start({ password: PASSWORD, code: otherThan(codeOf(keeper.secret)) })).status).toBe(401);
  await later(keeper.id);
  const replaced = await start({ password: PASSWORD, code: codeOf(keeper.secret) });
  // Until it is confirmed the one before holds.
  expect((await logIn(keeper.username, 'acme')).status).toBe(401);
  await later(keeper.id);
  const next = replaced.body.data.secret as string;
  await keeper.client.ask(factor.confirmSecondFactor, { body: { code: codeOf(next) } });
  expect(
    (await keeper.client.call(factor.confirmSecondFactor, { body: { code: codeOf(next) } })).status,
  ).toBe(409);
  const off = (code: string) => keeper.client.call(factor.removeSecondFactor, { body: { code } });
  expect((await off(codeOf(keeper.secret))).status).toBe(401);
  await later(keeper.id);
  expect((await off(codeOf(next))).body.data).toMatchObject({ is_enabled: false, recovery_codes_left: 0 });
  expect((await off(codeOf(next))).status).toBe(409);
  expect((await logIn(keeper.username, 'acme')).status).toBe(200);

  const lost = await anEnrolled();
  const reset = (by: Client, id = lost.id) =>
    by.call(factor.resetSecondFactor, { params: { id: String(id) }, body: {} });
  expect((await reset(globex.admin)).status).toBe(404);
  expect((await reset((await acme.aMember()).client)).status).toBe(403);
  expect((await reset(lost.client)).status).toBe(403);
  expect((await reset(acme.admin, acme.adminId)).status).toBe(403);
  expect((await reset(acme.admin)).status).toBe(200);
  expect((await reset(acme.admin)).status).toBe(409);
  expect((await logIn(lost.username, 'acme')).status).toBe(200);
  await withinASecond(async () => expect((await lost.client.call(auth.me, {})).status).toBe(401));
  await eventually(() =>
    expect(changesOf(lost.id)).toEqual(['enabled by self', 'disabled by administrator']),
  );
});

test('a tenant may ask for it: who has none sets one up at the next login or refresh, and cannot turn it off', async () => {
  const { adminId, admin } = globex;
  const { username } = (await admin.ask(auth.me, {})).user;
  const session = await gateway.logIn(username, 'globex');
  const rule = (by: Client, admin_second_factor: 'optional' | 'required') =>
    by.call(factor.updateSecuritySettings, { body: { admin_second_factor } });
  expect((await rule((await globex.aMember('gus')).client, 'required')).status).toBe(403);
  expect(
    (await admin.send('patch', '/api/v1/security/', { body: { admin_second_factor: 'maybe' } })).status,
  ).toBe(400);
  expect((await rule(admin, 'required')).status).toBe(200);
  expect((await rule(admin, 'required')).status).toBe(200);
  expect(await admin.ask(factor.getSecuritySettings, {})).toEqual({
    admin_second_factor: 'required',
    allowed_origins: [],
  });
  expect(await acme.admin.ask(factor.getSecuritySettings, {})).toEqual({
    admin_second_factor: 'optional',
    allowed_origins: [],
  });
  await eventually(() =>
    expect(gateway.factsAbout('tenant', globex.id).filter((fact) => fact.includes('security'))).toHaveLength(
      1,
    ),
  );
  const refreshed = await gateway.anyone.call(auth.refreshSession, {
    body: { refresh_token: session.refreshToken },
  });
  expect(refreshed.body.error).toMatchObject({
    code: 'SECOND_FACTOR_REQUIRED',
    details: { is_enrolled: false },
  });
  const asked = await logIn(username, 'globex');
  expect(asked.body.error.details).toMatchObject({ is_enrolled: false });
  const token = challengeOf(asked);
  expect((await second(token, '123456')).status).toBe(409);
  const { secret } = await gateway.anyone.ask(factor.startSecondFactor, { body: { challenge_token: token } });
  const done = await gateway.anyone.ask(factor.confirmSecondFactor, {
    body: { challenge_token: token, code: codeOf(secret) },
  });
  expect(done).toMatchObject({ recovery_codes: expect.anything(), session: { user: { username } } });
  const own = gateway.anyone.as(done.session?.access_token);
  await later(adminId);
  expect((await own.call(factor.removeSecondFactor, { body: { code: codeOf(secret) } })).status).toBe(409);
  // Members are not asked; a refresh of one who is enrolled goes on.
  expect((await logIn('gus', 'globex')).status).toBe(200);
  const { refresh_token } = done.session as { refresh_token: string };
  expect((await gateway.anyone.call(auth.refreshSession, { body: { refresh_token } })).status).toBe(200);
});

test('a platform administrator has one as well, told by no fact; who is erased has none', async () => {
  const heard = gateway.kit.heard.length;
  const { secret } = await gateway.root.ask(factor.startSecondFactor, { body: { password: PASSWORD } });
  const { recovery_codes: codes } = await gateway.root.ask(factor.confirmSecondFactor, {
    body: { code: codeOf(secret) },
  });
  const token = challengeOf(await logIn('root'));
  const signedIn = await second(token, codes[0] as string);
  expect(signedIn.body.data).toMatchObject({ user: { role: 'super' }, tenant: null });
  const { id } = signedIn.body.data.user as { id: number };
  await later(id);
  expect(
    (await gateway.root.call(factor.removeSecondFactor, { body: { code: codeOf(secret) } })).status,
  ).toBe(200);
  expect(gateway.kit.heard.slice(heard).filter((event) => event.type.includes('second_factor'))).toEqual([]);

  const gone = await anEnrolled();
  const params = { id: String(gone.id) };
  await acme.admin.ask(deactivateMember, { params });
  await acme.admin.ask(eraseMember, { params, body: {} });
  expect(await rows().findOne({ _id: gone.id })).toBeNull();
});

test('where the platform asks for it, its administrators set one up at their first login', async () => {
  const strict = await gateway.aReplica({ SUPER_SECOND_FACTOR: 'required' });
  try {
    const asked = await logIn('root', undefined, strict.anyone);
    expect(asked.body.error).toMatchObject({
      code: 'SECOND_FACTOR_REQUIRED',
      details: { is_enrolled: false },
    });
    expect((await logIn('root')).status).toBe(200);
  } finally {
    await strict.stop();
  }
});
