/** The product's main job over real processes: activating a licence awards points, and the statistics count both. */
import * as identity from '@membership/contracts/endpoints/gateway/index';
import * as licensing from '@membership/contracts/endpoints/licenses/index';
import { getProfile, listPointsRecords } from '@membership/contracts/endpoints/points/index';
import { getPointsSummary, getStatsOverview } from '@membership/contracts/endpoints/stats/index';
import { eventually } from '@membership/platform/testing/eventually';
import { DEMO_LICENSE_KEY, loadDemoData } from '../../../tools/demo-data.ts';
import { PASSWORD, type PlatformKit } from '../../platform-kit.ts';

/** The first on its platform: nobody has points yet. */
export function mainStory(platform: () => PlatformKit): void {
  let kit: PlatformKit;
  beforeAll(() => void (kit = platform()));

  test('the administrator assigns the demo licence, John activates it and gets 100 points, once', async () => {
    const [admin, john, johnId] = [
      await kit.as('admin_acme'),
      await kit.as('john_doe'),
      await kit.idOf('john_doe'),
    ];
    const [licence] = (await admin.ask(licensing.listLicenses, { query: { license_key: DEMO_LICENSE_KEY } }))
      .items;
    const { assignment_id } = await admin.ask(licensing.createAssignment, {
      body: {
        member_id: johnId,
        license_id: licence?.id as number,
        assignment_type: 'user_request',
        expires_days: 365,
      },
    });
    const activate = () =>
      john.call(licensing.activateLicense, {
        params: { assignment_id: String(assignment_id) },
        body: { device_info: { device_id: 'DESKTOP-XYZ789', device_name: "John's Workstation" } },
      });
    expect((await activate()).status).toBe(200);
    expect((await activate()).status).toBe(200);
    await eventually(async () =>
      expect((await john.ask(getProfile, { params: { id: String(johnId) } })).total_points).toBe(100),
    );
    const { items, count } = await john.ask(listPointsRecords, {});
    expect(count).toBe(1);
    expect(items[0]).toMatchObject({
      points: 100,
      category: 'license',
      subcategory: 'activation',
      source_type: 'license',
      source_id: assignment_id,
      member_info: { id: johnId, username: 'john_doe' },
      tenant_info: { name: 'ACME Corp' },
    });
    await eventually(async () => {
      expect(await admin.ask(getPointsSummary, {})).toMatchObject({
        earned: 100,
        spent: 0,
        net: 100,
        outstanding: 100,
        records: 1,
      });
      expect(JSON.stringify(await admin.ask(getStatsOverview, {}))).toContain('"as_of"');
    });
  });

  test('every event of the story goes back to the request that caused it', async () => {
    const [assignment_id] = await kit.assignToJohn(1);
    const john = await kit.as('john_doe');
    const answer = await john.call(
      licensing.activateLicense,
      { params: { assignment_id: String(assignment_id) }, body: { device_info: { device_id: 'D1' } } },
      { headers: { 'x-request-id': 'story-of-one-request' } },
    );
    expect(answer.headers.get('x-request-id')).toBe('story-of-one-request');
    await eventually(async () => {
      const records = await john.ask(listPointsRecords, {});
      expect(records.items[0]?.source_id).toBe(assignment_id);
      expect(records.items[0]?.event_id).toMatch(/^[0-9a-f-]{36}$/);
    });
  });

  test('the other tenant saw nothing', async () => {
    const globex = await kit.as('admin_globex');
    expect((await globex.ask(listPointsRecords, {})).count).toBe(0);
    expect(await globex.ask(getPointsSummary, {})).toMatchObject({ earned: 0, records: 0 });
    expect(
      (await globex.call(getProfile, { params: { id: String(await kit.idOf('john_doe')) } })).status,
    ).toBe(404);
  });

  test('a service reached directly answers 401, also to a client’s token', async () => {
    const { access_token } = await kit.anonymous.ask(identity.login, {
      body: { username: 'john_doe', password: PASSWORD },
    });
    for (const service of ['points', 'vip', 'licenses', 'applications', 'stats'] as const) {
      const path = {
        points: '/api/v1/points/profiles/',
        vip: '/api/v1/vip/tags/',
        licenses: '/api/v1/products/',
        applications: '/api/v1/applications/',
        stats: '/api/v1/stats/overview/',
      }[service];
      const response = await fetch(`${kit.services.urls[service]}${path}`, {
        headers: { authorization: `Bearer ${access_token}`, 'x-tenant-id': '1' },
      });
      expect([service, response.status]).toEqual([service, 401]);
    }
  });

  test('health names every service, and each serves metrics, liveness and readiness', async () => {
    // A busy service may miss one look.
    const { body } = await eventually(async () => {
      const answer = await kit.anonymous.call(identity.health, {});
      expect(answer.body.status).toBe('ok');
      return answer;
    });
    expect(Object.keys(body.services).sort()).toEqual(
      expect.arrayContaining(['applications', 'licenses', 'points', 'stats', 'vip']),
    );
    for (const [name, url] of Object.entries(kit.services.urls)) {
      expect([name, (await fetch(`${url}/healthz`)).status, (await fetch(`${url}/readyz`)).status]).toEqual([
        name,
        200,
        200,
      ]);
      const metrics = await (await fetch(kit.services.metricsUrls[name as 'points'])).text();
      for (const metric of [
        'process_cpu_seconds_total',
        'http_request_duration_seconds',
        'membership_outbox_rows',
        'membership_mongo_up',
      ])
        expect([name, metrics.includes(metric) ? metric : 'missing']).toEqual([name, metric]);
    }
  });

  test('loading the demo data again changes nothing', async () => {
    const { created } = await loadDemoData({
      gatewayUrl: kit.services.url,
      superPassword: PASSWORD,
      demoPassword: PASSWORD,
      log: () => undefined,
    });
    expect(created).toBe(false);
  });

  test('the documents are served, and no page asks another host', async () => {
    const openapi = await kit.anonymous.send('GET', '/api/v1/openapi.json');
    expect(openapi.body).toMatchObject({
      openapi: expect.stringMatching(/^3\.1/),
      paths: { '/api/v1/points/profiles/{id}/earn_points/': { post: expect.any(Object) } },
    });
    expect((await kit.anonymous.send('GET', '/api/v1/asyncapi.json')).body.asyncapi).toMatch(/^3\./);
    for (const page of ['/api/v1/docs/', '/api/v1/redoc/']) {
      const { status, body, headers } = await kit.anonymous.send('GET', page);
      expect([page, status]).toEqual([page, 200]);
      expect(body).not.toMatch(/(src|href)="https?:\/\//);
      expect(headers.get('content-security-policy')).toMatch(/default-src '(self|none)'/);
    }
  });
}
