/** Every filter and ordering of the lists runs on an index that leads with the tenant. */
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { sortOf } from '@membership/platform/sorting';
import { assignmentQuery, type AssignmentFilter } from '../src/storage/assignment-repository.ts';
import { ASSIGNMENT_ORDERINGS } from '../src/assignments/assignments.routes.ts';
import { licenseQuery, type LicenseFilter } from '../src/storage/license-repository.ts';
import { forJobs, hasLease } from '../src/job-indexes.ts';
import { licensesService } from '../src/service.ts';
import { NEVER } from '../src/term.ts';

const TENANT = 7;
const ROWS = 6_000;
const now = new Date('2026-06-01T00:00:00Z');
const DAY = 86_400_000;
let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  const statuses = ['assigned', 'active', 'active', 'active', 'suspended', 'revoked', 'expired'];
  const rows = Array.from({ length: ROWS }, (_, index) => {
    const status = statuses[index % statuses.length] as string;
    const isOpen = !['revoked', 'expired'].includes(status);
    const assignedAt = new Date(now.getTime() - (index % 900) * 3_600_000);
    const end = index % 3 === 0 ? NEVER : new Date(now.getTime() + ((index % 400) + 1) * DAY);
    return {
      _id: index + 1,
      sequence: 1,
      tenantId: index % 10 === 0 ? 8 : TENANT,
      memberId: (index % 3_000) + 1,
      licenseId: index < 3_000 ? 1 : (index % 40) + 2,
      productId: (index % 5) + 1,
      planId: 1,
      status,
      isOpen,
      assignedAt,
      activatedAt: assignedAt,
      expiresAt: end,
    };
  });
  await kit.connection.collection('assignments').insertMany(rows as never);
  await kit.connection.collection('licenses').insertMany(
    Array.from({ length: 2_000 }, (_, index) => ({
      _id: index + 1,
      sequence: 1,
      tenantId: TENANT,
      productId: (index % 20) + 1,
      planId: (index % 40) + 1,
      licenseKey: `KEY-${index}`,
      status: ['active', 'active', 'revoked', 'expired'][index % 4],
      isRemoved: false,
      ...(index % 100 === 0
        ? { maxActivations: 10, boundDevices: 9 }
        : { maxActivations: 1, boundDevices: index % 2 }),
      expiresAt: new Date(now.getTime() + (index + 1) * DAY),
      createdAt: new Date(now.getTime() - index * 1_000),
    })) as never,
  );
});
afterAll(() => kit.stop());

type Stage = { stage?: string; keyPattern?: Record<string, unknown> } & Record<string, unknown>;
/** Every stage of the winning plan. */
function stagesOf(node: unknown): Stage[] {
  if (node === null || typeof node !== 'object') return [];
  return [...('stage' in node ? [node as Stage] : []), ...Object.values(node).flatMap(stagesOf)];
}
async function plan(collection: string, filter: object, sort: object) {
  const explained = await kit.connection
    .collection(collection)
    .find({ ...filter, tenantId: TENANT })
    .sort(sort as never)
    .limit(20)
    .explain('executionStats');
  const stages = stagesOf(explained.queryPlanner.winningPlan);
  const scans = stages.filter(({ stage }) => stage === 'IXSCAN');
  return {
    names: stages.map(({ stage }) => stage),
    leads: scans.map(({ keyPattern }) => Object.keys(keyPattern ?? {})[0]),
    examined: explained.executionStats.totalDocsExamined as number,
  };
}

const day = (count: number) => new Date(now.getTime() + count * DAY);
const filters: [string, AssignmentFilter][] = [
  ['nothing', {}],
  ['member_id', { memberId: 77 }],
  ['license_id', { licenseId: 1 }],
  ['status assigned', { status: 'assigned' }],
  ['status active', { status: 'active' }],
  ['status suspended', { status: 'suspended' }],
  ['status revoked', { status: 'revoked' }],
  ['status expired', { status: 'expired' }],
  ['expires_before', { expiresBefore: day(20) }],
  ['assigned_after', { assignedAfter: day(-2) }],
  ['a member’s own', { memberId: 77, withoutExpired: true }],
  ['a member’s own, by product', { memberId: 77, productId: 2 }],
  [
    'all at once',
    { memberId: 77, licenseId: 1, status: 'active', expiresBefore: day(20), assignedAfter: day(-2) },
  ],
];
const orderings = Object.keys(ASSIGNMENT_ORDERINGS).flatMap((field) => [
  { field, descending: true },
  { field, descending: false },
]);

