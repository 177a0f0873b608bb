/** What a token says of its member's level, and levels shown to who has no token: by the host that was asked. */
import { memberLevelChanged } from '@membership/contracts/events/member-system';
import { profileCreated } from '@membership/contracts/events/points';
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import { eventually } from '@membership/platform/testing/eventually';
import jwt from 'jsonwebtoken';
import { startGateway, type AMember, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest } from './raw-http.ts';

let gateway: GatewayKit;
let acme: ATenant;
let member: AMember;
beforeAll(async () => {
  gateway = await startGateway();
  acme = await gateway.aTenant('acme');
});
afterAll(() => gateway?.stop());
beforeEach(async () => {
  member = await acme.aMember();
});

const levelIn = (token: string) => (jwt.decode(token) as { level: number | null }).level;
const levelNow = async () => levelIn((await gateway.logIn(member.username, 'acme')).accessToken);
const changed = (sequence: number, levelId: number, about = member.id) =>
  gateway.kit.publish(memberLevelChanged, {
    tenantId: acme.id,
    subject: about,
    sequence,
    data: {
      profileId: about,
      previousLevelId: null,
      previousLevelName: null,
      levelId,
      levelName: '银牌会员',
      levelCode: 'SILVER',
      isUpgrade: true,
      reason: 'spending',
    },
  });
const begun = (memberLevelId: number) =>
  gateway.kit.publish(profileCreated, {
    tenantId: acme.id,
    subject: member.id,
    sequence: 1,
    data: { profileId: member.id, levelId: 1, levelName: 'x', memberLevelId, memberLevelName: '注册会员' },
  });

test('a new token tells the level: that of the beginning, then each change, at log-in and at refresh', async () => {
  expect(levelIn(member.accessToken)).toBeNull();
  await begun(11);
  await eventually(async () => expect(await levelNow()).toBe(11));
  await changed(5, 13);
  await eventually(async () => expect(await levelNow()).toBe(13));
  const { refreshToken } = await gateway.logIn(member.username, 'acme');
  const { access_token } = await gateway.anyone.ask(auth.refreshSession, {
    body: { refresh_token: refreshToken },
  });
  expect(levelIn(access_token)).toBe(13);
});

test('the highest sequence wins, in whatever order and however often it is told; poison stands in nobody’s way', async () => {
  await changed(9, 14);
  await gateway.kit.publishRaw('member_level.changed.v1', Buffer.from('{"no":"envelope"}'));
  await changed(7, 12);
  await changed(9, 14);
  await begun(11);
  const other = await acme.aMember();
  await changed(3, 12, other.id);
  await eventually(async () =>
    expect(levelIn((await gateway.logIn(other.username, 'acme')).accessToken)).toBe(12),
  );
  await eventually(async () => expect(await levelNow()).toBe(14));
});

test('a platform administrator has no level', () => expect(levelIn(gateway.rootToken)).toBeNull());

describe('levels without a token', () => {
  const LEVELS = '/api/v1/member-system/levels/';
  const ask = async (host: string, path = LEVELS, headers: Record<string, string> = {}) => {
    const answer = await rawRequest(gateway.kit.url, path, { headers: { host, ...headers } });
    expect(answer.status).toBe(200);
    return gateway.points.last.context;
  };

  test('the host names the tenant, in any case and with a port; another host names none', async () => {
    for (const host of ['acme.gateway.test', 'ACME.gateway.test:8000'])
      expect(await ask(host)).toMatchObject({ role: 'anonymous', tid: acme.id });
    for (const host of ['gateway.test', 'nobody.gateway.test', 'acme.evil.test', 'a.acme.gateway.test'])
      expect(await ask(host)).toMatchObject({ role: 'anonymous', tid: null });
  });

  test('a token goes before the host', async () => {
    await gateway.aTenant('globex');
    const headers = { authorization: `Bearer ${member.accessToken}` };
    expect(await ask('globex.gateway.test', LEVELS, headers)).toMatchObject({ role: 'member', tid: acme.id });
  });
});
