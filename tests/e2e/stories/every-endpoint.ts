/**
 * Read from the contracts, so that a new endpoint is covered by itself: no token, the wrong role, another tenant's token and
 * ids, and bad input on every endpoint: a refusal in the family's dialect, never a 500.
 */
import { createClient, type ClientAnswer, type Client } from '@membership/contracts/client';
import { mayCall, type Dialect, type Endpoint } from '@membership/contracts/endpoint';
import { allEndpoints } from '@membership/contracts/endpoints/index';
import * as applications from '@membership/contracts/endpoints/applications/index';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import * as licensing from '@membership/contracts/endpoints/licenses/index';
import * as points from '@membership/contracts/endpoints/points/index';
import * as stats from '@membership/contracts/endpoints/stats/index';
import * as vip from '@membership/contracts/endpoints/vip/index';
import { pathFor } from '@membership/contracts/routes';
import { eventually } from '@membership/platform/testing/eventually';
import { DEMO_CLIENT } from '../../../tools/demo-data.ts';
import { PASSWORD, type PlatformKit } from '../../platform-kit.ts';

let kit: PlatformKit;
/** Ids of things that belong to ACME, by the beginning of the path that names them. The longest beginning wins. */
const acme: Record<string, Record<string, number | string>> = {};
const guarded = allEndpoints.filter(({ access }) => !access.includes('public'));
const nameOf = (one: Endpoint) => `${one.method.toUpperCase()} ${one.path}`;

/** A cheap item, so that what john has earned is enough. */
async function redeemedByJohn(admin: Client, john: Client) {
  await admin.call(points.createRedemptionItem, {
    body: { redemption_item_id: 'MUG', item_name: '杯子', points_cost: 1, stock: 5, needs_delivery: false },
  });
  return john.ask(points.redeemPoints, { body: { redemption_item_id: 'MUG' } });
}

function paramsOf(one: Endpoint): Record<string, number | string> {
  const names = [...one.path.matchAll(/:(\w+)/g)].map(([, name]) => name as string);
  if (names.length === 0) return {};
  const beginning = Object.keys(acme)
    .filter((path) => one.path.startsWith(path))
    .sort((left, right) => right.length - left.length)[0];
  const ids = beginning ? acme[beginning] : undefined;
  for (const name of names)
    if (ids?.[name] === undefined)
      throw new Error(`${nameOf(one)}: say in this test which ACME thing "${name}" names`);
  return ids as Record<string, number | string>;
}
const bodyOf = (one: Endpoint) => (one.body ? (one.examples?.request ?? {}) : undefined);
const ask = (
  client: Client,
  one: Endpoint,
  init: { body?: unknown; query?: string; headers?: Record<string, string>; raw?: string | Uint8Array } = {},
) => {
  const { query = '', ...rest } = init;
  return client.send(one.method, `${pathFor(one.path, paramsOf(one))}${query}`, rest);
};

/** Whether a refusal has the envelope of its family. */
function speaks(dialect: Dialect, { status, body }: ClientAnswer): boolean {
  if (dialect === 'code')
    return (
      body.code === status &&
      typeof body.message === 'string' &&
      'data' in body &&
      typeof body.error_code === 'string' &&
      typeof body.timestamp === 'string'
    );
  if (dialect === 'app')
    return (
      body.success === false &&
      body.code === 4000 + (status % 100) &&
      body.data === null &&
      typeof body.error_code === 'string'
    );
  return (
    body.success === false &&
    typeof body.error?.code === 'string' &&
    typeof body.error.message === 'string' &&
    'details' in body.error &&
    typeof body.request_id === 'string' &&
    typeof body.timestamp === 'string'
  );
}

/** A stream of events has no end: what comes first of it. */
async function beginningOf(...request: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...request);
  const { status, headers } = response;
  if (!response.body || !headers.get('content-type')?.startsWith('text/event-stream')) return response;
  const reader = response.body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new Response(value, { status, headers });
}

async function tokenHeader(username: string): Promise<{ authorization: string }> {
  const { access_token } = await kit.anonymous.ask(identity.login, {
    body: { username, password: PASSWORD },
  });
  return { authorization: `Bearer ${access_token}` };
}

const deep = `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`;
const BODIES: (string | Uint8Array)[] = [
  // Not UTF-8: a byte that begins nothing, half a character, GBK.
  Buffer.from('{"reason":"\xff"}', 'latin1'),
  Buffer.from('{"\xe5\xbc":1}', 'latin1'),
  Buffer.from('{"name":"\xd5\xc5"}', 'latin1'),
  'null',
  '[]',
  '"text"',
  '12',
  '{',
  '{"$gt":""}',
  '{"__proto__":{"isAdmin":true}}',
  '{"a":[{"_bsontype":"ObjectId","id":"x"}]}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"unknown_field":1}',
  '{"id":1e400}',
  deep,
  '\u0000',
];

