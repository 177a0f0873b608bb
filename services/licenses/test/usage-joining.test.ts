/** Usage adds up to the union of what was reported, whatever the order, over days, zones and processes. */
import fc from 'fast-check';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import type { Client } from '@membership/contracts/client';
import { startServiceKit, type Replica, type ServiceKit } from '@membership/platform/testing/service-kit';
import { cutByDay } from '../src/tenant-day.ts';
import { licensesService } from '../src/service.ts';
import { auditTallies } from '../src/reports/audit-tallies.ts';
import { aHouse, device, type House } from './builders.ts';

const HOUR = 3_600_000;
const QUARTER = 15 * 60_000;
let kit: ServiceKit;
let second: Replica;
let house: House;
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  house = await aHouse(kit);
  second = await kit.replica();
});
afterEach(async () => expect((await auditTallies(kit.connection)).faults).toEqual([]));
afterAll(async () => {
  await second?.stop();
  await kit.stop();
});

/** In quarters of an hour before now: where a span starts, and how long it is. */
type Span = { readonly ago: number; readonly long: number };
/** From touching ones to ones that hold others, over four days. */
const spans = fc.array(
  fc
    .record({ ago: fc.integer({ min: 1, max: 4 * 96 }), long: fc.integer({ min: 1, max: 120 }) })
    .filter(({ ago, long }) => long <= ago),
  { minLength: 1, maxLength: 12 },
);

/** An assignment with a device that was bound 30 days ago, and what its two processes are asked by. */
async function inUse(of: House): Promise<{ assignmentId: number; clients: [Client, Client] }> {
  const { assignmentId, client, memberId } = await of.anAssignment();
  const params = { assignment_id: String(assignmentId) };
  await client.ask(contracts.activateLicense, { params, body: device('pc') });
  return {
    assignmentId,
    clients: [client, second.as({ role: 'member', tenantId: of.tenantId, userId: memberId })],
  };
}
const begin = (assignmentId: number, at: Date | null) =>
  kit.connection
    .collection<{ _id: number }>('assignments')
    .updateOne({ _id: assignmentId }, { $set: { activatedAt: at } });

/** Seconds of the union, as a plain count of quarters has it. */
const unionOf = (reported: readonly Span[]): Set<number> =>
  new Set(reported.flatMap(({ ago, long }) => Array.from({ length: long }, (_, index) => ago - index)));

async function addsUp(reported: readonly Span[], isAtOnce: boolean, of = house): Promise<void> {
  const end = Math.floor(Date.now() / QUARTER) * QUARTER;
  const { assignmentId, clients } = await inUse(of);
  const found = await kit.connection
    .collection<{ _id: number; activatedAt: Date }>('assignments')
    .findOne({ _id: assignmentId });
  await begin(assignmentId, new Date(end - 30 * 24 * HOUR));
  const params = { assignment_id: String(assignmentId) };
  const report = async ({ ago, long }: Span, index: number) =>
    (clients[index % 2] as Client).ask(contracts.reportUsage, {
      params,
      body: {
        device_id: 'pc',
        started_at: new Date(end - ago * QUARTER).toISOString(),
        ended_at: new Date(end - (ago - long) * QUARTER).toISOString(),
      },
    });
  let added = 0;
  if (isAtOnce)
    for (const { added_seconds } of await Promise.all(reported.map(report))) added += added_seconds;
  else for (const [index, one] of reported.entries()) added += (await report(one, index)).added_seconds;
  const union = unionOf(reported);
  const { usage_stats, intervals } = await clients[0].ask(contracts.getLicenseUsage, { params });
  expect([added, usage_stats.total_usage_hours]).toEqual([
    union.size * 900,
    Math.round((union.size / 4) * 10) / 10,
  ]);
  // They lie apart, the newest first, and cover the union.
  const bounds = intervals.map(({ started_at, ended_at }) => [Date.parse(started_at), Date.parse(ended_at)]);
  for (const [index, [, upper]] of bounds.slice(1).entries())
    expect(upper as number).toBeLessThan(bounds[index]?.[0] as number);
  expect(bounds.reduce((sum, [from, to]) => sum + (to as number) - (from as number), 0)).toBe(
    union.size * QUARTER,
  );
  // The days are the tenant's: each has what lies in it.
  const { timezone } = (await kit.connection
    .collection<{ _id: number; timezone: string }>('directory_tenants')
    .findOne({ _id: of.tenantId })) as { timezone: string };
  const days = new Map<string, number>();
  for (const [from, to] of bounds)
    for (const { day, seconds } of cutByDay(
      { startedAt: new Date(from as number), endedAt: new Date(to as number) },
      timezone,
    ))
      days.set(day, (days.get(day) ?? 0) + seconds);
  const lines = await kit.connection
    .collection('member_days')
    .find({
      tenantId: of.tenantId,
      day: { $ne: 'all' },
      usedSeconds: { $gt: 0 },
      memberId: await memberOf(assignmentId),
    })
    .toArray();
  expect(new Map(lines.map(({ day, usedSeconds }) => [day, usedSeconds]))).toEqual(days);
  await begin(assignmentId, found?.activatedAt ?? null);
}
const memberOf = async (assignmentId: number) =>
  (
    await kit.connection
      .collection<{ _id: number; memberId: number }>('assignments')
      .findOne({ _id: assignmentId })
  )?.memberId as number;

test('one after the other, in any order, through two processes in turn', () =>
  fc.assert(
    fc.asyncProperty(spans, (reported) => addsUp(reported, false)),
    { numRuns: 10 },
  ));

test('all at once, over two processes', () =>
  fc.assert(
    fc.asyncProperty(spans, (reported) => addsUp(reported, true)),
    { numRuns: 10 },
  ));

test.each(['America/New_York', 'Pacific/Kiritimati', 'Asia/Kathmandu', 'Pacific/Pago_Pago'])(
  'in the days of %s',
  async (timezone) => {
    const tenantId = await kit.aTenant({ tenantId: 90_000 + timezone.length, timezone });
    const there = await aHouse(kit, tenantId);
    await addsUp(
      [
        { ago: 300, long: 290 },
        { ago: 320, long: 25 },
      ],
      true,
      there,
    );
  },
);
