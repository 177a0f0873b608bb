/** The audit trail: every event of a tenant, by cursor and filter, and what led from one to another. */
import { randomUUID } from 'node:crypto';
import { getEventChain, listEvents } from '@membership/contracts/endpoints/stats/index';
import { memberErased } from '@membership/contracts/events/gateway';
import type { CallOf } from '@membership/contracts/endpoint';
import type { Envelope } from '@membership/contracts/event';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { tellCauses } from '../src/archive/archive-repository.ts';
import type { ArchivedEvent } from '../src/archive/models.ts';
import { statsService } from '../src/service.ts';
import {
  aTenant,
  earned,
  fact,
  granted,
  joined,
  levelled,
  ordered,
  projected,
  spent,
  tell,
} from './a-story.ts';

let kit: ServiceKit;
let tenants = 900;
beforeAll(async () => {
  kit = await startServiceKit(statsService);
});
afterAll(() => kit.stop());

const archive = () => kit.connection.collection<ArchivedEvent>('archive');
async function told(tenantId: number, ...events: readonly Envelope[]): Promise<string[]> {
  await tell(kit, ...events);
  await eventually(async () =>
    expect(await archive().countDocuments({ tenantId, _id: { $in: events.map(({ id }) => id) } })).toBe(
      events.length,
    ),
  );
  // A day is that of the tenant's zone, which is counted.
  await projected(kit);
  return events.map(({ id }) => id);
}
const admin = (tenantId: number) => kit.as({ role: 'admin', tenantId });
type Query = NonNullable<CallOf<typeof listEvents>['query']>;
const pageOf = (tenantId: number, query: Query = {}) => admin(tenantId).ask(listEvents, { query });
const idsOf = async (tenantId: number, query: Query = {}) =>
  (await pageOf(tenantId, query)).results.map(({ id }) => id);
const refusalOf = async (tenantId: number, query: Record<string, string>) => {
  const { status, body } = await admin(tenantId).call(listEvents, { query: query as never });
  return [status, Object.keys((body as { error: { details: object } }).error.details)];
};

test('lists events newest first, and by cursor each once, whatever comes meanwhile', async () => {
  const tenantId = ++tenants;
  const story = Array.from({ length: 7 }, (_, index) =>
    earned(7, 1, { tenantId, sequence: index + 1, balance: index + 1, actor: 'user:7' }),
  );
  const ids = await told(tenantId, ...story);
  const page = await pageOf(tenantId, { page_size: 3 });
  expect(page.results.map(({ id }) => id)).toEqual(ids.slice(4).reverse());
  expect(page.results[0]).toMatchObject({
    ...{ type: 'points.earned.v1', subject: '7', sequence: 7, member_id: 7, actor: 'user:7' },
    ...{ request_id: 'tests', cause: null, source: '/services/points', data: { points: 1, balanceAfter: 7 } },
  });
  expect(page.as_of).toBe(page.results[0]?.time);
  await told(tenantId, joined(8, { tenantId }));
  const next = await pageOf(tenantId, { page_size: 3, cursor: page.next_cursor as string });
  expect(next.results.map(({ id }) => id)).toEqual(ids.slice(1, 4).reverse());
  const last = await pageOf(tenantId, { page_size: 3, cursor: next.next_cursor as string });
  expect(last).toMatchObject({ results: [{ id: ids[0] }], next_cursor: null });
  // Oldest first, the last position goes on with what comes later.
  const oldest = await pageOf(tenantId, { ordering: 'position', page_size: 100 });
  expect(oldest.results.map(({ id }) => id).slice(0, 7)).toEqual(ids);
  const [fresh] = await told(tenantId, joined(9, { tenantId }));
  const cursor = String(oldest.results.at(-1)?.position);
  expect(await idsOf(tenantId, { ordering: 'position', cursor })).toEqual([fresh]);
});

