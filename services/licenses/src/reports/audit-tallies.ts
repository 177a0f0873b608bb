/**
 * Proves the figures of the reports, and mends them, while the service runs: each member's against its assignments, devices
 * and intervals, then each plan's against its members'. Mending writes differences only, in transactions that conflict with
 * whatever changes the same lines, and goes on where it was stopped.
 */
import type { ClientSession } from '@membership/platform/mongo';
import { runTransaction } from '@membership/platform/run-transaction';
import type { Connection } from 'mongoose';
import type { Assignment } from '../domain/assignment.ts';
import { sheetOf, zonesOf } from './count-again.ts';
import { ALL_DAYS, NOTHING, type Amounts, type MemberActivity, type MemberDay } from '../domain/tally.ts';

export type Audited = {
  readonly members: number;
  /** What was wrong, in words; after mending: what it mended. */
  readonly faults: readonly string[];
};
type AuditOptions = {
  readonly tenantId?: number | undefined;
  /** Writes what is right in the place of what is wrong. */
  readonly mend?: boolean;
  readonly onProgress?: (members: number) => void;
};
type Line = Pick<MemberDay, '_id' | 'tenantId' | 'memberId' | 'productId' | 'planId' | 'day'>;
type Difference = {
  readonly lines: readonly { readonly line: Line; readonly by: Partial<Amounts> }[];
  readonly activity: Omit<MemberActivity, '_id'>;
  readonly texts: readonly string[];
};
type Member = Pick<Assignment, 'tenantId' | 'memberId'>;

const MEMBERS_AT_ONCE = 200;
const FIELDS = Object.keys(NOTHING) as (keyof Amounts)[];
const optionsOf = (session: ClientSession | undefined) => (session ? { session } : {});

/** Looks at every tenant, or one. Without `mend` it changes nothing. */
export async function auditTallies(
  connection: Connection,
  { tenantId, mend = false, onProgress }: AuditOptions = {},
): Promise<Audited> {
  const zones = await zonesOf(connection);
  const faults: string[] = [];
  let members = 0;
  for await (const batch of membersOf(connection, tenantId)) {
    members += batch.length;
    // Without a snapshot: what is suspected here is looked at again, alone.
    for (const suspect of await suspectsAmong(connection, batch, zones))
      faults.push(...(await settle(connection, suspect, zones, mend)));
    onProgress?.(members);
  }
  return { members, faults: [...faults, ...(await auditPlans(connection, tenantId, mend))] };
}

/** Members that have had a licence, by an index that has their names. */
async function* membersOf(connection: Connection, tenantId: number | undefined): AsyncGenerator<Member[]> {
  const cursor = connection
    .collection<Assignment>('assignments')
    .find(tenantId === undefined ? {} : { tenantId }, { projection: { _id: 0, tenantId: 1, memberId: 1 } })
    .sort({ tenantId: 1, memberId: 1, assignedAt: -1, _id: -1 });
  let batch: Member[] = [];
  let last: Member | undefined;
  for await (const next of cursor as AsyncIterable<Member>) {
    if (last && last.memberId === next.memberId && last.tenantId === next.tenantId) continue;
    last = next;
    if (batch.length === MEMBERS_AT_ONCE) {
      yield batch;
      batch = [];
    }
    batch.push(next);
  }
  if (batch.length > 0) yield batch;
}

async function suspectsAmong(
  connection: Connection,
  members: readonly Member[],
  zones: ReadonlyMap<number, string>,
): Promise<Member[]> {
  const suspects: Member[] = [];
  for (const [tenantId, own] of Map.groupBy(members, (member) => member.tenantId)) {
    const ids = own.map(({ memberId }) => memberId);
    const differences = await differencesOf(connection, tenantId, ids, zones);
    suspects.push(...[...differences.keys()].map((memberId) => ({ tenantId, memberId })));
  }
  return suspects;
}

