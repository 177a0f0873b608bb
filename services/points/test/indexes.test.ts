/** Each query that runs over a tenant's or the platform's whole data walks an index, whatever it filters and orders by. */
import type { Client } from '@membership/contracts/client';
import { endpointsIn, type Endpoint } from '@membership/contracts/endpoint';
import * as contracts from '@membership/contracts/endpoints/points/index';
import { pathFor } from '@membership/contracts/routes';
import { recordQuery } from '../src/ledger/record-filter.ts';
import { changedAfter } from '../src/ledger/record-sums-repository.ts';
import { dueBy } from '../src/ledger/expire-due-points.ts';
import { whoHave } from '../src/member-levels/change-member-level.ts';
import { eventually } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

let ledger: LedgerKit;
beforeAll(async () => {
  ledger = await startLedgerKit();
});
afterAll(() => ledger?.stop());

const now = new Date();
const newest = { createdAt: -1, _id: -1 } as const;
const mine = { tenantId: 1, memberId: 5 };
test.each<[string, string, object, Record<string, 1 | -1>]>([
  ['the job: what is due anywhere', 'profiles', dueBy(now), { nextExpiryAt: 1 }],
  ['by hand: what is due in a tenant', 'profiles', { tenantId: 1, ...dueBy(now) }, { nextExpiryAt: 1 }],
  ...whoHave(5).map(
    (filter, index) =>
      [
        `who has a member level (${index + 1})`,
        'profiles',
        { tenantId: 1, ...filter },
        { memberLevelId: 1 },
      ] as [string, string, object, Record<string, 1 | -1>],
  ),
  ['holds of a profile', 'holds', mine, newest],
  ['holds of a profile by status', 'holds', { ...mine, status: 'held' }, newest],
  ['lots of a profile', 'records', { ...mine, 'lot.isOpen': true }, { 'lot.endsAt': 1, _id: 1 }],
  [
    'lots of a profile, read on',
    'records',
    {
      ...{ ...mine, 'lot.isOpen': true },
      $or: [{ 'lot.endsAt': { $gt: now } }, { 'lot.endsAt': now, _id: { $gt: 5 } }],
    },
    { 'lot.endsAt': 1, _id: 1 },
  ],
  [
    'lots of a profile that are documents of their own',
    'lots',
    { ...mine, remaining: { $gt: 0 } },
    { endsAt: 1, _id: 1 },
  ],
  ['what ends until a day', 'lots', { ...mine, remaining: { $gt: 0 }, endsAt: { $lte: now } }, { endsAt: 1 }],
  ['a stretch of a chain', 'records', { ...mine, ordinal: { $gte: 1, $lte: 9 } }, { ordinal: 1 }],
  ['the last record at a moment', 'records', { ...mine, createdAt: { $lte: now } }, newest],
  ['records of a batch', 'records', { tenantId: 1, ...recordQuery({ batchId: 'BAT1' }) }, newest],
  ['records that were cancelled', 'records', { tenantId: 1, status: 'cancelled' }, newest],
  ['records of a type', 'records', { tenantId: 1, type: 'earn' }, newest],
])('%s', async (_name, collection, filter, sort) => {
  const plan = JSON.stringify(
    (
      (await ledger.kit.connection
        .collection(collection)
        .find(filter)
        .sort(sort)
        .limit(20)
        .explain('queryPlanner')) as { queryPlanner: { winningPlan: unknown } }
    ).queryPlanner.winningPlan,
  );
  expect(plan).toContain('IXSCAN');
  expect(plan).not.toContain('COLLSCAN');
  expect(plan).not.toContain('"stage":"SORT"');
});

test('records of a batch are found by the batch, who has a member level by the level', async () => {
  const planOf = async (name: string, filter: object) =>
    JSON.stringify(
      (await ledger.kit.connection.collection(name).find(filter).explain('queryPlanner')).queryPlanner,
    );
  expect(await planOf('records', { tenantId: 1, ...recordQuery({ batchId: 'BAT1' }) })).toContain(
    '"batchId":1,"createdAt":-1',
  );
  for (const filter of whoHave(5))
    expect(await planOf('profiles', { tenantId: 1, ...filter })).toContain('"memberLevelId":1');
});

test('what has changed of old records is found by when it changed', async () => {
  for (const whose of [{ tenantId: 1 }, mine]) {
    const explained = await ledger.kit.connection
      .collection('records')
      .find({ ...whose, ...changedAfter(now) })
      .explain('queryPlanner');
    // Which index is best shows with the data; that this one may be walked at all depends on the query.
    expect(JSON.stringify(explained.queryPlanner)).toContain('"statusChangedAt":1');
  }
});

/** What MongoDB says of the queries that the service sent while `ask` ran. */
async function queriesOf(ask: () => Promise<unknown>): Promise<Seen[]> {
  const db = ledger.kit.connection.db as NonNullable<typeof ledger.kit.connection.db>;
  await db.command({ profile: 2 });
  await ask();
  await db.command({ profile: 0 });
  const profile = db.collection<Seen>('system.profile');
  const seen = await profile.find({ planSummary: { $exists: true } }).toArray();
  await profile.drop();
  return seen.filter(({ ns }) => ASKED.has(ns.slice(ns.indexOf('.') + 1)));
}
type Seen = {
  readonly ns: string;
  readonly planSummary: string;
  readonly hasSortStage?: boolean;
  readonly command: { readonly filter?: { readonly _id?: { readonly $in?: unknown } } };
};
/** Collections that grow with members and what they do. Levels, rules, items … are as many as administrators define. */
const GROWING = ['records', 'profiles', 'holds', 'lots', 'redemptions', 'participations', 'day_totals'];
const isOfNamedIds = (command: {
  readonly filter?: { readonly _id?: { readonly $in?: unknown } };
}): boolean => command.filter?._id?.$in !== undefined;
const DEFINED = ['user_levels', 'member_levels', 'award_rules', 'redemption_items', 'benefits', 'activities'];
const ASKED = new Set([...GROWING, ...DEFINED]);

