/** What points are for and how members stand on the ladders: the same sums as the summary, by the days of the zone. */
import {
  getLevelChanges,
  getLevelDistribution,
  getMemberStatistics,
  getPointsCategories,
  getPointsSummary,
} from '@membership/contracts/endpoints/stats/index';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { startServiceKit, type Caller, type ServiceKit } from '@membership/platform/testing/service-kit';
import { statsService } from '../src/service.ts';
import {
  aTenant,
  adjusted,
  allCounted,
  earned,
  expired,
  levelDefined,
  levelled,
  opened,
  ordered,
  promoted,
  spent,
  takenBack,
  tell,
  userLevelDefined,
} from './a-story.ts';

const BERLIN = 41;
const OTHER = 42;
let kit: ServiceKit;

beforeAll(() => clearOfMidnight('Europe/Berlin'));
beforeAll(async () => {
  kit = await startServiceKit(statsService);
  const tenantId = BERLIN;
  let sequence = 1;
  const moved = (time: string, category: string) => ({
    ...{ tenantId, sequence: ++sequence, time, balance: 500, category },
  });
  const at = (time: string) => ({ tenantId, sequence: ++sequence, time });
  const story = [
    aTenant({ tenantId }, 'Europe/Berlin'),
    userLevelDefined(2, '白银会员', 1_000, { tenantId }),
    userLevelDefined(1, '青铜会员', 0, { tenantId }),
    levelDefined(11, '注册会员', 0, { tenantId }),
    levelDefined(12, '铜牌会员', 50_000, { tenantId }),
    opened(7, 11, { tenantId }),
    opened(8, 11, { tenantId }),
    opened(9, null, { tenantId }),
    // 29 March 2026 in Berlin: from 23:00 of UTC, for 23 hours.
    earned(7, 1, moved('2026-03-28T22:59:59.999Z', 'login')),
    earned(7, 10, moved('2026-03-28T23:00:00.000Z', 'login')),
    earned(7, 300, moved('2026-03-29T10:00:00.000Z', 'payment')),
    takenBack(7, 100, moved('2026-03-29T11:00:00.000Z', 'payment')),
    spent(7, 40, moved('2026-03-29T12:00:00.000Z', 'vip_upgrade')),
    adjusted(7, -5, moved('2026-03-29T13:00:00.000Z', 'payment')),
    expired(7, 2, moved('2026-03-29T21:59:59.999Z', 'expiry')),
    earned(7, 1_000, moved('2026-03-29T22:00:00.000Z', 'no.category$')),
    promoted(7, 1, 2, at('2026-03-28T22:30:00.000Z')),
    promoted(7, 2, 1, at('2026-03-29T10:00:00.000Z')),
    promoted(7, 1, 2, at('2026-03-29T21:00:00.000Z')),
    promoted(8, null, 2, { tenantId, sequence: 2, time: '2026-03-29T21:00:00.000Z' }),
    ordered(7, 60_050, at('2026-03-29T10:00:00.000Z')),
    levelled(7, 11, 12, at('2026-03-29T10:00:00.000Z')),
    earned(7, 9, { tenantId: OTHER, balance: 9, time: '2026-03-29T10:00:00.000Z' }),
  ];
  await tell(kit, ...story, ...story.slice(5, 12));
  await allCounted(kit, story.length);
});
afterAll(() => kit?.stop());

const as = (caller: Caller = {}) => kit.as({ role: 'admin', tenantId: BERLIN, ...caller });
const THE_DAY = { date_from: '2026-03-29', date_to: '2026-03-29' };

describe('points/categories/', () => {
  const get = async (query: Record<string, string>, caller?: Caller) =>
    getPointsCategories.response
      .strict()
      .parse((await as(caller).call(getPointsCategories, { query: query as never })).body);

  test('a row for each category of a day of the zone, the most moved first, undone where it was earned', async () => {
    expect(await get(THE_DAY)).toEqual({
      as_of: expect.any(String),
      tz: 'Europe/Berlin',
      ...THE_DAY,
      categories: [
        { category: 'payment', earned: 200, spent: 5, expired: 0, net: 195, records: 3 },
        { category: 'vip_upgrade', earned: 0, spent: 40, expired: 0, net: -40, records: 1 },
        { category: 'login', earned: 10, spent: 0, expired: 0, net: 10, records: 1 },
        { category: 'expiry', earned: 0, spent: 0, expired: 2, net: -2, records: 1 },
      ],
    });
  });

  test.each(['UTC', 'Asia/Kathmandu', 'Europe/Berlin', 'Australia/Lord_Howe'])(
    'the rows add up to the summary of the same days in %s',
    async (tz) => {
      for (const days of [THE_DAY, { date_from: '2026-03-27', date_to: '2026-04-02' }]) {
        const { categories } = await get({ ...days, tz });
        const { body } = await as().call(getPointsSummary, { query: { ...days, tz } });
        for (const name of ['earned', 'spent', 'expired', 'net', 'records'] as const)
          expect([name, categories.reduce((sum, row) => sum + row[name], 0)]).toEqual([name, body[name]]);
      }
    },
  );

  test('compare=previous adds as many days just before; what is no category stands as other', async () => {
    const { categories, previous } = await get({
      date_from: '2026-03-30',
      date_to: '2026-03-30',
      compare: 'previous',
    });
    expect(categories).toMatchObject([{ category: 'other', earned: 1_000 }]);
    expect(previous).toMatchObject({ ...THE_DAY, categories: [{ category: 'payment' }, {}, {}, {}] });
    expect(await get({ date_from: '2026-03-30', date_to: '2026-03-30' })).not.toHaveProperty('previous');
  });

  test('a tenant sees its own alone', async () => {
    expect((await get(THE_DAY, { tenantId: OTHER })).categories).toMatchObject([{ earned: 9 }]);
    expect((await get(THE_DAY, { tenantId: 43 })).categories).toEqual([]);
  });
});