/** Looks at one member in a snapshot, or mends it in a transaction. */
async function settle(
  connection: Connection,
  { tenantId, memberId }: Member,
  zones: ReadonlyMap<number, string>,
  mend: boolean,
): Promise<readonly string[]> {
  const look = async (session: ClientSession) =>
    (await differencesOf(connection, tenantId, [memberId], zones, session)).get(memberId);
  if (!mend)
    return connection
      .getClient()
      .withSession({ snapshot: true }, async (session) => (await look(session))?.texts ?? []);
  return runTransaction(connection, async (session) => {
    const difference = await look(session);
    if (difference) await write(connection, difference, session);
    return difference?.texts ?? [];
  });
}

type Counted = Line & Amounts;
/** Where the kept lines of members differ from a count. */
async function differencesOf(
  connection: Connection,
  tenantId: number,
  memberIds: readonly number[],
  zones: ReadonlyMap<number, string>,
  session?: ClientSession,
): Promise<Map<number, Difference>> {
  const filter = { tenantId, memberId: { $in: [...memberIds] } };
  const rowsOf = <T extends object>(name: string) =>
    connection.collection(name).find(filter, optionsOf(session)).toArray() as unknown as Promise<T[]>;
  const counted = await sheetOf(connection, await rowsOf<Assignment>('assignments'), zones, session);
  const kept = new Map((await rowsOf<MemberDay>('member_days')).map((row) => [row._id, row]));
  const activity = new Map((await rowsOf<MemberActivity>('member_activity')).map((row) => [row._id, row]));
  const countedOf = Map.groupBy(
    [...counted.members].map(([_id, { key, amounts }]) => ({ _id, ...key, ...NOTHING, ...amounts })),
    ({ memberId }) => memberId,
  );
  const keptOf = Map.groupBy(kept.values(), ({ memberId }) => memberId);
  const found = new Map<number, Difference>();
  for (const memberId of memberIds) {
    const lines = linesThatDiffer(countedOf.get(memberId) ?? [], keptOf.get(memberId) ?? []);
    const id = `${tenantId}:${memberId}`;
    const { open = 0, bound = 0, usedAt = null, at = new Date(0) } = counted.activity.get(id) ?? {};
    const is = activity.get(id);
    const texts = lines.flatMap(({ line, by }) => textsOf(`member_days ${line._id}`, by));
    if (is?.openAssignments !== open || is?.boundDevices !== bound)
      texts.push(
        `member_activity ${id}: ${is?.openAssignments ?? 0} open and ${is?.boundDevices ?? 0} bound, counted ${open} and ${bound}`,
      );
    if (texts.length > 0)
      found.set(memberId, {
        lines,
        texts,
        activity: {
          tenantId,
          memberId,
          openAssignments: open,
          boundDevices: bound,
          lastUsedAt: usedAt,
          lastEventAt: at,
        },
      });
  }
  return found;
}

/**
 * Over all days a plan's line is what was counted, and what its days add up to. Days alone are not compared: they were the
 * tenant's days as its zone was then, and what devices did that are gone by now cannot be counted again. Where a plan is
 * wrong, its days are counted anew.
 */
function linesThatDiffer(counted: readonly Counted[], kept: readonly MemberDay[]): Difference['lines'] {
  const ofPlan = (rows: readonly Counted[], planId: number) => rows.filter((row) => row.planId === planId);
  const planIds = new Set([...counted, ...kept].map(({ planId }) => planId));
  return [...planIds].flatMap((planId) => {
    const [should, is] = [ofPlan(counted, planId), ofPlan(kept, planId)];
    const all = (rows: readonly Counted[]) => rows.find(({ day }) => day === ALL_DAYS);
    const sums = { ...NOTHING };
    for (const row of is)
      if (row.day !== ALL_DAYS) for (const field of FIELDS) sums[field] += row[field] ?? 0;
    if (isNothing(byOf(all(should), all(is))) && isNothing(byOf(all(is), sums))) return [];
    const shouldById = new Map(should.map((row) => [row._id, row]));
    const isById = new Map(is.map((row) => [row._id, row]));
    return [...new Map([...isById, ...shouldById])].flatMap(([_id, row]) => {
      const by = byOf(shouldById.get(_id), isById.get(_id));
      const { tenantId, memberId, productId, day } = row;
      return isNothing(by) ? [] : [{ line: { _id, tenantId, memberId, productId, planId, day }, by }];
    });
  });
}