describe.each(filters)('assignments by %s', (_name, filter) => {
  test.each(orderings)('ordered by $field, descending $descending', async (order) => {
    const { names, leads } = await plan(
      'assignments',
      assignmentQuery(filter, now),
      sortOf([order], ASSIGNMENT_ORDERINGS),
    );
    expect(names).not.toContain('COLLSCAN');
    expect(new Set(leads)).toEqual(new Set(['tenantId']));
  });
});

test.each<[string, AssignmentFilter]>([
  ['nothing', {}],
  ['license_id', { licenseId: 1 }],
  ['status active', { status: 'active' }],
  ['status revoked', { status: 'revoked' }],
  ['assigned_after', { assignedAfter: day(-2) }],
])('the first page by %s reads about a page, however many match', async (_name, filter) => {
  const { names, examined } = await plan(
    'assignments',
    assignmentQuery(filter, now),
    sortOf([{ field: 'assigned_at', descending: true }], ASSIGNMENT_ORDERINGS),
  );
  expect(names).not.toContain('SORT');
  expect(examined).toBeLessThanOrEqual(40);
});

test.each<[string, LicenseFilter]>([
  ['nothing', {}],
  ['product_id', { productId: 3 }],
  ['plan_id', { planId: 3 }],
  ['status active', { status: 'active' }],
  ['status expired', { status: 'expired' }],
  ['license_key', { licenseKey: 'KEY-5' }],
  ['expires_before', { expiresBefore: day(20) }],
  ['nearly_full', { isNearlyFull: true }],
  ['not nearly_full', { isNearlyFull: false }],
  ['search', { search: { text: 'KEY-7', productIds: [3], planIds: [4] } }],
  ['ids', { ids: [1, 2, 3] }],
])('licences by %s', async (_name, filter) => {
  for (const path of ['createdAt', 'expiresAt'])
    for (const direction of [1, -1]) {
      const { names, leads } = await plan('licenses', licenseQuery(filter, now), {
        [path]: direction,
        _id: direction,
      });
      expect(names).not.toContain('COLLSCAN');
      // A key names its licence over the whole platform.
      expect([
        'tenantId',
        ...(filter.licenseKey ? ['licenseKey'] : []),
        ...(filter.ids ? ['_id'] : []),
      ]).toEqual(expect.arrayContaining([...new Set(leads)]));
    }
});

test('licences that are nearly full are looked for among those with several devices', async () => {
  const { names, examined } = await plan('licenses', licenseQuery({ isNearlyFull: true }, now), {
    createdAt: -1,
    _id: -1,
  });
  expect(names).not.toContain('SORT');
  expect(examined).toBeLessThanOrEqual(20);
});

test.each([
  ['products', {}],
  ['products', { applicationId: 3 }],
  ['products', { isActive: true }],
  ['products', { name: /pro/i }],
  ['plans', {}],
  ['plans', { productId: 3 }],
  ['plans', { isActive: false }],
])('%s by %j', async (collection, filter) => {
  for (const path of ['createdAt', 'name'])
    for (const direction of [1, -1]) {
      const { names, leads } = await plan(
        collection,
        { ...filter, isRetired: false },
        { [path]: direction, _id: direction },
      );
      expect(names).not.toContain('COLLSCAN');
      expect(new Set(leads)).toEqual(new Set(['tenantId']));
    }
});

test('jobs find what is due on indexes of their own', async () => {
  const explain = async (collection: string, filter: object, sort: object) =>
    stagesOf(
      (
        await kit.connection
          .collection(collection)
          .find(filter)
          .sort(sort as never)
          .limit(200)
          .explain('queryPlanner')
      ).queryPlanner.winningPlan,
    );
  for (const stages of [
    await explain(
      'assignments',
      { ...forJobs, isOpen: true, expiresAt: { $lte: now } },
      { expiresAt: 1, _id: 1 },
    ),
    await explain(
      'licenses',
      { ...forJobs, status: 'active', expiresAt: { $lte: now } },
      { expiresAt: 1, _id: 1 },
    ),
    await explain(
      'licenses',
      { ...forJobs, status: 'revoked', openAssignments: { $gt: 0 } },
      { openAssignments: 1, _id: 1 },
    ),
    await explain(
      'devices',
      { leaseUntil: { ...hasLease.leaseUntil, $lte: now } },
      { leaseUntil: 1, _id: 1 },
    ),
    await explain('assignment_batches', { isRunning: true }, { createdAt: 1, _id: 1 }),
  ])
    expect(stages.map(({ stage }) => stage)).toEqual(['LIMIT', 'FETCH', 'IXSCAN']);
});
