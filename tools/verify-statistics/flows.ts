/**
 * Adds up what the services have written down of what happened, by quarter hour where they know the time, and holds the flows of
 * a tenant against it: its own, and those of each category, tag, plan and application.
 */
import type { Connection } from '@membership/platform/mongo';
import { compareSums, flat, type Looked, type NestedSums, type Of } from './books.ts';
import { APART_MS, firstGap, QUARTER_MS, type Counted, type WrittenDown } from './flow-audit.ts';

/** What a job does in many steps it dates by its beginning; the events tell when each was taken. */
const JOB_APART_MS = 60_000;
const IN_ANY_ORDER = { allowDiskUse: true } as const;

/** What a service wrote down in a part of a quarter hour, of several figures at once. */
type Group = {
  readonly _id: { readonly name: string; readonly quarter: number; readonly part: WrittenDown['part'] };
} & {
  readonly up: number;
  readonly down: number;
};
/** Stages that group documents by the quarter hour of a time; `amount` counts up or down. */
function byQuarter(time: string, name: unknown, amount: unknown, apartMs = APART_MS) {
  const ms = { $toLong: time };
  const within = { $mod: [ms, QUARTER_MS] };
  const isLate = { $gte: [within, QUARTER_MS - apartMs] };
  const part = { $cond: [{ $lt: [within, apartMs] }, 'early', { $cond: [isLate, 'late', 'within'] }] };
  const quarter = { $toInt: { $floor: { $divide: [ms, QUARTER_MS] } } };
  return [
    { $project: { name, quarter, part, amount } },
    {
      $group: {
        _id: { name: '$name', quarter: '$quarter', part: '$part' },
        up: { $sum: { $max: ['$amount', 0] } },
        down: { $sum: { $max: [{ $subtract: [0, '$amount'] }, 0] } },
      },
    },
  ];
}
const ONCE = { $literal: 1 };
/** `plans.12.issued` */
const figureOf = (series: string, id: string, name: unknown) => ({
  $concat: [`${series}.`, { $toString: `$${id}` }, '.', name],
});

/** The total that a record counts in: a reversal of an adjustment has the other sign. */
const isType = (type: string) => ({ $eq: ['$type', type] });
const IS_UNDOING = { $ne: [{ $type: '$reversalOf' }, 'missing'] };
const COUNTER = {
  $cond: [
    isType('expire'),
    'expired',
    {
      $cond: [
        {
          $or: [
            isType('earn'),
            { $and: [isType('adjust'), { $ne: [{ $gte: ['$points', 0] }, IS_UNDOING] }] },
          ],
        },
        'earned',
        'spent',
      ],
    },
  ],
};

/** Figures as the services wrote them down, by quarter hour. */
class Written {
  readonly figures = new Map<string, WrittenDown[]>();

  add(figure: string, one: WrittenDown): void {
    const all = this.figures.get(figure) ?? [];
    all.push(one);
    this.figures.set(figure, all);
  }

  async addAll(groups: AsyncIterable<Group>): Promise<void> {
    for await (const { _id, up, down } of groups) this.add(_id.name, { ..._id, up, down });
  }
}

async function addRecords(written: Written, points: Connection, tenantId: number): Promise<void> {
  const records = points.collection('records').aggregate<Group & { readonly records: number }>(
    [
      { $match: { tenantId } },
      { $set: { counter: COUNTER } },
      {
        $project: {
          createdAt: 1,
          name: { $concat: ['$category', '.', '$counter'] },
          amount: { $cond: [{ $eq: ['$counter', 'earned'] }, '$points', { $subtract: [0, '$points'] }] },
        },
      },
      ...byQuarter('$createdAt', '$name', '$amount').map((stage) =>
        '$group' in stage ? { $group: { ...stage.$group, records: { $sum: 1 } } } : stage,
      ),
    ],
    IN_ANY_ORDER,
  );
  for await (const { _id, up, down, records: many } of records) {
    const { name, quarter, part } = _id;
    const at = name.lastIndexOf('.');
    const [category, counter] = [name.slice(0, at), name.slice(at + 1)];
    const known = /^[a-z][a-z0-9_]*$/.test(category) ? category : 'other';
    for (const figure of [counter, `categories.${known}.${counter}`])
      written.add(figure, { quarter, part, up, down });
    for (const figure of ['records', `categories.${known}.records`])
      written.add(figure, { quarter, part, up: many, down: 0 });
  }
}