/** What must be added to what is kept. */
function byOf(counted: Partial<Amounts> | undefined, kept: Partial<Amounts> | undefined): Partial<Amounts> {
  const by: Partial<Amounts> = {};
  for (const field of FIELDS) {
    const difference = (counted?.[field] ?? 0) - (kept?.[field] ?? 0);
    if (difference !== 0) by[field] = difference;
  }
  return by;
}

const isNothing = (by: Partial<Amounts>): boolean => Object.keys(by).length === 0;
const textsOf = (name: string, by: Partial<Amounts>): string[] =>
  Object.entries(by).map(
    ([field, amount]) => `${name}: ${field} is ${Math.abs(amount)} too ${amount > 0 ? 'low' : 'high'}`,
  );

/** Plans have what their members have: a member's difference is its plan's, too. */
async function write(
  connection: Connection,
  { lines, activity: { tenantId, memberId, lastUsedAt, lastEventAt, ...now } }: Difference,
  session: ClientSession,
): Promise<void> {
  for (const { line, by } of lines) {
    const { _id, memberId: _member, ...key } = line;
    await connection
      .collection<{ _id: string }>('member_days')
      .updateOne({ _id }, { $inc: by, $setOnInsert: { memberId, ...key } }, { session, upsert: true });
    await addToPlan(connection, key, by, session);
  }
  await connection.collection<{ _id: string }>('member_activity').updateOne(
    { _id: `${tenantId}:${memberId}` },
    {
      $set: now,
      $max: { lastEventAt, ...(lastUsedAt ? { lastUsedAt } : {}) },
      $setOnInsert: { tenantId, memberId, ...(lastUsedAt ? {} : { lastUsedAt: null }) },
    },
    { session, upsert: true },
  );
}

type PlanKey = Omit<Line, '_id' | 'memberId'>;
/** A new version of the tenant's figures, so that no kept answer stays. */
async function addToPlan(
  connection: Connection,
  key: PlanKey,
  by: Partial<Amounts>,
  session?: ClientSession,
): Promise<void> {
  await connection
    .collection<{ _id: string }>('plan_days')
    .updateOne(
      { _id: `${key.tenantId}:${key.planId}:${key.day}:0` },
      { $inc: key.day === ALL_DAYS ? { ...by, version: 1 } : by, $setOnInsert: key },
      { ...optionsOf(session), upsert: true },
    );
}

/** Plans against members, in one snapshot. Both change together, so a difference may be added at any time. */
async function auditPlans(
  connection: Connection,
  tenantId: number | undefined,
  mend: boolean,
): Promise<string[]> {
  type Sum = { _id: Omit<PlanKey, 'productId'>; productId: number } & Amounts;
  const faults: string[] = [];
  const different = await connection.getClient().withSession({ snapshot: true }, async (session) => {
    const sumsOf = async (name: string) => {
      const sums = connection.collection(name).aggregate<Sum>(
        [
          ...(tenantId === undefined ? [] : [{ $match: { tenantId } }]),
          {
            $group: {
              _id: { tenantId: '$tenantId', planId: '$planId', day: '$day' },
              productId: { $first: '$productId' },
              ...Object.fromEntries(FIELDS.map((field) => [field, { $sum: `$${field}` }])),
            },
          },
        ],
        { session, allowDiskUse: true },
      );
      const rows = new Map<string, Sum>();
      for await (const sum of sums) rows.set(`${sum._id.tenantId}:${sum._id.planId}:${sum._id.day}`, sum);
      return rows;
    };
    const members = await sumsOf('member_days');
    const plans = await sumsOf('plan_days');
    return [...new Map([...plans, ...members])].flatMap(([id, { _id, productId }]) => {
      const by = byOf(members.get(id), plans.get(id));
      return isNothing(by) ? [] : [{ id, key: { ..._id, productId }, by }];
    });
  });
  for (const { id, key, by } of different) {
    faults.push(...textsOf(`plan_days ${id}`, by));
    if (mend) await addToPlan(connection, key, by);
  }
  return faults;
}
