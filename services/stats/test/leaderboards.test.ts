/** Who stands where: ranks, ties, pages, neighbours, windows of the zone, private members; exact whatever moves. */
import fc from 'fast-check';
import {
  getOwnRank,
  getStatsOverview,
  listLeaderboard,
  listLeaderboardPeriods,
} from '@membership/contracts/endpoints/stats/index';
import { memberErased } from '@membership/contracts/events/gateway';
import { memberPreferencesChanged } from '@membership/contracts/events/member-system';
import { runTransaction } from '@membership/platform/run-transaction';
import { scopeOfJob } from '@membership/platform/scope';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import {
  eventually,
  startServiceKit,
  type Caller,
  type ServiceKit,
} from '@membership/platform/testing/service-kit';
import { comparePlaces, segmentAt, sumOf, type Place } from '../src/boards/board-segments.ts';
import { ScoresRepository } from '../src/boards/scores-repository.ts';
import type { ScoreChange } from '../src/boards/tally-scores.ts';
import { removeFigures } from '../src/projecting/stored-figures.ts';
import { statsService } from '../src/service.ts';
import {
  aTenant,
  activated,
  allCounted,
  deactivated,
  earned,
  expired,
  fact,
  joined,
  spent,
  takenBack,
  tell,
} from './a-story.ts';

const ZONE = 'Asia/Kathmandu';
const TENANT = 51;
const OTHER = 52;
let kit: ServiceKit;

beforeAll(() => clearOfMidnight(ZONE));
beforeAll(async () => {
  kit = await startServiceKit(statsService);
  const tenantId = TENANT;
  const at = (time: string, sequence: number, balance = 0) => ({ tenantId, time, sequence, balance });
  const story = [
    aTenant({ tenantId }, ZONE),
    ...[1, 2, 3, 4, 5, 6, 7].map((id) => joined(id, { tenantId })),
    // Monday 23 November 2026 in Kathmandu (5:45 ahead) begins at 18:15 of UTC on Sunday.
    earned(1, 1_000, at('2026-11-22T18:14:59.999Z', 1, 1_000)),
    earned(1, 300, at('2026-11-22T18:15:00.000Z', 2, 1_300)),
    earned(2, 300, at('2026-11-23T09:00:00.000Z', 1, 300)),
    earned(3, 500, at('2026-11-24T09:00:00.000Z', 1, 500)),
    earned(4, 300, at('2026-11-23T08:00:00.000Z', 1, 300)),
    earned(5, 40, at('2026-11-25T09:00:00.000Z', 1, 40)),
    earned(6, 70, at('2026-11-25T09:00:00.000Z', 1, 70)),
    // Nothing is left of it: on no board.
    takenBack(6, 70, at('2026-11-25T09:01:00.000Z', 2, 0)),
    spent(3, 120, at('2026-11-25T09:00:00.000Z', 2, 380)),
    expired(3, 80, at('2026-11-26T09:00:00.000Z', 3, 300)),
    activated(11, { tenantId, time: '2026-11-25T09:00:00.000Z' }),
    activated(12, { tenantId, time: '2026-11-26T09:00:00.000Z' }),
    fact(memberPreferencesChanged, 2, { tenantId, sequence: 1 }, { memberId: 2, showOnLeaderboards: false }),
    deactivated(5, { tenantId, sequence: 2 }),
    earned(1, 9_999, { tenantId: OTHER, balance: 9_999, time: '2026-11-24T09:00:00.000Z' }),
  ];
  await tell(kit, ...story, ...story.slice(8, 16));
  await allCounted(kit, story.length);
});
afterAll(() => kit?.stop());

const as = (caller: Caller = {}) => kit.as({ role: 'admin', tenantId: TENANT, userId: 9, ...caller });
const member = (userId: number) => ({ role: 'member' as const, userId });
const WEEK = { metric: 'earned', window: 'week', period: '2026-W48' } as const;
type Page = {
  readonly count: number;
  readonly next: string | null;
  readonly resets_at: string | null;
  readonly results: readonly ReturnType<typeof listLeaderboard.response.parse>[];
};
const board = async (query: Record<string, string>, caller?: Caller): Promise<Page> => {
  const { status, body } = await as(caller).call(listLeaderboard, { query: query as never });
  expect(status).toBe(200);
  for (const row of body.results) listLeaderboard.response.strict().parse(row);
  return body as Page;
};
const brief = (rows: readonly { rank: number; member_id: number | null; score: number }[]) =>
  rows.map(({ rank, member_id, score }) => [rank, member_id, score]);

