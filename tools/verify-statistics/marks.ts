/**
 * Holds when members were active last, and assignments in use, against the quarter hours that say how many there were, and
 * against what the services and the days of members know of it.
 */
import type { Connection } from '@membership/platform/mongo';
import { compareSums, flat, type Looked, type NestedSums, type Of } from './books.ts';
import { APART_MS, QUARTER_MS, quarterOf } from './flow-audit.ts';
import { daysAround, listDays, type Days } from './retention.ts';

const PAGE = 500;
const FAULTS_AT_MOST = 1_000;
type Kind = 'active' | 'used';
type Mark = { readonly id: number; readonly at: Date };
type Difference = (id: number, at: Date | undefined) => string | null;

async function inPages<T>(all: AsyncIterable<T>, look: (page: T[]) => Promise<void>): Promise<void> {
  let page: T[] = [];
  for await (const one of all) {
    page.push(one);
    if (page.length < PAGE) continue;
    await look(page);
    page = [];
  }
  if (page.length > 0) await look(page);
}

/** The marks of a kind, page by page. */
const eachPage = ({ books, generation, tenantId }: Of, kind: Kind, look: (page: Mark[]) => Promise<void>) => {
  const prefix = `${generation}/${tenantId}:${kind}:`;
  return inPages(
    books.stats
      .collection<{ _id: string; lastActiveAt: Date }>('rows')
      .find({ _id: { $gte: prefix, $lt: `${prefix}:` } }),
    (rows) =>
      look(rows.map(({ _id, lastActiveAt }) => ({ id: Number(_id.slice(prefix.length)), at: lastActiveAt }))),
  );
};
async function marksOf(
  { books, generation, tenantId }: Of,
  kind: Kind,
  ids: readonly number[],
): Promise<Map<number, Date>> {
  const prefix = `${generation}/${tenantId}:${kind}:`;
  const rows = await books.stats
    .collection<{ _id: string; lastActiveAt: Date }>('rows')
    .find({ _id: { $in: ids.map((id) => `${prefix}${id}`) } })
    .toArray();
  return new Map(rows.map(({ _id, lastActiveAt }) => [Number(_id.slice(prefix.length)), lastActiveAt]));
}

/** How many there were last in each quarter hour. */
async function addBuckets(
  { books, generation, tenantId }: Of,
  series: 'activity' | 'usage',
  nameOf: (flow: string, at: Date) => string,
): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  const buckets = books.stats
    .collection<{ at: Date; flows?: NestedSums }>('buckets')
    .find({ tenantId, generation, series });
  for await (const { at, flows = {} } of buckets)
    for (const [flow, many] of Object.entries(flat(flows))) counted[nameOf(flow, at)] = many;
  return counted;
}

/** The ends of what was used of assignments, in whole seconds. */
const endsOfUse = (licenses: Connection, match: object) =>
  licenses.collection('usage_intervals').aggregate<{ _id: number; at: Date }>(
    [
      // One without a length was told by no event.
      { $match: { ...match, $expr: { $gt: ['$endedAt', '$startedAt'] } } },
      { $group: { _id: '$assignmentId', at: { $max: '$endedAt' } } },
    ],
    { allowDiskUse: true },
  );

/** That each assignment was used last when its intervals say, and that the quarter hours say so of each plan. */
export async function usageOf(of: Of): Promise<Looked> {
  const { books, tenantId } = of;
  const { licenses } = books;
  const expected: Record<string, number> = {};
  const found = new Map<string, string>();
  let compared = 0;
  const nameOf = (plan: string, at: Date) => `assignments of plan ${plan} used last at ${at.toISOString()}`;
  const compare = (ids: readonly number[], known: ReadonlyMap<number, Date>, differ: Difference) => {
    for (const id of ids) {
      compared++;
      const difference = differ(id, known.get(id));
      if (difference !== null && found.size < FAULTS_AT_MOST)
        found.set(`last use of assignment ${id}`, difference);
    }
  };
  await eachPage(of, 'used', async (page) => {
    const ids = page.map(({ id }) => id);
    const assignments = await licenses
      .collection<{ _id: number; planId: number }>('assignments')
      .find({ tenantId, _id: { $in: ids } }, { projection: { planId: 1 } })
      .toArray();
    const plans = new Map(assignments.map(({ _id, planId }) => [_id, planId]));
    const used = new Map<number, Date>();
    for await (const { _id, at } of endsOfUse(licenses, { tenantId, assignmentId: { $in: ids } }))
      used.set(_id, at);
    const marked = new Map(page.map(({ id, at }) => [id, at]));
    for (const { id, at } of page) {
      const name = nameOf(String(plans.get(id)), at);
      expected[name] = (expected[name] ?? 0) + 1;
    }
    compare(ids, used, (id, at) => {
      const counted = marked.get(id) as Date;
      if (at && quarterOf(at) === quarterOf(counted)) return null;
      return `${at?.toISOString() ?? 'none'}, counted as ${counted.toISOString()}`;
    });
  });
  await inPages(endsOfUse(licenses, { tenantId }), async (page) => {
    const ids = page.map(({ _id }) => _id);
    const marked = await marksOf(of, 'used', ids);
    compare(
      ids.filter((id) => !marked.has(id)),
      marked,
      () => 'used, counted as not used',
    );
  });
  const counted = await addBuckets(of, 'usage', (flow, at) =>
    nameOf(flow.slice(0, flow.lastIndexOf('.')), at),
  );
  const sums = compareSums(expected, counted);
  return { compared: compared + sums.compared, found: new Map([...found, ...sums.found]) };
}

