/** What an administrator reads: periods, zones, refusals, and nothing of other tenants. */
import { getPointsSummary, getStatsOverview } from '@membership/contracts/endpoints/stats/index';
import { pointsReversed } from '@membership/contracts/events/points';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import {
  eventually,
  startServiceKit,
  type Caller,
  type ServiceKit,
} from '@membership/platform/testing/service-kit';
import { statsService } from '../src/service.ts';
import { allCounted, aTenant, earned, expired, fact, joined, spent, tell } from './a-story.ts';

const SHANGHAI = 21;
const NOBODY = 22;
const OTHER = 23;
const SUMMARY = '/api/v1/stats/points/summary/';
const TRENDS = '/api/v1/stats/points/trends/';
const OVERVIEW = '/api/v1/stats/overview/';
const CATEGORIES = '/api/v1/stats/points/categories/';
const DISTRIBUTION = '/api/v1/stats/levels/distribution/';
const CHANGES = '/api/v1/stats/levels/changes/';
const GROWTH = '/api/v1/stats/members/growth/';
let kit: ServiceKit;

beforeAll(() => clearOfMidnight('Asia/Shanghai'));
beforeAll(async () => {
  kit = await startServiceKit(statsService);
  const tenantId = SHANGHAI;
  await tell(
    kit,
    aTenant({ tenantId }, 'Asia/Shanghai'),
    // The last moment of 9 February in Shanghai, the first of the 10th, the last of it, the first of the 11th.
    earned(7, 1, { tenantId, sequence: 1, balance: 1, time: '2026-02-09T15:59:59.999Z' }),
    earned(7, 10, { tenantId, sequence: 2, balance: 11, time: '2026-02-09T16:00:00.000Z' }),
    spent(7, 4, { tenantId, sequence: 3, balance: 7, time: '2026-02-10T15:59:59.999Z' }),
    earned(7, 100, { tenantId, sequence: 4, balance: 107, time: '2026-02-10T16:00:00.000Z' }),
    expired(7, 7, { tenantId, sequence: 5, balance: 100, time: '2026-02-20T00:00:00+08:00' }),
    joined(7, { tenantId }),
    earned(7, 999, { tenantId: OTHER, balance: 999, time: '2026-02-10T00:00:00.000Z' }),
  );
  await allCounted(kit, 8);
});
afterAll(() => kit.stop());

const as = (caller: Caller) => kit.as({ role: 'admin', tenantId: SHANGHAI, ...caller });
const summary = async (query: Record<string, string>, caller: Caller = {}) =>
  (await as(caller).call(getPointsSummary, { query })).body;

describe('points/summary/', () => {
  test('a day is the tenant’s, its first and last moment included', async () => {
    expect(await summary({ date_from: '2026-02-10', date_to: '2026-02-10' })).toEqual({
      as_of: expect.stringMatching(/Z$/),
      tz: 'Asia/Shanghai',
      date_from: '2026-02-10',
      date_to: '2026-02-10',
      earned: 10,
      spent: 4,
      expired: 0,
      net: 6,
      outstanding: 100,
      records: 2,
    });
  });

  test('a day on which more was undone than came in is below nothing, as the contract says', async () => {
    const tenantId = 24;
    await tell(
      kit,
      aTenant({ tenantId }, 'Asia/Shanghai'),
      earned(7, 10, { tenantId, sequence: 1, balance: 10, time: '2026-02-10T04:00:00.000Z' }),
      fact(
        pointsReversed,
        7,
        { tenantId, sequence: 2, time: '2026-02-11T04:00:00.000Z' },
        {
          ...{ profileId: 7, recordId: 2, points: -10, category: 'login', subcategory: null },
          ...{ sourceType: 'reversal', sourceId: 1, balanceAfter: 0, availableAfter: 0 },
          ...{ reversedRecordId: 1, counter: 'earned', owedPoints: 0, isRemainder: false, reason: 'x' },
        },
      ),
    );
    const query = { date_from: '2026-02-11', date_to: '2026-02-11' };
    await eventually(async () =>
      expect(await summary(query, { tenantId })).toMatchObject({ earned: -10, net: -10 }),
    );
    expect(getPointsSummary.response.safeParse(await summary(query, { tenantId })).success).toBe(true);
    const today = getStatsOverview.response.shape.today;
    expect(today.shape.points_earned.safeParse(-10).success).toBe(true);
  });

  test('a range includes both ends', async () => {
    expect(await summary({ date_from: '2026-02-09', date_to: '2026-02-11' })).toMatchObject({
      earned: 111,
      spent: 4,
      net: 107,
      records: 4,
    });
    expect(await summary({ date_from: '2026-02-20', date_to: '2026-02-20' })).toMatchObject({
      earned: 0,
      expired: 7,
      net: -7,
      records: 1,
    });
  });

  test('another zone counts other days, half and quarter hours too', async () => {
    expect(await summary({ date_from: '2026-02-10', date_to: '2026-02-10', tz: 'UTC' })).toMatchObject({
      tz: 'UTC',
      earned: 100,
      spent: 4,
    });
    expect(
      await summary({ date_from: '2026-02-09', date_to: '2026-02-09', tz: 'Asia/Kathmandu' }),
    ).toMatchObject({ earned: 11, records: 2 });
    expect(
      await summary({ date_from: '2026-02-10', date_to: '2026-02-10', tz: 'america/los_angeles' }),
    ).toMatchObject({ tz: 'America/Los_Angeles', earned: 100 });
  });

  test('the last 30 days unless dated', async () => {
    const body = await summary({});
    expect((Date.parse(body.date_to) - Date.parse(body.date_from)) / 86_400_000).toBe(29);
    expect(await summary({ date_to: '2026-02-11' })).toMatchObject({ date_from: '2026-01-13', earned: 111 });
  });

  test('a tenant of which nothing was heard has zeros, in UTC', async () => {
    expect(
      await summary({ date_from: '2026-02-10', date_to: '2026-02-10' }, { tenantId: NOBODY }),
    ).toMatchObject({ tz: 'UTC', earned: 0, spent: 0, expired: 0, net: 0, outstanding: 0, records: 0 });
  });

  test('a tenant sees its own alone', async () => {
    expect(
      await summary({ date_from: '2026-02-10', date_to: '2026-02-10' }, { tenantId: OTHER }),
    ).toMatchObject({ earned: 999, outstanding: 999, records: 1 });
  });
});

