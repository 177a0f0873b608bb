/**
 * Counts the tallies from assignments, devices and intervals: for databases of before there were tallies, and to prove that
 * those which transactions keep are right. Goes member by member, so that it needs no more memory than one member's lines.
 */
import { dayOf, type Day } from '@membership/platform/calendar';
import type { Connection } from 'mongoose';
import type { Assignment } from '../assignments/assignment.ts';
import type { Device } from '../devices/device.ts';
import { cutByDay } from '../tenant-day.ts';
import { secondsOf, type UsageInterval } from '../usage/usage.ts';
import { NOTHING, TallySheet } from './tally.ts';

const BATCH = 500;
type Rows = { assignments: Assignment[]; devices: Device[]; intervals: UsageInterval[] };

/** A sheet of everything about each batch of assignments; all of a member's stand in one. */
async function* sheetsOf(connection: Connection): AsyncGenerator<TallySheet> {
  const zones = new Map<number, string>();
  for await (const tenant of connection
    .collection<{ _id: number; timezone: string }>('directory_tenants')
    .find())
    zones.set(tenant._id, tenant.timezone);
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

async function sheetOf(
  connection: Connection,
  assignments: Assignment[],
  zones: ReadonlyMap<number, string>,
): Promise<TallySheet> {
  const sheet = new TallySheet();
  for (const [tenantId, own] of Map.groupBy(assignments, (one) => one.tenantId)) {
    const filter = { tenantId, assignmentId: { $in: own.map(({ _id }) => _id) } };
    const [devices, intervals] = await Promise.all([
      connection.collection<Device>('devices').find(filter).toArray(),
      connection.collection<UsageInterval>('usage_intervals').find(filter).toArray(),
    ]);
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

/** Where the tallies that are kept differ from a count: by plan and by member, over all days. Empty when all is well. */
export async function verifyTallies(connection: Connection): Promise<string[]> {
  const sheet = new TallySheet();
  for await (const part of sheetsOf(connection)) {
    for (const [id, line] of part.plans) {
      const known = sheet.plans.get(id);
      if (!known) sheet.plans.set(id, line);
      else
        for (const [name, amount] of Object.entries(line.amounts) as [keyof typeof NOTHING, number][])
          known.amounts[name] = (known.amounts[name] ?? 0) + amount;
    }
    for (const [id, line] of part.members) sheet.members.set(id, line);
    for (const [id, line] of part.activity) sheet.activity.set(id, line);
  }
  const problems: string[] = [];
  const compare = async (
    name: string,
    counted: ReadonlyMap<string, { key: { day: string }; amounts: Partial<typeof NOTHING> }>,
  ) => {
    const kept = new Map<string, typeof NOTHING>();
    for await (const row of connection
      .collection<{ _id: string; day: string } & typeof NOTHING>(name)
      .find()) {
      const id = name === 'plan_days' ? row._id.split(':').slice(0, 3).join(':') : row._id;
      const sum = kept.get(id) ?? { ...NOTHING };
      for (const field of Object.keys(NOTHING) as (keyof typeof NOTHING)[]) sum[field] += row[field] ?? 0;
      kept.set(id, sum);
    }
    for (const id of new Set([...kept.keys(), ...counted.keys()])) {
      const [is, should] = [
        { ...NOTHING, ...kept.get(id) },
        { ...NOTHING, ...counted.get(id)?.amounts },
      ];
      // Devices that were unbound are gone: what a day bound of them cannot be counted again, their sum can.
      const fields = Object.keys(NOTHING).filter((field) => id.endsWith(':all') || field !== 'bound');
      for (const field of fields as (keyof typeof NOTHING)[])
        if (is[field] !== should[field])
          problems.push(`${name} ${id}: ${field} is ${is[field]}, counted ${should[field]}`);
    }
  };
  await compare('plan_days', sheet.plans);
  await compare('member_days', sheet.members);
  const activity = connection.collection<{ _id: string; openAssignments: number; boundDevices: number }>(
    'member_activity',
  );
  for await (const { _id, openAssignments, boundDevices } of activity.find()) {
    const { open = 0, bound = 0 } = sheet.activity.get(_id) ?? {};
    if (openAssignments !== open || boundDevices !== bound)
      problems.push(
        `member_activity ${_id}: ${openAssignments} open and ${boundDevices} bound, counted ${open} and ${bound}`,
      );
  }
  return problems;
}