describe('leaderboards/', () => {
  test('a week of the zone: ties share a rank and stand as they were reached; what was undone is off', async () => {
    const body = await board(WEEK);
    expect(body).toMatchObject({
      ...{ count: 5, next: null, previous: null, tz: ZONE, ...WEEK, as_of: expect.any(String) },
      ...{ starts_at: '2026-11-22T18:15:00.000Z', ends_at: '2026-11-29T18:15:00.000Z' },
    });
    expect(brief(body.results)).toEqual([
      [1, 3, 500],
      [2, 1, 300],
      [2, 4, 300],
      [2, 2, 300],
      [5, 5, 40],
    ]);
    expect(body.results[0]).toMatchObject({ display_name: 'm3' });
  });

  test.each([
    [{ metric: 'earned', window: 'day', period: '2026-11-22' }, [[1, 1, 1_000]]],
    [
      { metric: 'earned', window: 'month', period: '2026-11' },
      [
        [1, 1, 1_300],
        [2, 3, 500],
        [3, 4, 300],
        [3, 2, 300],
        [5, 5, 40],
      ],
    ],
    [
      { metric: 'earned', window: 'all' },
      [
        [1, 1, 1_300],
        [2, 3, 500],
        [3, 4, 300],
        [3, 2, 300],
        [5, 5, 40],
      ],
    ],
    [{ metric: 'spent', window: 'week', period: '2026-W48' }, [[1, 3, 120]]],
    [
      { metric: 'balance' },
      [
        [1, 1, 1_300],
        [2, 4, 300],
        [2, 2, 300],
        [2, 3, 300],
        [5, 5, 40],
      ],
    ],
    [{ metric: 'activations', window: 'all' }, [[1, 7, 2]]],
    [{ metric: 'activations', window: 'day', period: '2026-11-26' }, [[1, 7, 1]]],
    [{ metric: 'earned', window: 'week', period: '2026-W40' }, []],
  ])('%j', async (query, expected) => {
    expect(brief((await board(query as Record<string, string>)).results)).toEqual(expected);
  });

  test('pages continue the ranks; one past the end is empty', async () => {
    const page = await board({ ...WEEK, page: '2', page_size: '2' });
    expect([page.count, brief(page.results)]).toEqual([
      5,
      [
        [2, 4, 300],
        [2, 2, 300],
      ],
    ]);
    expect(new URL(page.next as string).searchParams.get('page')).toBe('3');
    expect(brief((await board({ ...WEEK, page: '3', page_size: '2' })).results)).toEqual([[5, 5, 40]]);
    expect(await board({ ...WEEK, page: '9' })).toMatchObject({ count: 5, results: [] });
  });

  test('a private member and one that is no more active are ranked, and seen by administrators alone', async () => {
    const { results } = await board(WEEK, member(4));
    expect(results.map(({ rank, member_id, display_name }) => [rank, member_id, display_name])).toEqual([
      [1, 3, 'm3'],
      [2, 1, 'm1'],
      [2, 4, 'm4'],
      [2, null, null],
      [5, null, null],
    ]);
    expect((await board(WEEK, member(2))).results[3]).toMatchObject({ member_id: 2, display_name: 'm2' });
  });

  test('who was erased keeps the place under a made-up name', async () => {
    const erased = {
      ...{
        memberId: 1,
        username: 'erased:1',
        email: 'e1@invalid.example',
        displayName: '',
        role: 'member' as const,
      },
      ...{ isActive: false, externalId: null, joinedAt: new Date().toISOString() },
    };
    await tell(kit, earned(1, 5, { tenantId: 53, balance: 5 }), joined(1, { tenantId: 53 }));
    await tell(kit, fact(memberErased, 1, { tenantId: 53, sequence: 3 }, erased));
    // The administrators' view is the same before the member is known, so the members' view is what is waited for.
    await eventually(async () =>
      expect((await board({}, { tenantId: 53, ...member(8) })).results).toMatchObject([{ member_id: null }]),
    );
    expect((await board({}, { tenantId: 53 })).results).toMatchObject([{ member_id: 1, display_name: '' }]);
  });

  test('the present window says when it resets; another tenant’s members are on no board of this one', async () => {
    const now = await board({ window: 'day' });
    expect(Date.parse(now.resets_at as string)).toBeGreaterThan(Date.now());
    expect((await board({ window: 'all' }, { tenantId: OTHER })).results).toMatchObject([{ score: 9_999 }]);
    const elsewhere = await board({ window: 'all', tenant_id: String(OTHER) });
    expect(elsewhere).toMatchObject({ count: 0, results: [], resets_at: null });
    expect(await board({ window: 'all' }, { tenantId: 54 })).toMatchObject({
      count: 0,
      tz: 'UTC',
      resets_at: null,
    });
  });

  test('what all members earned is what was issued', async () => {
    const { results } = await board({ metric: 'earned', window: 'all' });
    const { body } = await as().call(getStatsOverview, {});
    expect(results.reduce((sum, { score }) => sum + score, 0)).toBe(body.points.issued);
  });
});

