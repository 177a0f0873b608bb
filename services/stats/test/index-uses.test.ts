/** Each index is named with the question that needs it: one that none needs costs every write. */
import { indexFaults, type IndexUses } from '@membership/platform/testing/index-uses';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { statsService } from '../src/service.ts';

let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(statsService);
});
afterAll(() => kit?.stop());

const all = { tenantId: 1 };
const behind = { position: { $gt: 100 } };
const newest = { position: -1 } as const;

const USES: IndexUses = {
  archive: {
    'tenantId_1_time_-1__id_-1': {
      why: 'listEvents of a span of time: where it begins and ends',
      filter: { ...all, time: { $lt: new Date() } },
      sort: { time: -1, _id: -1 },
    },
    position_1: { why: 'projectors and chains, along the archive', filter: behind, sort: { position: 1 } },
    tenantId_1_position_1: { why: 'listEvents', filter: { ...all, ...behind }, sort: newest },
    tenantId_1_type_1_position_1: {
      why: 'listEvents of an event',
      filter: { ...all, type: 'points.earned.v1', ...behind },
      sort: newest,
    },
    tenantId_1_memberId_1_position_1: {
      why: 'listEvents of a member',
      filter: { ...all, memberId: 5, ...behind },
      sort: newest,
    },
    tenantId_1_actor_1_position_1: {
      why: 'listEvents of who did something',
      filter: { ...all, actor: 'user:5', ...behind },
      sort: newest,
    },
    tenantId_1_causeId_1_position_1: {
      why: 'what an event caused',
      filter: { ...all, causeId: 'cause' },
      sort: { position: 1 },
    },
    isErased_1: {
      why: 'erasures of members that are not over',
      filter: { type: 'member.erased.v1', isErased: { $exists: false } },
    },
  },
  scores: {
    'tenantId_1_generation_1_board_1_score_-1_reachedAt_1_memberId_1': {
      why: 'leaderboards, which name it',
      filter: { ...all, generation: 1, board: 'b' },
      sort: { score: -1, reachedAt: 1, memberId: 1 },
      isHinted: true,
    },
  },
  boards: {
    'tenantId_1_generation_1_metric_1_window_1_period_-1': {
      why: 'listLeaderboardPeriods',
      filter: { ...all, generation: 1, metric: 'points', window: 'day' },
      sort: { period: -1 },
    },
  },
  audit_links: {
    tenantId_1_memberId_1: {
      why: 'the erasure of a member: its salts',
      filter: { ...all, memberId: 5, salt: { $exists: true } },
    },
  },
  audit_anchors: {
    'tenantId_1_day_-1': { why: 'listAuditAnchors, the file of all', filter: all, sort: { day: -1 } },
  },
  audit_ends: {
    anchoredDay_1: { why: 'chains without an anchor', filter: { anchoredDay: { $lt: '2026-01-01' } } },
  },
};

test('every index is named with a question that needs it', async () => {
  expect(await indexFaults(kit.connection, USES)).toEqual([]);
});

test('indexes that a version before had and nothing needs are dropped at each start: such a process may have made them again', async () => {
  for (const _time of [1, 2]) {
    for (const field of ['type', 'memberId'])
      await kit.connection.collection('archive').createIndex({ tenantId: 1, [field]: 1, time: -1, _id: -1 });
    await (await kit.replica()).stop();
    expect(await indexFaults(kit.connection, USES)).toEqual([]);
  }
});
