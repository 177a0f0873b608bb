/** Service clients and their tokens (RFC 6749 §4.4). */
import {
  createClient as createServiceClient,
  deleteClient,
  listClients,
} from '@membership/contracts/endpoints/gateway/clients';
import { startGateway, withinASecond, type AMember, type ATenant, type GatewayKit } from './gateway-kit.ts';

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