/** Steps of tags that are counted, as their history calls them; the figures call the beginning of a grace otherwise. */
const TAG_STEPS = ['granted', 'renewed', 'suspended', 'resumed', 'grace_started', 'expired', 'revoked'];
const STEP = { $cond: [{ $eq: ['$action', 'grace_started'] }, 'graced', '$action'] };
const isHeld = (status: string) => ({ $in: [{ $ifNull: [status, ''] }, ['active', 'grace', 'suspended']] });
/**
 * Each step of a tag, and whether its member got or lost the tag by it. A step begins with the status that the step before
 * ended with, as its event tells; what the entry itself has as before is what one saw, which the clock may have overtaken.
 */
const tagSteps = [
  {
    $setWindowFields: {
      partitionBy: '$userTagId',
      sortBy: { sequence: 1 },
      output: { was: { $shift: { output: '$statusAfter', by: -1 } } },
    },
  },
  { $match: { action: { $in: TAG_STEPS } } },
  {
    $lookup: {
      ...{ from: 'user_tags', localField: 'userTagId', foreignField: '_id', as: 'holding' },
      pipeline: [{ $project: { tagId: 1 } }],
    },
  },
  { $set: { tagId: { $first: '$holding.tagId' }, was: isHeld('$was'), is: isHeld('$statusAfter') } },
  {
    $set: {
      step: {
        $concatArrays: [
          [STEP],
          { $cond: [{ $eq: ['$was', '$is'] }, [], [{ $cond: ['$is', 'gained', 'lost'] }]] },
        ],
      },
    },
  },
  { $unwind: '$step' },
  ...byQuarter('$createdAt', figureOf('tags', 'tagId', '$step'), ONCE, JOB_APART_MS),
];

async function addVip(written: Written, vip: Connection, tenantId: number): Promise<void> {
  const [history, purchases] = [vip.collection('user_tag_history'), vip.collection('purchases')];
  await written.addAll(
    history.aggregate<Group>([
      { $match: { tenantId, action: 'granted' } },
      ...byQuarter('$createdAt', 'vipGranted', ONCE),
    ]),
  );
  await written.addAll(history.aggregate<Group>([{ $match: { tenantId } }, ...tagSteps], IN_ANY_ORDER));
  const ofPurchases = (match: object, time: string, name: unknown, amount: unknown = ONCE) =>
    written.addAll(
      purchases.aggregate<Group>([{ $match: { tenantId, ...match } }, ...byQuarter(time, name, amount)]),
    );
  await ofPurchases({}, '$createdAt', 'purchases.asked');
  await ofPurchases({ renewsEnd: { $type: 'date' } }, '$createdAt', 'purchases.renewals');
  await ofPurchases({ status: 'completed' }, '$settledAt', 'purchases.completed');
  await ofPurchases({ status: 'completed' }, '$settledAt', 'purchases.points', '$points');
  await ofPurchases({ status: 'failed' }, '$settledAt', { $concat: ['purchases.failed.', '$reason'] });
}

async function addLicences(written: Written, licenses: Connection, tenantId: number): Promise<void> {
  const ofPlans = (collection: string, time: string, step: string, apartMs?: number) =>
    written.addAll(
      licenses
        .collection(collection)
        .aggregate<Group>([
          { $match: { tenantId, [time]: { $type: 'date' } } },
          ...byQuarter(`$${time}`, figureOf('plans', 'planId', step), ONCE, apartMs),
        ]),
    );
  await ofPlans('licenses', 'createdAt', 'issued');
  await ofPlans('assignments', 'assignedAt', 'assigned', JOB_APART_MS);
  await ofPlans('assignments', 'activatedAt', 'activated');
  await written.addAll(
    licenses
      .collection('assignments')
      .aggregate<Group>([
        { $match: { tenantId, activatedAt: { $type: 'date' } } },
        ...byQuarter('$activatedAt', 'activations', ONCE),
      ]),
  );
}

async function addApplications(
  written: Written,
  applications: Connection,
  tenantId: number,
  reopened: ReadonlySet<number>,
): Promise<void> {
  const ofApplications = (collection: string, match: object, time: string, step: string) =>
    written.addAll(
      applications
        .collection(collection)
        .aggregate<Group>([
          { $match: { tenantId, [time]: { $type: 'date' }, ...match } },
          ...byQuarter(`$${time}`, figureOf('applications', 'applicationId', step), ONCE),
        ]),
    );
  await ofApplications('articles', {}, 'createdAt', 'articles');
  const once = { applicationId: { $nin: [...reopened] } };
  await ofApplications('feedbacks', once, 'createdAt', 'feedback_opened');
  await ofApplications('feedbacks', once, 'closedAt', 'feedback_closed');
}