/**
 * That no member was active last before what the services know it did, nor on another day than the last of its days, and that
 * the quarter hours say so of all. `retention` is the generation of those days; null: they are not counted.
 */
export async function activityOf(of: Of, retention: number | null): Promise<Looked> {
  const { books, tenantId } = of;
  const expected: Record<string, number> = {};
  const found = new Map<string, string>();
  let compared = 0;
  const nameOf = (at: Date) => `members active last at ${at.toISOString()}`;
  await eachPage(of, 'active', async (page) => {
    for (const { at } of page) expected[nameOf(at)] = (expected[nameOf(at)] ?? 0) + 1;
    if (retention === null) return;
    const days = await books.stats
      .collection<{ _id: string; memberId: number; days: Days }>('retention_members')
      .find({ _id: { $in: page.map(({ id }) => `${retention}/${tenantId}/${id}`) } })
      .toArray();
    const lastDays = new Map(days.map((row) => [row.memberId, listDays(row.days).sort().at(-1)]));
    for (const { id, at } of page) {
      compared++;
      const last = lastDays.get(id);
      if ((last !== undefined && daysAround(at).includes(last)) || found.size >= FAULTS_AT_MOST) continue;
      found.set(
        `last day of member ${id}`,
        `${last ?? 'none'}, counted as active last at ${at.toISOString()}`,
      );
    }
  });
  const members = books.gateway
    .collection<{ _id: number; lastLoginAt: Date | null }>('members')
    .find({ tenantId }, { projection: { lastLoginAt: 1 } });
  await inPages(members, async (page) => {
    const ids = page.map(({ _id }) => _id);
    const [marked, acts] = [await marksOf(of, 'active', ids), await actsOf(of, ids)];
    for (const { _id, lastLoginAt } of page) {
      compared++;
      const known = [...(acts.get(_id) ?? []), ...(lastLoginAt ? [lastLoginAt] : [])];
      if (known.length === 0 || found.size >= FAULTS_AT_MOST) continue;
      const act = new Date(Math.max(...known.map((at) => at.getTime())));
      const at = marked.get(_id);
      // The event comes a moment after what it tells, never before it.
      if (at && at.getTime() + QUARTER_MS > act.getTime() - APART_MS) continue;
      found.set(
        `last activity of member ${_id}`,
        `${act.toISOString()} or later, counted as ${at?.toISOString() ?? 'none'}`,
      );
    }
  });
  const sums = compareSums(expected, await addBuckets(of, 'activity', (_flow, at) => nameOf(at)));
  return { compared: compared + sums.compared, found: new Map([...found, ...sums.found]) };
}

/** When members last did what none but they can: activate a licence, give feedback. */
async function actsOf({ books, tenantId }: Of, memberIds: readonly number[]): Promise<Map<number, Date[]>> {
  const acts = new Map<number, Date[]>();
  for (const [collection, time] of [
    [books.licenses.collection('assignments'), 'activatedAt'],
    [books.applications.collection('feedbacks'), 'createdAt'],
  ] as const) {
    const last = collection.aggregate<{ _id: number; at: Date }>([
      { $match: { tenantId, memberId: { $in: [...memberIds] }, [time]: { $type: 'date' } } },
      { $group: { _id: '$memberId', at: { $max: `$${time}` } } },
    ]);
    for await (const { _id, at } of last) acts.set(_id, [...(acts.get(_id) ?? []), at]);
  }
  return acts;
}
