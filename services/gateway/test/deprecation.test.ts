/** What is on its way out says so on each answer: endpoints of services and the gateway's own, refusals among them. */
import type { Endpoint } from '@membership/contracts/endpoint';
import { allEndpoints } from '@membership/contracts/endpoints/index';
import { startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest } from './raw-http.ts';

let gateway: GatewayKit;
let acme: ATenant;

/** No endpoint of the platform is deprecated, so two are declared so for the gateway that is started here. */
function deprecate(name: string, deprecated: NonNullable<Endpoint['deprecated']>): void {
  const at = allEndpoints.findIndex((one) => one.name === name);
  (allEndpoints as Endpoint[])[at] = { ...(allEndpoints[at] as Endpoint), deprecated };
}
beforeAll(async () => {
  const successor = '/api/v2/points/profiles/';
  deprecate('listProfiles', { since: '2026-01-01', sunset: '2026-12-31', successor });
  deprecate('me', { since: '2026-01-01' });
  gateway = await startGateway({ CORS_ORIGINS: 'https://shop.example' });
  acme = await gateway.aTenant();
});
afterAll(() => gateway?.stop());

const said = async (path: string, token?: string) => {
  const { status, headers } = await rawRequest(gateway.kit.url, path, {
    headers: { origin: 'https://shop.example', ...(token ? { authorization: `Bearer ${token}` } : {}) },
  });
  const { deprecation, sunset, link } = headers;
  return { status, deprecation, sunset, link, exposed: headers['access-control-expose-headers'] };
};
const DOCS = '</api/v1/docs/>; rel="deprecation"; type="text/html"';

test('an endpoint of a service, whatever it answers', async () => {
  const ending = {
    deprecation: '@1767225600',
    sunset: 'Thu, 31 Dec 2026 00:00:00 GMT',
    link: `</api/v2/points/profiles/>; rel="successor-version", ${DOCS}`,
    exposed: expect.stringMatching(/deprecation.*sunset.*link/i),
  };
  const path = '/api/v1/points/profiles/';
  expect(await said(path, acme.adminToken)).toEqual({ status: 200, ...ending });
  expect(await said(path)).toEqual({ status: 401, ...ending });
});
test('one of the gateway’s own, without an end', async () => {
  const ending = { deprecation: '@1767225600', sunset: undefined, link: DOCS };
  expect(await said('/api/v1/auth/me/', acme.adminToken)).toMatchObject({ status: 200, ...ending });
  expect(await said('/api/v1/auth/me/')).toMatchObject({ status: 401, ...ending });
});
test('no other says anything of the kind', async () => {
  const nothing = { deprecation: undefined, sunset: undefined, link: undefined };
  expect(await said('/api/v1/points/profiles/1/', acme.adminToken)).toMatchObject({
    status: 200,
    ...nothing,
  });
  expect(await said('/api/v1/nowhere/')).toMatchObject({ status: 404, ...nothing });
});