test('filters by type, member, actor and time, each alone and together', async () => {
  const tenantId = ++tenants;
  const now = Date.now();
  const daysAgo = (days: number) => new Date(now - days * 86_400_000).toISOString();
  const [old, mine, byAdmin, tagged] = (await told(
    tenantId,
    earned(7, 1, { tenantId, sequence: 1, balance: 1, time: daysAgo(20), actor: 'user:7' }),
    earned(7, 1, { tenantId, sequence: 2, balance: 2, time: daysAgo(10), actor: 'user:7' }),
    spent(8, 1, { tenantId, sequence: 1, balance: 0, actor: 'user:1' }),
    granted(1, 8, { tenantId, actor: 'user:1' }),
  )) as [string, string, string, string];
  expect(await idsOf(tenantId, { type: 'points.earned.v1' })).toEqual([mine, old]);
  expect(await idsOf(tenantId, { type: 'points.*' })).toEqual([byAdmin, mine, old]);
  expect(await idsOf(tenantId, { member_id: 8 })).toEqual([tagged, byAdmin]);
  expect(await idsOf(tenantId, { actor: 'user:1' })).toEqual([tagged, byAdmin]);
  expect(await idsOf(tenantId, { actor: 'user:1', type: 'vip.*', member_id: 8 })).toEqual([tagged]);
  expect(await idsOf(tenantId, { date_from: daysAgo(11), date_to: daysAgo(9) })).toEqual([mine]);
  expect(await idsOf(tenantId, { date_to: daysAgo(10).slice(0, 10) })).toEqual([mine, old]);
  expect(await idsOf(tenantId, { date_from: daysAgo(2).slice(0, 10), actor: 'user:7' })).toEqual([]);
  // A day is the tenant's, or the zone's that is named.
  await told(tenantId, aTenant({ tenantId }, 'Asia/Shanghai'));
  const [late] = await told(
    tenantId,
    joined(9, { tenantId, time: `${daysAgo(3).slice(0, 10)}T17:00:00.000Z` }),
  );
  const [day, next] = [daysAgo(3).slice(0, 10), daysAgo(2).slice(0, 10)];
  expect(await idsOf(tenantId, { date_from: next, date_to: next })).toEqual([late]);
  expect(await idsOf(tenantId, { date_from: day, date_to: day, tz: 'UTC' })).toEqual([late]);
  expect(await idsOf(tenantId, { date_from: day, date_to: day })).toEqual([]);
});

test('a long time ago costs no walk through what came since: every question is a range of an index', async () => {
  const plans = [
    [{ tenantId: 1, position: { $gt: 0, $lt: 9 } }, 'position'],
    [{ tenantId: 1, type: { $in: ['a', 'b'] }, position: { $gt: 0, $lt: 9 } }, 'type'],
    [{ tenantId: 1, memberId: 7, position: { $gt: 0, $lt: 9 } }, 'memberId'],
    [{ tenantId: 1, actor: 'user:1', position: { $gt: 0, $lt: 9 } }, 'actor'],
    [{ tenantId: 1, causeId: { $in: ['a'] } }, 'causeId'],
  ] as const;
  for (const [filter, field] of plans) {
    const { queryPlanner } = (await archive()
      .find(filter as never)
      .sort({ position: -1 })
      .explain('queryPlanner')) as {
      queryPlanner: { winningPlan: unknown };
    };
    const plan = JSON.stringify(queryPlanner.winningPlan);
    expect(plan).toContain(`"${field}"`);
    expect(plan).not.toMatch(/COLLSCAN/);
  }
});