describe('levels/distribution/', () => {
  const get = async (caller?: Caller) =>
    getLevelDistribution.response.strict().parse((await as(caller).call(getLevelDistribution, {})).body);

  test('everybody with a profile once, on both ladders, the first level first', async () => {
    expect(await get()).toEqual({
      as_of: expect.any(String),
      user_levels: [
        { level_id: 1, level_name: '青铜会员', members: 1, percentage: 33.3, points: 0 },
        { level_id: 2, level_name: '白银会员', members: 2, percentage: 66.7, points: 500 },
      ],
      member_levels: [
        { level_id: 11, level_name: '注册会员', members: 2, percentage: 66.7, points: 0, spent: 0 },
        { level_id: 12, level_name: '铜牌会员', members: 1, percentage: 33.3, points: 500, spent: 600.5 },
      ],
    });
  });

  test('nothing of other tenants', async () => {
    expect(await get({ tenantId: OTHER })).toMatchObject({ user_levels: [], member_levels: [] });
  });
});

describe('levels/changes/', () => {
  const get = async (query: Record<string, string>, caller?: Caller) =>
    getLevelChanges.response
      .strict()
      .parse((await as(caller).call(getLevelChanges, { query: query as never })).body);
  const [bronze, silver] = [
    { level_id: 1, level_name: '青铜会员' },
    { level_id: 2, level_name: '白银会员' },
  ];

  test('each step by where it came from and went to, beside the days before', async () => {
    const body = await get({ ...THE_DAY, compare: 'previous' });
    expect(body.user_levels).toEqual({
      upgrades: 2,
      downgrades: 1,
      flows: [
        { from: null, to: silver, is_upgrade: true, changes: 1 },
        { from: bronze, to: silver, is_upgrade: true, changes: 1 },
        { from: silver, to: bronze, is_upgrade: false, changes: 1 },
      ],
    });
    expect(body.member_levels).toMatchObject({ upgrades: 1, downgrades: 0, flows: [{ changes: 1 }] });
    expect(body.previous).toMatchObject({
      ...{ date_from: '2026-03-28', date_to: '2026-03-28' },
      user_levels: { upgrades: 1, flows: [{ from: bronze, to: silver }] },
      member_levels: { upgrades: 0, flows: [] },
    });
  });

  test('upgrades of a time are those of the member system’s statistics', async () => {
    const { date_from, date_to, trends } = (
      await as().call(getMemberStatistics, { query: { date_range: '365d' } })
    ).body.data;
    const { member_levels } = await get({ date_from, date_to });
    const upgraded = trends?.member_growth.reduce(
      (sum: number, day: { upgraded_members: number }) => sum + day.upgraded_members,
      0,
    );
    expect([member_levels.upgrades, upgraded]).toEqual([1, 1]);
  });

  test('nothing of other tenants', async () => {
    expect((await get(THE_DAY, { tenantId: OTHER })).user_levels).toEqual({
      upgrades: 0,
      downgrades: 0,
      flows: [],
    });
  });
});

test.each(['points/categories/', 'levels/changes/'])(
  '%s: at most 366 days, and only the comparison there is',
  async (path) => {
    const refusal = async (query: string) => {
      const answer = await as({ language: 'en' }).send('get', `/api/v1/stats/${path}?${query}`, {
        headers: { 'accept-language': 'en' },
      });
      expect(answer.status).toBe(400);
      return answer.body.error.details;
    };
    expect(await refusal('date_from=2025-01-01&date_to=2026-01-02')).toEqual({
      date_from: ['At most 366 days'],
    });
    expect(await refusal('compare=next')).toEqual({ compare: ['Must be one of previous'] });
  },
);