/** Somebody who may call an endpoint, whoever that is: what is asked is refused for what it holds. */
async function callers(): Promise<(one: Endpoint) => Client> {
  const [admin, root] = [await kit.as('admin_acme'), await kit.as('root')];
  const { access_token } = (
    await kit.anonymous.call(identity.issueServiceToken, {
      body: { grant_type: 'client_credentials', client_id: DEMO_CLIENT, client_secret: PASSWORD },
    })
  ).body;
  const service = kit.anonymous.as(access_token);
  return ({ access }) => {
    if (access.includes('public')) return kit.anonymous;
    if (mayCall(access, 'admin')) return admin;
    return mayCall(access, 'super') ? root : service;
  };
}

const QUERIES = [
  'page=0',
  'page=-1',
  'page=abc',
  'page=1e9999',
  'ordering=nothing',
  'ordering=-$where',
  'surprise=1',
  'page=1&page=2',
  'tenant=x',
  'page_size=many&limit=many',
  'search[$gt]=',
  'search=%00',
  'search=a%01b',
  'search=%ff',
  'page=%E5%BC',
];

/** Whatever has been done on the platform before; what is refused leaves all as it was. */
export function everyEndpoint(platform: () => PlatformKit): void {
  beforeAll(async () => {
    kit = platform();
    const [admin, john, johnId] = [
      await kit.as('admin_acme'),
      await kit.as('john_doe'),
      await kit.idOf('john_doe'),
    ];
    const [assignment_id] = (await kit.assignToJohn(1)) as [number];
    await john.ask(licensing.activateLicense, {
      params: { assignment_id: String(assignment_id) },
      body: { device_info: { device_id: 'D1' } },
    });
    await eventually(async () =>
      expect((await admin.ask(points.listPointsRecords, {})).count).toBeGreaterThan(0),
    );
    const first = async (listed: Promise<{ items: { id: number }[] }>) =>
      (await listed).items[0]?.id as number;
    const application = await first(
      admin.ask(applications.listApplications, {}) as Promise<{ items: { id: number }[] }>,
    );
    await john.call(applications.giveFeedback, {
      params: { id: String(application) },
      body: { content: '很好用', title: '反馈' } as never,
    });
    const article = await admin.call(applications.writeArticle, {
      params: { id: String(application) },
      body: { title: '应用使用指南', slug: 'app-guide' } as never,
    });
    const [tag] = (await admin.ask(vip.listTags, {})).items;
    const granted = await admin.ask(vip.grantTag, {
      body: { member_id: johnId, tag_id: tag?.id as number } as never,
    });
    const purchase = await john.ask(vip.purchaseTag, {
      params: { id: String(tag?.id) },
      body: { pay_with: 'points', duration_days: 1 },
    });
    const [feedback] =
      (await admin.call(applications.listFeedbacks, { params: { id: String(application) } })).body.data
        ?.results ?? [];
    const hold = await admin.ask(points.placeHold, {
      params: { id: String(johnId) },
      body: { points_amount: 1, category: 'feature_unlock' },
    });
    const redeemed = await redeemedByJohn(admin, john);
    const [activity] = (await admin.ask(points.pageActivities, {})).items;
    const hook = await admin.ask(identity.createWebhookEndpoint, {
      body: { url: 'https://shop.example.com/hooks', event_types: ['member.*'] },
    });
    const ping = await admin.ask(identity.pingWebhookEndpoint, { params: { id: String(hook.id) }, body: {} });
    const trusted = await admin.ask(identity.createExternalIssuer, {
      body: {
        ...{
          name: 'Login',
          issuer: 'https://id.example.com/',
          audience: 'membership',
          algorithms: ['RS256'],
        },
        jwks_uri: 'https://id.example.com/jwks.json',
      },
    });
    const [session] = (await john.ask(identity.listOwnSessions, {})).items;
    const key = await admin.ask(identity.createApiKey, { body: { name: 'Orders', scopes: ['points:read'] } });
    const trail = await eventually(async () => {
      const [event] = (await admin.ask(stats.listEvents, {})).results;
      expect(event).toBeDefined();
      return event;
    });
    const link = await admin.ask(identity.makePasswordLink, { params: { id: String(johnId) }, body: {} });
    const root = await kit.as('root');
    const plan = await root.ask(identity.createTenantPlan, { body: { code: 'starter', name: 'Starter' } });
    const [signingKey] = (await root.ask(licensing.licenseKeys, {})).keys;
    Object.assign(acme, {
      '/api/v1/points/user-levels/': { id: await first(admin.ask(points.listUserLevels, {})) },
      '/api/v1/points/user-type-tags/': { id: tag?.id },
      '/api/v1/points/profiles/': { id: johnId, name: 'max_downloads_per_day' },
      '/api/v1/points/holds/': { id: hold.id },
      '/api/v1/points/points-records/': { id: await first(admin.ask(points.listPointsRecords, {})) },
      '/api/v1/points/rules/': { id: await first(admin.ask(points.listRules, {})) },
      '/api/v1/member-system/admin/levels/': {
        id: (await admin.ask(points.pageMemberLevels, {})).items[0]?.level_id,
      },
      '/api/v1/member-system/admin/members/': { id: johnId },
      '/api/v1/member-system/admin/redemption-items/': { item_id: 'GIFT001' },
      '/api/v1/member-system/admin/redemptions/': { redemption_id: redeemed.redemption_id },
      '/api/v1/member-system/admin/benefits/': { benefit_id: 'B001' },
      '/api/v1/member-system/admin/activities/': { activity_id: activity?.activity_id as string },
      '/api/v1/member-system/activities/': { activity_id: activity?.activity_id as string },
      '/api/v1/vip/tags/': { id: tag?.id },
      '/api/v1/vip/user-tags/': { id: (granted as { id: number }).id },
      '/api/v1/vip/purchases/': { id: purchase.id },
      '/api/v1/vip/members/': { id: johnId },
      '/api/v1/products/': { id: await first(admin.ask(licensing.listProducts, {})) },
      '/api/v1/plans/': { id: await first(admin.ask(licensing.listPlans, {})) },
      '/api/v1/licenses/': { id: await first(admin.ask(licensing.listLicenses, {})) },
      '/api/v1/license-assignments/': { id: assignment_id },
      '/api/v1/user/licenses/': { assignment_id },
      '/api/v1/license-keys/': { kid: signingKey?.kid },
      '/api/v1/token-keys/': { kid: (await root.ask(identity.listTokenKeys, {})).items[0]?.kid as string },
      '/api/v1/applications/': {
        id: application,
        article_id: article.body.data?.id,
        feedback_id: feedback?.id,
      },
      '/api/v1/members/': { id: johnId, session_id: session?.id as string, link_id: link.link_id },
      '/api/v1/auth/sessions/': { session_id: session?.id as string },
      '/api/v1/api-keys/': { key_id: key.id },
      '/api/v1/clients/': { client_id: 'demo-internal' },
      '/api/v1/external-issuers/': { id: trusted.id },
      '/api/v1/webhooks/endpoints/': { id: hook.id },
      '/api/v1/webhooks/deliveries/': { id: ping.id },
      '/api/v1/stats/events/': { event_id: trail?.id },
      // Nothing is parked: what may be refused is refused before it is looked for.
      '/api/v1/dead-letters/': { service: 'points', event_id: 'no-such-event' },
      '/api/v1/tenant-plans/': { plan_code: plan.code },
      '/api/v1/tenants/': { id: await first(root.ask(identity.listTenants, { query: { code: 'acme' } })) },
    });
  });

  test('without a token, or with one that does not hold: 401 in the family’s dialect, and how to prove oneself', async () => {
    const wrong: unknown[] = [];
    for (const one of guarded)
      for (const caller of [kit.anonymous, kit.anonymous.as('nonsense')]) {
        const answer = await ask(caller, one, { body: bodyOf(one) });
        const proof = answer.headers.get('www-authenticate');
        if (answer.status !== 401 || !speaks(one.dialect, answer) || proof !== 'Bearer')
          wrong.push([nameOf(one), answer.status, proof, answer.body]);
      }
    expect(wrong).toEqual([]);
  });

  test('a role that may not call gets 403, which tells the roles that may', async () => {
    const wrong: unknown[] = [];
    for (const [username, role] of [
      ['hank', 'member'],
      ['admin_globex', 'admin'],
    ] as const) {
      const client = await kit.as(username);
      for (const one of guarded.filter(({ access }) => !mayCall(access, role))) {
        const answer = await ask(client, one, { body: bodyOf(one) });
        // The dialect of 004 has no details.
        const tells = one.dialect === 'app' || JSON.stringify(answer.body).includes('"allowed_roles":[');
        if (answer.status !== 403 || !speaks(one.dialect, answer) || !tells)
          wrong.push([username, nameOf(one), answer.status, answer.body]);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('things of another tenant are not there', async () => {
    const globex = await kit.as('admin_globex');
    const wrong: unknown[] = [];
    for (const one of guarded.filter(({ access, path }) => mayCall(access, 'admin') && path.includes(':'))) {
      const answer = await ask(globex, one, { body: bodyOf(one) });
      if (answer.status !== 404 || !speaks(one.dialect, answer))
        wrong.push([nameOf(one), answer.status, answer.body]);
    }
    expect(wrong).toEqual([]);
  });

  test('lists of another tenant show and count nothing of ours', async () => {
    const { authorization } = await tokenHeader('admin_globex');
    const globex = createClient({
      baseUrl: kit.services.url,
      fetch: beginningOf,
      headers: { authorization },
    });
    const wrong: unknown[] = [];
    for (const one of guarded.filter(
      ({ access, path, method }) => method === 'get' && mayCall(access, 'admin') && !path.includes(':'),
    )) {
      const answer = await ask(globex, one);
      if (/john_doe|jane_roe|acme|ABC-DEF-GHI|test-app/i.test(JSON.stringify(answer.body)))
        wrong.push([nameOf(one), answer.body]);
    }
    expect(wrong).toEqual([]);
  });

  test('X-Tenant-ID that names another tenant is 403 for all but super', async () => {
    const globex = await kit.as('admin_globex');
    for (const one of [
      points.listProfiles,
      licensing.listProducts,
      applications.listApplications,
      vip.listTags,
    ])
      expect(
        (
          await ask(globex.as(undefined), one as Endpoint, {
            headers: { ...(await tokenHeader('admin_globex')), 'x-tenant-id': 'acme' },
          })
        ).status,
      ).toBe(403);
  });

  test('bad bodies are refused everywhere with 4xx in the dialect, never 500', async () => {
    const callerOf = await callers();
    const wrong: unknown[] = [];
    // Logging out would end the session of the calls that follow; `bare` ones (RFC 6749) speak no dialect of ours.
    for (const one of allEndpoints.filter(
      ({ body, kind, name }) => body && kind !== 'bare' && name !== 'logout',
    )) {
      const client = callerOf(one);
      for (const raw of BODIES) {
        const answer = await ask(client, one, { raw });
        if (answer.status < 400 || answer.status >= 500 || !speaks(one.dialect, answer))
          wrong.push([nameOf(one), String(raw).slice(0, 60), answer.status, answer.body]);
      }
      const media = await ask(client, one, {
        raw: 'a=1',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      if (media.status !== 415) wrong.push([nameOf(one), 'form', media.status]);
    }
    expect(wrong).toEqual([]);
  });

  test('what no query has, or is given twice, is refused with 400 wherever there is a query at all', async () => {
    const callerOf = await callers();
    const wrong: unknown[] = [];
    for (const one of allEndpoints.filter(({ method, kind }) => method === 'get' && kind === 'object')) {
      for (const query of ['surprise=1', 'surprise=1&surprise=2', 'search[$gt]=']) {
        const answer = await ask(callerOf(one), one, { query: `?${query}` });
        if (answer.status !== 400 || !speaks(one.dialect, answer))
          wrong.push([nameOf(one), query, answer.status, answer.body]);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('bad queries of lists are refused with 400 and say which', async () => {
    const admin = await kit.as('admin_acme');
    const root = await kit.as('root');
    const wrong: unknown[] = [];
    for (const one of guarded.filter(({ kind }) => kind === 'list')) {
      const client = mayCall(one.access, 'admin') ? admin : root;
      for (const query of QUERIES) {
        const answer = await ask(client, one, { query: `?${query}` });
        if (answer.status !== 400 || !speaks(one.dialect, answer))
          wrong.push([nameOf(one), query, answer.status, answer.body]);
      }
      const odd = await ask(client, one, { query: `?page=99999&page_size=5000` });
      if (odd.status >= 500) wrong.push([nameOf(one), 'far page', odd.status]);
    }
    expect(wrong).toEqual([]);
  });

  test('ids that cannot be are 404, other methods 405 with Allow', async () => {
    const root = { headers: { ...(await tokenHeader('root')), 'x-tenant-id': 'acme' } };
    const wrong: unknown[] = [];
    // A service client's id is a name.
    for (const one of guarded.filter(({ path }) => path.includes(':') && !path.includes(':client_id'))) {
      for (const bad of ['0', '-1', 'abc', '1.5', '99999999999999999999', '%00', '..%2f', '$where']) {
        const path = one.path.replace(/:\w+/, bad).replace(/:\w+/g, '1');
        const answer = await kit.anonymous.send(one.method, path, {
          ...root,
          ...(bodyOf(one) === undefined ? {} : { body: bodyOf(one) }),
        });
        if (![404, 400].includes(answer.status) || (answer.status === 400 && !/%|\.\./.test(bad)))
          wrong.push([nameOf(one), bad, answer.status]);
      }
      const answer = await kit.anonymous
        .send('PROPFIND', one.path.replace(/:\w+/g, '1'), root)
        .catch((error: Error) => ({ status: error.message }));
      if (answer.status !== 405) wrong.push([nameOf(one), 'PROPFIND', answer.status]);
    }
    expect(wrong).toEqual([]);
  });
}