test('from an order to the award, the level and the tag, and back', async () => {
  const tenantId = ++tenants;
  const request = randomUUID();
  const order = { ...ordered(7, 60_000, { tenantId }), correlationid: request };
  const causedBy = (cause: Envelope, effect: Envelope) => ({
    ...effect,
    correlationid: request,
    causationid: cause.id,
  });
  const award = causedBy(order, earned(7, 600, { tenantId, sequence: 2, balance: 600 }));
  const level = causedBy(award, levelled(7, 1, 2, { tenantId, sequence: 3 }));
  const tag = causedBy(level, granted(1, 7, { tenantId }));
  const unrelated = joined(8, { tenantId });
  await told(tenantId, order, tag, level, award, unrelated);
  const chainOf = async (id: string, of = tenantId) => {
    const chain = await admin(of).ask(getEventChain, { params: { event_id: id } });
    expect(Date.parse(chain.as_of ?? '')).not.toBeNaN();
    return {
      causes: chain.causes.map((one) => one.id),
      effects: chain.effects.map((one) => one.id),
      isComplete: chain.is_complete,
    };
  };
  expect(await chainOf(order.id)).toEqual({
    causes: [],
    effects: [tag.id, level.id, award.id],
    isComplete: true,
  });
  expect(await chainOf(level.id)).toEqual({
    causes: [award.id, order.id],
    effects: [tag.id],
    isComplete: true,
  });
  expect(await chainOf(unrelated.id)).toEqual({ causes: [], effects: [], isComplete: true });
  const other = ++tenants;
  await told(other, joined(7, { tenantId: other }));
  for (const id of [order.id, randomUUID(), 'nothing'])
    expect((await admin(other).call(getEventChain, { params: { event_id: id } })).status).toBe(404);
  // A circle, or a cause that is not archived, ends the way; very many effects are cut, and it says so.
  const [a, b] = [joined(20, { tenantId }), joined(21, { tenantId })];
  const many = Array.from({ length: 501 }, (_, index) =>
    causedBy(unrelated, joined(1_000 + index, { tenantId })),
  );
  await told(tenantId, causedBy(b, a), causedBy(a, b), ...many);
  expect(await chainOf(a.id)).toEqual({ causes: [b.id], effects: [b.id], isComplete: true });
  const cut = await chainOf(unrelated.id);
  expect([cut.effects.length, cut.isComplete]).toEqual([500, false]);
});

test('of an erased member the trail tells the made-up names', async () => {
  const tenantId = ++tenants;
  const erased = fact(
    memberErased,
    7,
    { tenantId, sequence: 2 },
    {
      ...{ memberId: 7, username: 'erased:7', email: 'erased:7@erased.invalid', displayName: 'erased:7' },
      ...{ role: 'member', isActive: false, externalId: null, joinedAt: new Date().toISOString() },
    },
  );
  await told(tenantId, joined(7, { tenantId }), erased);
  await eventually(async () => {
    const { results } = await pageOf(tenantId, { member_id: 7 });
    expect(results.map(({ data }) => data.username)).toEqual(['erased:7', 'erased:7']);
  });
});

test('what versions before archived is found by actor and cause, too', async () => {
  const tenantId = ++tenants;
  const cause = joined(7, { tenantId, actor: 'user:7' });
  const effect = { ...earned(7, 1, { tenantId, balance: 1 }), causationid: cause.id };
  await told(tenantId, cause, effect);
  await archive().updateMany({ tenantId }, { $unset: { actor: 1, causeId: 1 } });
  await tellCauses.run(kit.connection, new AbortController().signal);
  expect(await idsOf(tenantId, { actor: 'user:7' })).toEqual([cause.id]);
  const { effects } = await admin(tenantId).ask(getEventChain, { params: { event_id: cause.id } });
  expect(effects).toMatchObject([{ id: effect.id, cause: cause.id }]);
});

test('another tenant sees nothing of it, and only administrators ask', async () => {
  const tenantId = ++tenants;
  const [event_id] = (await told(tenantId, joined(7, { tenantId }))) as [string];
  expect(await idsOf(++tenants)).toEqual([]);
  for (const role of ['member', 'internal'] as const) {
    expect((await kit.as({ role, tenantId }).call(listEvents, {})).status).toBe(403);
    expect((await kit.as({ role, tenantId }).call(getEventChain, { params: { event_id } })).status).toBe(403);
  }
});

test.each([
  [{ type: 'comet.seen' }, 'type'],
  [{ type: 'nothing.*' }, 'type'],
  [{ member_id: '0' }, 'member_id'],
  [{ actor: 'john' }, 'actor'],
  [{ date_from: 'yesterday' }, 'date_from'],
  [{ date_from: '2026-02-02', date_to: '2026-02-01' }, 'date_to'],
  [{ tz: 'Mars/Base' }, 'tz'],
  [{ ordering: 'type' }, 'ordering'],
  [{ cursor: 'x' }, 'cursor'],
  [{ page_size: '0' }, 'page_size'],
  [{ page: '2' }, 'page'],
])('bad input is refused by its field: %j', async (query, field) => {
  expect(await refusalOf(1, query as unknown as Record<string, string>)).toEqual([400, [field]]);
});
