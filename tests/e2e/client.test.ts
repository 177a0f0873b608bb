/** The client against the real gateway, where a server in its place would prove little: who has a second factor logs in. */
import { createMember } from '@membership/contracts/endpoints/gateway/members';
import * as factor from '@membership/contracts/endpoints/gateway/second-factor';
import { endMemberSession, listMemberSessions } from '@membership/contracts/endpoints/gateway/sessions';
import {
  createMembershipClient,
  type MembershipError,
  must,
  type Credentials,
} from '../../libs/client/src/index.ts';
import {
  PASSWORD,
  startGateway,
  withinASecond,
  type ATenant,
  type GatewayKit,
} from '../../services/gateway/test/gateway-kit.ts';
import { authenticatorCode } from './console/authenticator.ts';

let gateway: GatewayKit;
let acme: ATenant;
beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant('acme');
});
afterAll(() => gateway?.stop());

let counter = 0;
/** An administrator whose second factor is on, with its recovery codes. */
async function anEnrolled() {
  const username = `keeper_${++counter}`;
  const body = { username, email: `${username}@example.com`, password: PASSWORD, role: 'admin' } as const;
  const { id } = await acme.admin.ask(createMember, { body });
  const { client } = await gateway.logIn(username, 'acme');
  const { secret } = await client.ask(factor.startSecondFactor, { body: { password: PASSWORD } });
  const code = authenticatorCode(secret);
  const { recovery_codes: codes } = await client.ask(factor.confirmSecondFactor, { body: { code } });
  return { id, codes, credentials: { username, password: PASSWORD, tenant: 'acme' } };
}
/** Asks who one is, by a client of these credentials. */
const clientOf = (credentials: Credentials) => {
  const api = createMembershipClient({ baseUrl: gateway.kit.url, credentials });
  return async () => (await must(api.GET('/api/v1/auth/me/'))).data.user.username;
};

test('a code is asked for when the login needs one, not for each request, and again once the session was ended', async () => {
  const { id, codes, credentials } = await anEnrolled();
  let asked = 0;
  const whoAmI = clientOf({ ...credentials, code: async () => codes[asked++] as string });
  expect([await whoAmI(), await whoAmI(), asked]).toEqual([credentials.username, credentials.username, 1]);
  const params = { id: String(id) };
  const { items } = await acme.admin.ask(listMemberSessions, { params });
  for (const { id: session_id } of items)
    await acme.admin.call(endMemberSession, { params: { ...params, session_id } });
  await withinASecond(async () => expect([await whoAmI(), asked]).toEqual([credentials.username, 2]));
});

test('without a way to a code, and with a wrong one, the login is refused as the platform refuses it', async () => {
  const { credentials } = await anEnrolled();
  const refusal = (given: Credentials) =>
    clientOf(given)().catch((error: unknown) => error as MembershipError);
  expect(await refusal(credentials)).toMatchObject({
    status: 401,
    code: 'SECOND_FACTOR_REQUIRED',
    details: { is_enrolled: true },
  });
  expect(await refusal({ ...credentials, code: () => '000000' })).toMatchObject({
    status: 401,
    code: 'AUTH_001',
  });
});

test('who has no second factor is not asked', async () => {
  const { username } = await acme.aMember();
  const code = () => {
    throw new Error('nobody asked for a code');
  };
  expect(await clientOf({ username, password: PASSWORD, tenant: 'acme', code })()).toBe(username);
});
