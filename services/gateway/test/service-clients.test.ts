/** Service clients and their tokens (RFC 6749 §4.4). */
import {
  createClient as createServiceClient,
  deleteClient,
  listClients,
} from '@membership/contracts/endpoints/gateway/clients';
import { eventually } from '@membership/platform/testing/service-kit';
import {
  forge,
  startGateway,
  withinASecond,
  type AMember,
  type ATenant,
  type GatewayKit,
} from './gateway-kit.ts';

let gateway: GatewayKit;
let acme: ATenant;
let globex: ATenant;
let member: AMember;

beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant('acme');
  globex = await gateway.aTenant('globex');
  member = await acme.aMember('john_doe');
});
afterAll(() => gateway?.stop());

const tokenFor = (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
  gateway.anyone.send('post', '/api/v1/auth/token/', {
    raw: new URLSearchParams(parameters).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });

test('are added with their secret shown once, listed without it, and deleted', async () => {
  const made = await acme.admin.call(createServiceClient, {
    body: { name: 'Orders', scopes: ['points:read', 'points:write'] },
  });
  expect(made).toMatchObject({
    status: 201,
    body: {
      data: {
        name: 'Orders',
        scopes: ['points:read', 'points:write'],
        client_secret: expect.stringMatching(/^cs_.{40,}/),
      },
    },
  });
  const { client_id: id, client_secret: secret } = made.body.data;
  expect(JSON.stringify((await acme.admin.call(listClients, {})).body)).not.toContain(secret);
  expect(JSON.stringify(await gateway.kit.connection.collection('clients').find().toArray())).not.toContain(
    secret,
  );
  expect((await globex.admin.call(deleteClient, { params: { client_id: id } })).status).toBe(404);
  const issued = await tokenFor({ grant_type: 'client_credentials', client_id: id, client_secret: secret });
  expect([issued.status, issued.body]).toEqual([
    200,
    {
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'points:read points:write',
    },
  ]);
  expect((await acme.admin.call(deleteClient, { params: { client_id: id } })).status).toBe(204);
  expect(
    (await tokenFor({ grant_type: 'client_credentials', client_id: id, client_secret: secret })).status,
  ).toBe(401);
  const service = gateway.anyone.as(issued.body.access_token);
  await withinASecond(async () =>
    expect((await service.send('get', '/api/v1/points/profiles/')).status).toBe(401),
  );
});

test('one made anew under an id that was deleted is another: tokens of the first are worth nothing', async () => {
  const body = { name: 'Orders', client_id: 'again-and-again', client_secret: 'the-same-secret' };
  const credentials = { grant_type: 'client_credentials', client_id: 'again-and-again' };
  const tokenOf = async (client_secret: string) =>
    (await tokenFor({ ...credentials, client_secret })).body.access_token as string;
  const mayCall = async (token: string) =>
    (await gateway.anyone.as(token).send('get', '/api/v1/points/profiles/')).status;
  await acme.admin.ask(createServiceClient, { body });
  const old = await tokenOf('the-same-secret');
  expect(await mayCall(old)).toBe(200);
  await acme.admin.ask(deleteClient, { params: { client_id: 'again-and-again' } });
  await acme.admin.ask(createServiceClient, { body });
  const fresh = await tokenOf('the-same-secret');
  expect(await mayCall(fresh)).toBe(200);
  await withinASecond(async () => expect(await mayCall(old)).toBe(401));
  expect(await mayCall(fresh)).toBe(200);
  // Tokens that a version before made name no issue: for a client of that time, those after its making hold.
  const clients = gateway.kit.connection.collection<{ _id: string }>('clients');
  await clients.updateOne({ _id: 'again-and-again' }, { $unset: { issue: 1, previous: 1 } });
  const claims = { sub: 'again-and-again', typ: 'client', tenant_id: acme.id, scope: 'points:read' };
  const now = Math.floor(Date.now() / 1000);
  const [before, after] = [now - 3_600, now].map((iat) => forge({ ...claims, iat }));
  await withinASecond(async () => expect(await mayCall(after as string)).toBe(200));
  expect([await mayCall(before as string), await mayCall(old)]).toEqual([401, 401]);
});

test('get another secret: the one before for a while, or not at all; each change is a fact', async () => {
  const id = 'rotating-client';
  const params = { client_id: id };
  await acme.admin.ask(createServiceClient, {
    body: { name: 'Orders', client_id: id, client_secret: 'the-first-secret', scopes: ['points:read'] },
  });
  const credentials = { grant_type: 'client_credentials', client_id: id };
  const issue = (client_secret: string) => tokenFor({ ...credentials, client_secret });
  const first = (await issue('the-first-secret')).body.access_token as string;
  const rotate = (client: typeof acme.admin, body: Record<string, unknown>, headers = {}) =>
    client.send('post', `/api/v1/clients/${id}/rotate-secret/`, { body, headers });
  expect((await rotate(member.client, {})).status).toBe(403);
  expect((await rotate(globex.admin, {})).status).toBe(404);
  expect((await rotate(acme.admin, { keep_previous_hours: 169, client_secret: 'short' })).status).toBe(400);
  const key = { 'idempotency-key': 'rotate-1' };
  const kept = await rotate(acme.admin, {}, key);
  expect(kept).toMatchObject({
    status: 200,
    body: { data: { client_id: id, client_secret: expect.stringMatching(/^cs_.{40,}/) } },
  });
  const second = kept.body.data.client_secret as string;
  expect(Date.parse(kept.body.data.previous_valid_until) - Date.now()).toBeGreaterThan(23 * 3_600_000);
  expect((await rotate(acme.admin, {}, key)).body.data.client_secret).toBe('[shown once]');
  for (const secret of ['the-first-secret', second, second]) expect((await issue(secret)).status).toBe(200);
  const clients = gateway.kit.connection.collection<{ _id: string }>('clients');
  await clients.updateOne({ _id: id }, { $set: { 'previous.validUntil': new Date(Date.now() - 1) } });
  expect((await issue('the-first-secret')).status).toBe(401);
  expect((await gateway.anyone.as(first).send('get', '/api/v1/points/profiles/')).status).toBe(200);
  const given = { client_secret: 'the-third-secret', keep_previous_hours: 0 };
  expect((await rotate(acme.admin, given)).body.data).toEqual({
    client_id: id,
    client_secret: 'the-third-secret',
    previous_valid_until: null,
  });
  expect([(await issue(second)).status, (await issue('the-third-secret')).status]).toEqual([401, 200]);
  await withinASecond(async () =>
    expect((await gateway.anyone.as(first).send('get', '/api/v1/points/profiles/')).status).toBe(401),
  );
  await acme.admin.ask(deleteClient, { params });
  await acme.admin.ask(createServiceClient, { body: { name: 'Anew', client_id: id } });
  const facts = () => gateway.kit.heard.filter(({ subject }) => subject === id);
  await eventually(() =>
    expect(facts().map(({ type, sequence }) => [type, sequence])).toEqual([
      ['client.created.v1', 1],
      ['client.secret_rotated.v1', 2],
      ['client.secret_rotated.v1', 3],
      ['client.deleted.v1', 4],
      ['client.created.v1', 5],
    ]),
  );
  expect(facts()[0]).toMatchObject({
    tenantid: acme.id,
    actor: `user:${acme.adminId}`,
    data: { clientId: id, name: 'Orders', scopes: ['points:read'] },
  });
  expect(JSON.stringify(facts())).not.toMatch(/-secret"|cs_|argon2/);
});

test('may be given id and secret; the id is unique over the platform', async () => {
  const body = { name: 'Demo', client_id: 'demo-internal', client_secret: 'demo-pass-2026' };
  expect((await acme.admin.call(createServiceClient, { body })).body.data).toMatchObject({
    client_id: 'demo-internal',
    client_secret: 'demo-pass-2026',
  });
  expect((await globex.admin.call(createServiceClient, { body })).body.error.details).toEqual({
    client_id: ['该客户端ID已存在'],
  });
  expect(
    (
      await acme.admin.call(createServiceClient, {
        body: { ...body, client_id: '..', client_secret: 'short', scopes: ['all'] } as never,
      })
    ).status,
  ).toBe(400);
  expect((await member.client.call(listClients, {})).status).toBe(403);
});

test('tokens by RFC 6749: form, JSON, Basic; bare answers and errors', async () => {
  const asJson = (body: unknown) => gateway.anyone.send('post', '/api/v1/auth/token/', { body });
  const right = {
    grant_type: 'client_credentials',
    client_id: 'demo-internal',
    client_secret: 'demo-pass-2026',
  };
  const basic = {
    authorization: `Basic ${Buffer.from('demo-internal:demo-pass-2026').toString('base64')}`,
  };
  expect(
    (await asJson({ ...right, scope: 'points:read', resource: 'unknown parameters are passed over' })).body
      .scope,
  ).toBe('points:read');
  const issued = await tokenFor({ grant_type: 'client_credentials' }, basic);
  expect([issued.status, issued.headers.get('cache-control'), issued.headers.get('pragma')]).toEqual([
    200,
    'no-store',
    'no-cache',
  ]);
  expect(issued.body.scope).not.toContain('gateway');
  const errors: [unknown, number, string][] = [
    [await asJson({ ...right, client_secret: 'wrong-secret-here' }), 401, 'invalid_client'],
    [await asJson({ ...right, client_id: 'nobody' }), 401, 'invalid_client'],
    [await asJson({ grant_type: 'client_credentials' }), 401, 'invalid_client'],
    [await asJson({ ...right, grant_type: 'password' }), 400, 'unsupported_grant_type'],
    [await asJson({ client_id: 'demo-internal' }), 400, 'invalid_request'],
    [await asJson({ ...right, scope: 'points:read everything' }), 400, 'invalid_scope'],
    [await asJson({ ...right, client_secret: { $gt: '' } }), 400, 'invalid_request'],
    [await tokenFor(right, basic), 400, 'invalid_request'],
  ];
  for (const [answer, status, error] of errors)
    expect(answer).toMatchObject({ status, body: { error, error_description: expect.any(String) } });
  expect((errors[0]?.[0] as { headers: Headers } | undefined)?.headers.get('www-authenticate')).toMatch(
    /^Basic/,
  );
});
