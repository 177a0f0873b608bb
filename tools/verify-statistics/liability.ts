/** Adds up the lots of a tenant by when they end and when they were earned, and holds what the statistics say against it. */
import { dayOf } from '@membership/platform/calendar';
import { compareSums, type Looked, type Of } from './books.ts';

const NEVER = new Date('9999-12-31T00:00:00Z');
/** What points are worth unless the tenant says otherwise. */
const FIRST_RATE = 100;
/** Lots of the same quarter hours, which are of the same month in any zone. */
type Lots = {
  readonly _id: { readonly earned: Date; readonly ends: Date };
  readonly remaining: number;
  readonly expired: number;
};
type Sums = {
  readonly by: 'end' | 'earning' | 'all';
  readonly at?: Date | null;
  readonly sums?: Readonly<Record<string, number>>;
  readonly rate?: { readonly pointsPerUnit: number };
};

/** How `earned` parts into what was taken back and what was used is known from the facts alone. */
export async function liabilityOf(of: Of): Promise<Looked> {
  const { books, generation, tenantId } = of;
  const zone =
    (await books.gateway.collection<{ _id: number; timezone: string }>('tenants').findOne({ _id: tenantId }))
      ?.timezone ?? 'UTC';
  const expected: Record<string, number> = {};
  const counted: Record<string, number> = {};
  const add = (to: Record<string, number>, name: string, points: number) => {
    if (points !== 0) to[name] = (to[name] ?? 0) + points;
  };
  // A month of the tenant and one of UTC: the moments that were told stand for both.
  const inMonths = (at: Date, write: (month: string) => void) => {
    for (const each of new Set([zone, 'UTC'])) write(`${dayOf(each, at).slice(0, 7)} (${each})`);
  };
  for (const lots of await lotsOf(of)) {
    const { _id, remaining, expired } = lots;
    if (_id.ends >= NEVER) add(expected, 'liability without an end', remaining);
    else inMonths(_id.ends, (month) => add(expected, `liability ending in ${month}`, remaining));
    inMonths(_id.earned, (month) => {
      add(expected, `outstanding of points earned in ${month}`, remaining);
      add(expected, `breakage of points earned in ${month}`, expired);
    });
  }
  const [profiles] = await books.points
    .collection('profiles')
    .aggregate<{ total: number }>([
      { $match: { tenantId } },
      { $group: { _id: null, total: { $sum: '$total' } } },
    ])
    .toArray();
  add(expected, 'liability in all', profiles?.total ?? 0);
  const settings = await books.points
    .collection<{ _id: number; pointsRedeemedPerUnit?: number }>('points_settings')
    .findOne({ _id: tenantId });
  add(expected, 'points of a unit of currency', settings?.pointsRedeemedPerUnit ?? FIRST_RATE);

  const sums = books.stats
    .collection<Sums & { _id: string }>('liability')
    .find({ _id: { $gte: `${generation}/${tenantId}:`, $lt: `${generation}/${tenantId};` } });
  let rate = FIRST_RATE;
  for await (const { by, at, sums: has = {}, rate: told } of sums) {
    if (told) rate = told.pointsPerUnit;
    if (by === 'all') add(counted, 'liability in all', has['moved'] ?? 0);
    else if (by === 'end' && !at) add(counted, 'liability without an end', has['points'] ?? 0);
    else if (by === 'end')
      inMonths(at as Date, (month) => add(counted, `liability ending in ${month}`, has['points'] ?? 0));
    else
      inMonths(at as Date, (month) => {
        const { earned = 0, used = 0, expired = 0 } = has;
        add(counted, `outstanding of points earned in ${month}`, earned - used - expired);
        add(counted, `breakage of points earned in ${month}`, expired);
      });
  }
  add(counted, 'points of a unit of currency', rate);
  return compareSums(expected, counted);
}

/** Lots of profiles that have told theirs, wherever they are kept. */
async function lotsOf({ books, tenantId }: Of): Promise<Lots[]> {
  const { points } = books;
  const untold = await points.collection('profiles').findOne({ tenantId, lotsTold: { $exists: false } });
  const told = untold
    ? [
        {
          $lookup: {
            ...{ from: 'profiles', localField: 'memberId', foreignField: '_id', as: 'profile' },
            pipeline: [{ $project: { lotsTold: 1 } }],
          },
        },
        { $match: { 'profile.lotsTold': true } },
      ]
    : [];
  const quarterOf = (date: unknown) => ({ $dateTrunc: { date, unit: 'minute', binSize: 15 } });
  const adding = (prefix: string) => [
    ...told,
    {
      $group: {
        _id: {
          earned: quarterOf({ $ifNull: [`$${prefix}earnedAt`, '$createdAt'] }),
          ends: quarterOf(`$${prefix}endsAt`),
        },
        remaining: { $sum: `$${prefix}remaining` },
        expired: { $sum: `$${prefix}expired` },
      },
    },
  ];
  const options = { allowDiskUse: true };
  const [carried, separate] = await Promise.all([
    points
      .collection('records')
      .aggregate<Lots>([{ $match: { tenantId, lot: { $exists: true } } }, ...adding('lot.')], options)
      .toArray(),
    points
      .collection('lots')
      .aggregate<Lots>([{ $match: { tenantId } }, ...adding('')], options)
      .toArray(),
  ]);
  return [...carried, ...separate];
}