/** Each list with each of its filters, and with each order, up and down. */
type Asked = { filters?: Record<string, string>; orders?: string[]; as?: 'member'; isInMemory?: true };
const LISTS: [Endpoint, Asked][] = [
  [
    contracts.listPointsRecords,
    {
      filters: {
        ...{ member: '5', point_type: 'earn', category: 'login', status: 'active', is_manual: 'true' },
        ...{ source_type: 'system', batch_id: 'BAT1', created_at__gte: '2026-01-01T00:00:00Z' },
        created_at__lte: '2036-01-01T00:00:00Z',
      },
      orders: ['created_at'],
    },
  ],
  [contracts.listPointsRecords, { filters: { point_type: 'spend', status: 'expired' }, as: 'member' }],
  [
    contracts.listProfiles,
    {
      filters: { current_level: '1', is_points_enabled: 'false', search: 'john' },
      orders: ['total_points', 'created_at', 'member'],
    },
  ],
  [contracts.listTenantHolds, { filters: { status: 'held', member: '5' }, orders: ['created_at'] }],
  [contracts.listTenantHolds, { filters: { status: 'expired' } }],
  [contracts.listHolds, { filters: { status: 'held' }, orders: ['created_at'] }],
  [
    contracts.listPointsTransactions,
    {
      filters: { type: 'USE', start_date: '2026-01-01', end_date: '2036-01-01' },
      as: 'member',
    },
  ],
  [contracts.listRedemptions, { filters: { status: 'requested', user_id: '5' } }],
  [contracts.listRedemptionItems, { orders: ['created_at', 'points_cost', 'redemption_item_id'] }],
  [
    contracts.listUserLevels,
    {
      filters: { is_active: 'true', is_default: 'true', search: 'gold' },
      orders: ['level_order', 'min_points', 'created_at'],
      isInMemory: true,
    },
  ],
  [
    contracts.listRules,
    {
      filters: { event_type: 'feedback.opened.v1', is_active: 'true' },
      orders: ['order', 'name', 'created_at'],
    },
  ],
  [contracts.listRuleEvents, { isInMemory: true }],
  [contracts.pageMemberLevels, { orders: ['required_spent', 'level_name', 'level_code'], isInMemory: true }],
  [contracts.pageBenefits, { orders: ['benefit_id'], isInMemory: true }],
  [contracts.pageActivities, { orders: ['start_time'] }],
  [contracts.listActivities, { filters: { status: 'all', category: 'all' }, as: 'member' }],
];

test('every list of the service is asked below', () => {
  const lists = endpointsIn(contracts).filter(({ kind }) => kind === 'list');
  const asked = new Set(LISTS.map(([{ name }]) => name));
  expect(lists.filter(({ name }) => !asked.has(name)).map(({ name }) => name)).toEqual([]);
});

describe('an index stands under each filter and each order of every list', () => {
  let member: number;
  beforeAll(async () => {
    member = await ledger.aMember();
    for (const category of ['login', 'license']) await ledger.earn(member, 20, { category });
    await ledger.spend(member, 5);
    await ledger.hold(member, 5);
  });

  test.each(
    LISTS.map(
      ([endpoint, asked]) =>
        [`${endpoint.name}${asked.as ? ', a member’s own' : ''}`, endpoint, asked] as const,
    ),
  )('%s', async (_name, { path }, { filters = {}, orders = [], as, isInMemory = false }) => {
    const client: Client = as === 'member' ? ledger.as({ userId: member }) : ledger.admin();
    const queries = [
      '',
      ...Object.entries(filters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`),
      ...orders.flatMap((order) => [`ordering=${order}`, `ordering=-${order}`]),
    ];
    for (const query of queries) {
      const ask = () =>
        queriesOf(async () => {
          const { status, body } = await client.send('GET', `${pathFor(path, { id: member })}?${query}`);
          expect([query, status, body]).toEqual([query, 200, expect.anything()]);
        });
      if (isInMemory) {
        // It asks for nothing, once what it needs has been read.
        await eventually(async () => expect(await ask()).toEqual([]));
        continue;
      }
      const seen = await ask();
      expect(seen.length).toBeGreaterThan(0);
      for (const { ns, planSummary, hasSortStage = false, command } of seen) {
        // Profiles that a search has found are few: they may be sorted.
        const isGrowing = GROWING.some((name) => ns.endsWith(`.${name}`)) && !isOfNamedIds(command);
        const isSorted = isGrowing && hasSortStage;
        expect([query, command, planSummary, isSorted]).toEqual([
          query,
          command,
          expect.stringMatching(/^(?!.*COLLSCAN)/),
          false,
        ]);
      }
    }
  });
});