test('overview/ is in the tenant’s zone unless another is asked for', async () => {
  const answer = await as({}).call(getStatsOverview, {});
  expect(answer.status).toBe(200);
  expect(getStatsOverview.response.strict().parse(answer.body)).toMatchObject({
    tz: 'Asia/Shanghai',
    members: { total: 1, active: 1 },
    points: { issued: 111, spent: 4, expired: 7, outstanding: 100, records: 5 },
    today: { new_members: 1 },
  });
  expect((await as({}).call(getStatsOverview, { query: { tz: 'Pacific/Kiritimati' } })).body.tz).toBe(
    'Pacific/Kiritimati',
  );
  expect((await as({ tenantId: NOBODY }).call(getStatsOverview, {})).body).toMatchObject({
    tz: 'UTC',
    members: { total: 0, active: 0 },
    active_vips: 0,
    licenses: { total: 0 },
    change_percent: { logins: null },
  });
});

describe.each([SUMMARY, OVERVIEW, TRENDS, CATEGORIES, DISTRIBUTION, CHANGES, GROWTH])('%s', (path) => {
  test.each([
    ['member', 403, 'PERM_001'],
    ['internal', 403, 'PERM_001'],
    ['anonymous', 401, 'AUTH_001'],
  ] as const)('%s is refused', async (role, status, code) => {
    const answer = await as({ role }).send('get', path);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      success: false,
      error: { code, message: expect.any(String), details: {} },
      request_id: expect.any(String),
    });
  });

  test('a platform administrator may, and must name the tenant', async () => {
    expect((await as({ role: 'super' }).send('get', path)).status).toBe(200);
    expect((await as({ role: 'super', tenantId: null }).send('get', path)).body.error.code).toBe(
      'TENANT_REQUIRED',
    );
  });

  test('without the gateway’s signature: 401', async () => {
    expect((await fetch(new URL(path, kit.url))).status).toBe(401);
  });

  test.each([
    ['?tz=Mars/Olympus', 'tz'],
    ['?tz=%2B08:00', 'tz'],
    ['?tz=', 'tz'],
    ['?tz=UTC&tz=UTC', 'tz'],
    ['?tz[$ne]=UTC', 'tz[$ne]'],
    ['?__proto__=1', '__proto__'],
    ['?page=1', 'page'],
  ])('%s is refused, and named', async (query, field) => {
    const answer = await as({}).send('get', path + query);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { [field]: [expect.any(String)] },
    });
  });

  test('only GET', async () => {
    const answer = await as({}).send('post', path, { body: {} });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

describe.each([SUMMARY, TRENDS, CATEGORIES, CHANGES, GROWTH])('%s', (path) => {
  test.each([
    ['date_from=2026-02-30', 'date_from'],
    ['date_from=10.02.2026', 'date_from'],
    ['date_from=2026-02-10T00:00:00Z', 'date_from'],
    ['date_to=', 'date_to'],
    ['date_from=1969-12-31', 'date_from'],
    ['date_from=2026-02-11&date_to=2026-02-10', 'date_from'],
    ['date_from=9999-12-31', 'date_from'],
    ['date_to=99999-01-01', 'date_to'],
  ])('?%s is refused, and named', async (query, field) => {
    const answer = await as({}).send('get', `${path}?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.error.details).toEqual({ [field]: [expect.any(String)] });
  });
});

test('points/summary/ speaks English when asked to, and takes the last day there is', async () => {
  const answer = await as({ language: 'en' }).send(
    'get',
    `${SUMMARY}?date_from=2026-02-11&date_to=2026-02-10`,
    { headers: { 'accept-language': 'en' } },
  );
  expect(answer.body.error.details.date_from).toEqual([
    'The first day (2026-02-11) must not be after the last (2026-02-10)',
  ]);
  expect((await as({}).send('get', `${SUMMARY}?date_from=1970-01-01&date_to=9999-12-31`)).status).toBe(200);
});

type Profiled = { readonly command: { readonly readConcern?: Record<string, unknown> } };

test.each([
  [SUMMARY, 'points_summary'],
  [TRENDS, 'points_trends'],
  [OVERVIEW, 'overview'],
  [CATEGORIES, 'points_categories'],
  [DISTRIBUTION, 'levels_distribution'],
  [CHANGES, 'levels_changes'],
  [GROWTH, 'members_growth'],
  ['/api/v1/member-system/admin/statistics/?compare=previous', 'member_statistics&compare=previous'],
  ['/api/v1/stats/vip/summary/', 'vip_summary'],
  ['/api/v1/stats/vip/summary/?compare=previous', 'vip_churn&compare=previous'],
  ['/api/v1/stats/vip/summary/?months=36', 'vip_purchases'],
  ['/api/v1/stats/licenses/summary/', 'licenses_summary'],
  ['/api/v1/stats/applications/summary/', 'applications_summary'],
  ['/api/v1/stats/members/active/', 'members_active'],
  ['/api/v1/stats/members/retention/', 'members_retention'],
  ['/api/v1/stats/members/retention/?compare=previous', 'members_retention&compare=previous'],
  ['/api/v1/stats/points/liability/', 'points_liability'],
  ['/api/v1/stats/points/breakage/', 'points_breakage'],
])('everything that %s reads is of one moment, as a file, too', async (path, report) => {
  const { db } = kit.connection;
  if (!db) throw new Error('no database');
  for (const asked of [path, `/api/v1/stats/export/?report=${report}&format=csv`]) {
    await db.command({ profile: 2 });
    try {
      expect([asked, (await as({}).send('get', asked)).status]).toEqual([asked, 200]);
    } finally {
      await db.command({ profile: 0 });
    }
    const reads = await db
      .collection('system.profile')
      .find<Profiled>({
        op: { $in: ['query', 'command'] },
        ns: {
          $in: ['rows', 'buckets', 'totals', 'groups', 'retention_periods', 'liability'].map(
            (name) => `${db.databaseName}.${name}`,
          ),
        },
        'command.txnNumber': { $exists: false },
        // Whose day the name of a file tells.
        'command.filter._id': { $not: /:tenant:\d+$/ },
      })
      .toArray();
    await db.dropCollection('system.profile');
    const moments = new Set(
      reads.map(({ command }) => JSON.stringify(command.readConcern?.['atClusterTime'])),
    );
    expect([asked, reads.length > 0, [...moments]]).toEqual([
      asked,
      true,
      [expect.stringContaining('$timestamp')],
    ]);
  }
});

test.each([
  ...[SUMMARY, TRENDS, CATEGORIES, CHANGES, GROWTH],
  ...['vip', 'licenses', 'applications'].map((of) => `/api/v1/stats/${of}/summary/`),
])(
  '%s compares the oldest day with the one before it, and no period with days that cannot be written',
  async (path) => {
    const of = (from: string, to: string) =>
      as({}).send('get', `${path}?date_from=${from}&date_to=${to}&compare=previous`);
    const oldest = await of('1970-01-01', '1970-01-01');
    expect([oldest.status, oldest.body.previous]).toMatchObject([200, { date_from: '1969-12-31' }]);
    const long = await of('1970-01-01', '9999-12-31');
    expect([long.status, Object.keys(long.body.error.details)]).toEqual([
      400,
      [path === SUMMARY ? 'compare' : 'date_from'],
    ]);
  },
);