describe('leaderboards/me/', () => {
  const me = async (query: Record<string, string>, caller: Caller) => {
    const { status, body } = await as(caller).call(getOwnRank, { query: query as never });
    expect(status).toBe(200);
    return getOwnRank.response.strict().parse(body);
  };

  test('the rank, and who stands around it', async () => {
    const body = await me({ ...WEEK, around: '1' }, member(4));
    expect(body).toMatchObject({ ...WEEK, count: 5, member_id: 4, rank: 2, score: 300, tz: ZONE });
    expect(body.neighbours).toEqual([
      { rank: 2, member_id: 1, display_name: 'm1', score: 300, is_me: false },
      { rank: 2, member_id: 4, display_name: 'm4', score: 300, is_me: true },
      { rank: 2, member_id: null, display_name: null, score: 300, is_me: false },
    ]);
    expect(brief((await me(WEEK, member(3))).neighbours).slice(0, 2)).toEqual([
      [1, 3, 500],
      [2, 1, 300],
    ]);
    expect((await me({ ...WEEK, around: '0' }, member(5))).neighbours).toMatchObject([
      { rank: 5, is_me: true },
    ]);
  });

  test('who is not on the board has no rank', async () => {
    expect(await me(WEEK, member(6))).toMatchObject({ rank: null, score: 0, neighbours: [], count: 5 });
    expect(await me({ metric: 'earned' }, { ...member(6), tenantId: 54 })).toMatchObject({
      rank: null,
      count: 0,
    });
  });

  test('an administrator names anybody, a member itself alone', async () => {
    expect(await me({ ...WEEK, member_id: '5' }, {})).toMatchObject({ member_id: 5, rank: 5 });
    expect(await me(WEEK, {})).toMatchObject({ member_id: 9, rank: null });
    expect(await me({ ...WEEK, member_id: '4' }, member(4))).toMatchObject({ rank: 2 });
    const refused = await as(member(4)).call(getOwnRank, { query: { ...WEEK, member_id: 3 } });
    expect([refused.status, (refused.body as never as { error: { code: string } }).error.code]).toEqual([
      404,
      'BIZ_001',
    ]);
  });
});

test('leaderboards/periods/ lists the windows that are kept, the newest first', async () => {
  const { body } = await as(member(4)).call(listLeaderboardPeriods, {
    query: { metric: 'earned', window: 'day' },
  });
  expect(
    (body.results as ReturnType<typeof listLeaderboardPeriods.response.parse>[]).map(
      ({ period, members, is_over }) => [period, members, is_over],
    ),
  ).toEqual(
    [
      ['2026-11-25', 1],
      ['2026-11-24', 1],
      ['2026-11-23', 3],
      ['2026-11-22', 1],
    ].map(([period, members]) => [period, members, Date.now() > Date.parse(`${period}T18:15:00Z`)]),
  );
  const weeks = await as().call(listLeaderboardPeriods, { query: { page_size: 1 } });
  expect(weeks.body).toMatchObject({ count: 2, results: [{ period: '2026-W48' }] });
  const board = await as().call(listLeaderboard, { query: {} });
  expect(weeks.body.as_of).toBe(board.body.as_of);
});

test('leaderboards/periods/ lists those of one’s own tenant', async () => {
  const query = { metric: 'earned', window: 'week' } as const;
  for (const role of ['admin', 'member'] as const) {
    const elsewhere = as({ role, tenantId: OTHER, userId: 1 });
    expect((await elsewhere.ask(listLeaderboardPeriods, { query })).items).toMatchObject([
      { period: '2026-W48', members: 1 },
    ]);
    const nobody = as({ role, tenantId: 999 });
    expect((await nobody.ask(listLeaderboardPeriods, { query })).items).toEqual([]);
  }
});

describe.each(['', 'me/', 'periods/'])('leaderboards/%s', (path) => {
  const send = (query: string, caller: Caller = {}) =>
    as(caller).send('get', `/api/v1/stats/leaderboards/${path}${query}`, {
      headers: { 'accept-language': 'en' },
    });

  test.each([
    ['anonymous', 401],
    ['internal', 403],
    ['super', 200],
  ] as const)('%s: %i', async (role, status) => expect((await send('', { role })).status).toBe(status));

  const all = [
    ['?metric=points', 'metric', 'Must be one of earned, balance, spent, activations'],
    ['?window=year', 'window', 'Must be one of day, week, month, all'],
    ['?metric=balance&window=day', 'window', 'A balance has the window all alone'],
    ['?__proto__=1', '__proto__', ''],
  ];
  const ofPeriods = [
    ['?window=day&period=2026-02-30', 'period', 'By day it looks like 2026-11-28'],
    ['?window=week&period=2026-W54', 'period', 'By week it looks like 2026-W48'],
    ['?window=month&period=2026-W48', 'period', 'By month it looks like 2026-11'],
    ['?window=all&period=2026', 'period', 'By all it looks like all'],
    ['?period=', 'period', 'By week it looks like 2026-W48'],
  ];
  const own = [
    ['?member_id=0', 'member_id', ''],
    ['?around=51', 'around', ''],
  ];
  test.each([
    ...all,
    ...(path === 'periods/' ? [] : ofPeriods),
    ...(path === 'me/' ? own : [['?page=0', 'page', '']]),
  ] as [string, string, string][])('%s is refused, and named', async (query, field, text) => {
    const { status, body } = await send(query);
    expect([status, Object.keys(body.error.details)]).toEqual([400, [field]]);
    if (text !== '') expect(body.error.details[field]).toEqual([text]);
  });
});

