/**
 * Counts the tallies from assignments, devices and intervals: for databases of before there were tallies, and for the proof
 * of those that transactions keep. Goes member by member, so that it needs no more memory than one member's lines.
 */
import { dayOf, type Day } from '@membership/platform/calendar';
import type { ClientSession } from '@membership/platform/mongo';
import type { Connection } from 'mongoose';
import type { Assignment } from '../domain/assignment.ts';
import type { Device } from '../domain/device.ts';
import { cutByDay } from '../tenant-day.ts';
import { secondsOf, type UsageInterval } from '../usage/usage.ts';
import { NOTHING, TallySheet } from '../domain/tally.ts';

const BATCH = 500;
type Rows = { assignments: Assignment[]; devices: Device[]; intervals: UsageInterval[] };

/** The zones whose days count, by tenant. */
export async function zonesOf(connection: Connection): Promise<Map<number, string>> {
  const zones = new Map<number, string>();
  for await (const tenant of connection
    .collection<{ _id: number; timezone: string }>('directory_tenants')
    .find())
    zones.set(tenant._id, tenant.timezone);
  return zones;
}

/** A sheet of everything about each batch of assignments; all of a member's stand in one. */
async function* sheetsOf(connection: Connection): AsyncGenerator<TallySheet> {
  const zones = await zonesOf(connection);
  const cursor = connection
    .collection<Assignment>('assignments')
    .find()
    .sort({ tenantId: 1, memberId: 1, assignedAt: -1, _id: -1 })
    .batchSize(BATCH);
  let batch: Assignment[] = [];
  for await (const assignment of cursor) {
    const last = batch.at(-1);
    const isNext = last && (last.tenantId !== assignment.tenantId || last.memberId !== assignment.memberId);
    if (isNext && batch.length >= BATCH) {
      yield await sheetOf(connection, batch, zones);
      batch = [];
    }
    batch.push(assignment);
  }
  if (batch.length > 0) yield await sheetOf(connection, batch, zones);
}

/** What these assignments come to; with a session as it sees them. */
export async function sheetOf(
  connection: Connection,
  assignments: readonly Assignment[],
  zones: ReadonlyMap<number, string>,
  session?: ClientSession,
): Promise<TallySheet> {
  const options = session ? { session } : {};
  const sheet = new TallySheet();
  for (const [tenantId, own] of Map.groupBy(assignments, (one) => one.tenantId)) {
    const filter = { tenantId, assignmentId: { $in: own.map(({ _id }) => _id) } };
    const devices = await connection.collection<Device>('devices').find(filter, options).toArray();
    const intervals = await connection
      .collection<UsageInterval>('usage_intervals')
      .find(filter, options)
      .toArray();
    fill(sheet, { assignments: own, devices, intervals }, zones.get(tenantId) ?? 'UTC');
  }
  return sheet;
}

const QUARTER = 15 * 60_000;
const days = new Map<string, Day>();
/** As dayOf, which costs much for millions of rows: all of a quarter of an hour lies in one day, in any zone of today. */
function knownDay(zone: string, at: Date): Day {
  const key = `${zone} ${Math.floor(at.getTime() / QUARTER)}`;
  let day = days.get(key);
  if (day === undefined) {
    if (days.size > 100_000) days.clear();
    days.set(key, (day = dayOf(zone, at)));
  }
  return day;
}

function fill(sheet: TallySheet, { assignments, devices, intervals }: Rows, zone: string): void {
  const byId = new Map(assignments.map((assignment) => [assignment._id, assignment]));
  const on = (at: Date) => ({ day: knownDay(zone, at), at });
  for (const assignment of assignments) {
    const { assignedAt, activatedAt, lastUsedAt } = assignment;
    sheet.add(assignment, { assigned: 1, open: assignment.isOpen ? 1 : 0 }, on(assignedAt));
    if (activatedAt) sheet.add(assignment, { activated: 1 }, { ...on(activatedAt), isUse: true });
    if (lastUsedAt) sheet.add(assignment, {}, { ...on(lastUsedAt), isUse: true });
    if (!assignment.isOpen) sheet.add(assignment, {}, on(assignment.updatedAt));
  }
  for (const device of devices)
    sheet.add(byId.get(device.assignmentId) as Assignment, { bound: 1 }, on(device.boundAt));
  for (const interval of intervals) {
    const assignment = byId.get(interval.assignmentId) as Assignment;
    const first = knownDay(zone, interval.startedAt);
    const isOneDay = first === knownDay(zone, new Date(interval.endedAt.getTime() - 1));
    const parts = isOneDay ? [{ day: first, seconds: secondsOf(interval) }] : cutByDay(interval, zone);
    for (const { day, seconds } of parts)
      sheet.add(assignment, { usedSeconds: seconds }, { day, at: assignment.assignedAt });
  }
}

/** Makes the tallies anew. Nothing may be written meanwhile: it runs before requests are taken. */
export async function rebuildTallies(connection: Connection): Promise<void> {
  const collectionOf = (name: string) => connection.collection<{ _id: string }>(name);
  for (const name of ['plan_days', 'member_days', 'member_activity']) await collectionOf(name).deleteMany({});
  const plans = new Map<string, Record<string, unknown> & { _id: string }>();
  for await (const sheet of sheetsOf(connection)) {
    for (const [id, { key, amounts }] of sheet.plans) {
      const line = plans.get(id) ?? { _id: `${id}:0`, ...key, ...NOTHING, version: 1 };
      for (const [name, amount] of Object.entries(amounts)) line[name] = (line[name] as number) + amount;
      plans.set(id, line);
    }
    const members = [...sheet.members].map(([_id, { key, amounts }]) => ({
      _id,
      ...key,
      ...NOTHING,
      ...amounts,
    }));
    if (members.length > 0) await collectionOf('member_days').insertMany(members, { ordered: false });
    const activity = [...sheet.activity].map(([_id, { tenantId, memberId, open, bound, usedAt, at }]) => ({
      _id,
      tenantId,
      memberId,
      openAssignments: open,
      boundDevices: bound,
      lastUsedAt: usedAt,
      lastEventAt: at,
    }));
    await collectionOf('member_activity').insertMany(activity, { ordered: false });
  }
  if (plans.size > 0) await collectionOf('plan_days').insertMany([...plans.values()], { ordered: false });
}