/** Of what a service knows how much there was, and not when. */
async function sumsInAll({ books, tenantId }: Of): Promise<Record<string, number>> {
  const sums: Record<string, number> = {
    membersJoined: await books.gateway.collection('members').countDocuments({ tenantId }),
  };
  type Sum = { readonly _id: number } & Readonly<Record<string, number>>;
  const assignments = books.licenses.collection('assignments').aggregate<Sum>([
    { $match: { tenantId } },
    {
      $group: {
        _id: '$planId',
        revoked: { $sum: { $cond: [{ $eq: ['$status', 'revoked'] }, 1, 0] } },
        expired: { $sum: { $cond: [{ $eq: ['$status', 'expired'] }, 1, 0] } },
        usedSeconds: { $sum: '$usedSeconds' },
      },
    },
  ]);
  // Its facts are counted by its sequence, and open and close it by turns.
  const feedbacks = books.applications.collection('feedbacks').aggregate<Sum>([
    { $match: { tenantId } },
    {
      $group: {
        _id: '$applicationId',
        feedback_opened: { $sum: { $ceil: { $divide: ['$sequence', 2] } } },
        feedback_closed: { $sum: { $floor: { $divide: ['$sequence', 2] } } },
      },
    },
  ]);
  for (const [series, groups] of [
    ['plans', assignments],
    ['applications', feedbacks],
  ] as const)
    for await (const { _id, ...of } of groups)
      for (const [name, amount] of Object.entries(of)) sums[`${series}.${_id}.${name}`] = amount;
  return sums;
}

const FEEDBACK = /^applications[.](\d+)[.]feedback_(opened|closed)$/;
const IN_ALL = /^(membersJoined|plans[.]\d+[.](revoked|expired|usedSeconds))$/;
const BY_QUARTER =
  /^(earned|spent|expired|records|vipGranted|activations|(categories|purchases|tags)[.].*|plans[.]\d+[.](issued|assigned|activated)|applications[.]\d+[.]articles)$/;
const SERIES = ['tenant', 'categories', 'purchases', 'tags', 'plans', 'applications'];

/** The flows of a tenant as its quarter hours have them. */
async function countedOf({ books, generation, tenantId }: Of): Promise<Map<string, Counted[]>> {
  const counted = new Map<string, Counted[]>();
  const buckets = books.stats
    .collection<{ series: string; at: Date; flows?: NestedSums }>('buckets')
    .find({ tenantId, generation, series: { $in: SERIES } });
  for await (const { series, at, flows = {} } of buckets)
    for (const [name, amount] of Object.entries(flat(flows))) {
      const figure = series === 'tenant' ? name : `${series}.${name}`;
      const all = counted.get(figure) ?? [];
      all.push({ quarter: at.getTime() / QUARTER_MS, amount });
      counted.set(figure, all);
    }
  return counted;
}

/** Holds the flows of a tenant against what the services wrote down. */
export async function flowsOf(of: Of): Promise<Looked> {
  const { books, tenantId } = of;
  // When one that was opened again was closed before, and opened, nobody has written down.
  const reopened = new Set<number>(
    await books.applications
      .collection<{ applicationId: number }>('feedbacks')
      .distinct('applicationId', { tenantId, sequence: { $gt: 2 } }),
  );
  const written = new Written();
  await addRecords(written, books.points, tenantId);
  await addVip(written, books.vip, tenantId);
  await addLicences(written, books.licenses, tenantId);
  await addApplications(written, books.applications, tenantId, reopened);
  const inAll = await sumsInAll(of);
  const counted = await countedOf(of);

  const isInAll = (figure: string) => IN_ALL.test(figure) || FEEDBACK.test(figure);
  const sums = Object.fromEntries(
    [...counted]
      .filter(([figure]) => isInAll(figure))
      .map(([figure, all]) => [figure, all.reduce((sum, { amount }) => sum + amount, 0)]),
  );
  const { compared: comparedInAll, found } = compareSums(inAll, sums);
  let compared = comparedInAll;
  const isByQuarter = (figure: string) => {
    const [, application] = FEEDBACK.exec(figure) ?? [];
    return application === undefined ? BY_QUARTER.test(figure) : !reopened.has(Number(application));
  };
  for (const figure of new Set([...written.figures.keys(), ...counted.keys()])) {
    if (!isByQuarter(figure) || found.has(figure)) continue;
    const [said, has] = [written.figures.get(figure) ?? [], counted.get(figure) ?? []];
    compared += Math.max(said.length, has.length);
    const gap = firstGap(said, has);
    if (gap)
      found.set(
        figure,
        `up to ${gap.until.toISOString()} ${gap.least === gap.most ? gap.least : `${gap.least} to ${gap.most}`}, counted as ${gap.counted}`,
      );
  }
  return { compared, found };
}