test('segments of eight tell the same as everybody in order, through moves in any order and batches', async () => {
  const connection = await kit.connection.useDb(kit.connection.name).asPromise();
  const scores = new ScoresRepository(connection, 8);
  const tenantId = 55;
  const scope = scopeOfJob(tenantId, 'stats', 'tests');
  const of = { metric: 'spent', window: 'all', period: 'all' } as const;
  let generation = 1_000;
  let sequence = 0;
  const change = fc.record({
    memberId: fc.integer({ min: 1, max: 40 }),
    isAdded: fc.boolean(),
    points: fc.integer({ min: -3, max: 12 }),
    reachedAt: fc.integer({ min: 0, max: 5 }),
  });
  type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;
  /** Added up, or told by a newer event than all before. */
  const asTold = ({ isAdded, ...one }: Change): ScoreChange => ({
    ...{ ...one, tenantId, board: of },
    ...(isAdded ? {} : { sequence: ++sequence }),
  });
  const batch = fc.uniqueArray(change, { selector: ({ memberId }) => memberId, minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 6 }), async (batches) => {
      generation++;
      const naive = new Map<number, Place>();
      for (const changes of batches) {
        await runTransaction(connection, (session) =>
          scores.add(generation, { changes: changes.map(asTold), zones: new Map() }, session),
        );
        for (const { memberId, isAdded, points, reachedAt } of changes) {
          const before = isAdded ? naive.get(memberId) : undefined;
          const latest = Math.max(reachedAt, before?.reachedAt ?? reachedAt);
          naive.set(memberId, { memberId, score: (before?.score ?? 0) + points, reachedAt: latest });
        }
      }
      const sorted = [...naive.values()].filter(({ score }) => score > 0).sort(comparePlaces);
      await scores.reading(scope, generation, of, async (reading) => {
        if (!reading) throw new Error('there is no such board');
        const { segments } = reading;
        expect([sumOf(segments.counts), Math.max(...segments.counts) <= 8]).toEqual([sorted.length, true]);
        expect(await reading.listFrom(null, { skip: 0, limit: 100 })).toEqual(sorted);
        for (const [position, place] of sorted.entries()) {
          const { segment, skip } = segmentAt(segments, position) as { segment: number; skip: number };
          const edge = segments.edges[segment - 1] ?? null;
          expect(await reading.countBetween(edge, place)).toBe(skip);
          expect(await reading.listFrom(edge, { skip, limit: 1 })).toEqual([place]);
        }
      });
    }),
    { numRuns: 8, endOnFailure: true },
  );
  await removeFigures(connection, ['scores', 'boards'], generation);
  expect(await scores.reading(scope, generation, of, async (reading) => reading)).toBeNull();
});

test('batches that move the same members at once are written one after the other, each once, however many members', async () => {
  const connection = await kit.connection.useDb(kit.connection.name).asPromise();
  const scores = new ScoresRepository(connection);
  const [tenantId, generation, members, batches] = [56, 2_000, 1_200, 3];
  const of = { metric: 'spent', window: 'all', period: 'all' } as const;
  const changes = Array.from({ length: members }, (_, index) => {
    const memberId = index + 1;
    return { tenantId, board: of, memberId, points: memberId, reachedAt: members - index };
  });
  const add = () =>
    runTransaction(connection, (session) => scores.add(generation, { changes, zones: new Map() }, session));
  await Promise.all(Array.from({ length: batches }, add));
  const expected = changes
    .map(({ memberId, points, reachedAt }) => ({ memberId, score: batches * points, reachedAt }))
    .sort(comparePlaces);
  await scores.reading(scopeOfJob(tenantId, 'stats', 'tests'), generation, of, async (reading) => {
    expect(sumOf(reading?.segments.counts ?? [])).toBe(members);
    expect(await reading?.listFrom(null, { skip: 0, limit: 0 })).toEqual(expected);
  });
  await removeFigures(connection, ['scores', 'boards'], generation);
});
