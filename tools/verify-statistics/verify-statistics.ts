/** Counts the statistics anew from the databases of the services, not from the log, and holds them against it. Changes nothing. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from '@membership/platform/mongo';
import { compareSums, flat, type Books, type Found, type Looked, type NestedSums, type Of } from './books.ts';
import { flowsOf } from './flows.ts';
import { liabilityOf } from './liability.ts';
import { liveTagsOf } from './live-tags.ts';
import { activityOf, usageOf } from './marks.ts';
import { joinedOf, retentionOf } from './retention.ts';
import { segmentsOf } from './segments.ts';
import { differenceOf, things, type RowState, type Thing } from './things.ts';
import { windowsOf } from './windows.ts';
import { zonesOf } from './zones.ts';

export type { Books } from './books.ts';

export type Fault = { readonly tenantId: number; readonly figure: string; readonly found: string };
export type Verified = {
  readonly tenants: number;
  /** Things, sums and quarter hours that were compared. */
  readonly compared: number;
  readonly faults: number;
  /** Differed all the time, each time otherwise: what happens meanwhile is on its way. */
  readonly moving: number;
};
type Look = () => Promise<Found>;
type Asked = {
  readonly tenantId?: number | undefined;
  readonly onFault: (fault: Fault) => void;
  readonly onProgress?: (sofar: Verified) => void;
  /** For tests. */
  readonly betweenLooksMs?: number;
};

const PAGE = 500;
/** The databases are not read at one moment, and the log is a moment behind: what differs is looked at again. */
const BETWEEN_LOOKS_MS = 1_000;
/** A difference that stays the same for so many looks is a fault … */
const SAME_LOOKS = 5;
/** … and what is another one each time is on its way. */
const LOOKS = 10;
const SUSPECTS_AT_MOST = 1_000;

/** Verifies one tenant or all, each for itself. */
export async function verifyStatistics(books: Books, asked: Asked): Promise<Verified> {
  const figures = await newestOf(books.stats, 'figures');
  if (figures === null)
    throw new Error('Nothing is counted yet in this database: the stats service has not started.');
  // Each may be counted by itself.
  const boards = (await newestOf(books.stats, 'boards')) ?? figures;
  const [retention, liability] = [
    await newestOf(books.stats, 'retention'),
    await newestOf(books.stats, 'liability'),
  ];
  const verified = { tenants: 0, compared: 0, faults: 0, moving: 0 };
  for (const tenantId of await tenantsOf(books, figures, asked.tenantId)) {
    const of = { books, generation: figures, tenantId };
    verified.tenants++;
    const compare = async (first: Found, look: Look, compared: number) => {
      verified.compared += compared;
      const { faults, moving } = await confirm(first, look, asked.betweenLooksMs ?? BETWEEN_LOOKS_MS);
      verified.faults += faults.size;
      verified.moving += moving;
      for (const [figure, found] of faults) asked.onFault({ tenantId, figure, found });
      asked.onProgress?.({ ...verified });
    };
    for (const thing of things) {
      const { compared, suspects, found } = await eachThing(of, thing);
      await compare(found, () => lookAtThings(of, thing, suspects), compared);
    }
    for (const metric of ['earned', 'spent', 'balance', 'activations'] as const) {
      const look = () => scoresOf({ ...of, generation: boards }, metric);
      const { compared, found } = await look();
      await compare(found, async () => (await look()).found, compared);
    }
    const looks: readonly (() => Promise<Looked>)[] = [
      () => zonesOf(of, { figures, boards, retention }),
      ...[() => sumsOf(of), () => groupsOf(of), () => liveTagsOf(of), () => flowsOf(of)],
      ...[() => usageOf(of), () => activityOf(of, retention)],
      ...[windowsOf, segmentsOf].map((look) => () => look({ ...of, generation: boards }, new Date())),
      ...(retention === null
        ? []
        : [retentionOf, joinedOf].map((look) => () => look({ ...of, generation: retention }))),
      ...(liability === null ? [] : [() => liabilityOf({ ...of, generation: liability })]),
    ];
    for (const look of looks) {
      const { compared, found } = await look();
      await compare(found, async () => (await look()).found, compared);
    }
  }
  return verified;
}

/** What a version without projectors counted together. */
const TOGETHER: ReadonlySet<string> = new Set(['figures', 'boards']);
/** The newest whole counting of one kind of figures. */
async function newestOf(stats: Connection, kind: string): Promise<number | null> {
  const [found] = await stats
    .collection<{ _id: number }>('generations')
    .find({
      wholeAt: { $exists: true },
      replacedAt: { $exists: false },
      projector: { $in: [kind, ...(TOGETHER.has(kind) ? [null] : [])] },
    })
    .sort({ counting: -1, _id: -1 })
    .limit(1)
    .toArray();
  return found?._id ?? null;
}

async function tenantsOf(books: Books, generation: number, only: number | undefined): Promise<number[]> {
  if (only !== undefined) return [only];
  const known = await books.gateway.collection<{ _id: number }>('tenants').distinct('_id');
  const counted = await books.stats.collection('totals').distinct('tenantId', { generation });
  return [...new Set([...known, ...counted] as number[])].sort((left, right) => left - right);
}

/** Looks again at what differs: what stays as it is is a fault, what is gone was on its way. */
async function confirm(
  first: Found,
  look: Look,
  betweenLooksMs: number,
): Promise<{ readonly faults: Found; readonly moving: number }> {
  const faults = new Map<string, string>();
  let open = new Map([...first].map(([figure, found]) => [figure, { found, same: 1 }]));
  for (let looks = 1; open.size > 0 && looks < LOOKS; looks++) {
    await pause(betweenLooksMs);
    const now = await look();
    const still = new Map<string, { found: string; same: number }>();
    for (const [figure, { found, same }] of open) {
      const again = now.get(figure);
      if (again === undefined) continue;
      if (again === found && same + 1 >= SAME_LOOKS) faults.set(figure, again);
      else still.set(figure, { found: again, same: again === found ? same + 1 : 1 });
    }
    open = still;
  }
  return { faults, moving: open.size };
}

const rowId = ({ generation, tenantId }: Of, kind: string, id: number | string): string =>
  `${generation}/${tenantId}:${kind}:${id}`;
/** All rows of a kind; subjects are numbers, which sort before a colon. */
const rowsOf = (of: Of, kind: string) => ({ $gte: rowId(of, kind, ''), $lt: rowId(of, kind, ':') });
type Row = { readonly _id: string; readonly state?: RowState };
type Source = Readonly<Record<string, unknown>> & { readonly _id: number };

async function sourcesOf({ books, tenantId }: Of, thing: Thing, ids: readonly number[]) {
  const projection = Object.fromEntries(thing.fields.map((field) => [field, 1]));
  const found = await books[thing.service]
    .collection<Source>(thing.collection)
    .find({ tenantId, _id: { $in: [...ids] } }, { projection })
    .toArray();
  return new Map(found.map((source) => [source._id, source as Source]));
}

/** Those members that are erased. */
async function erasedOf({ books, tenantId }: Of, ids: readonly number[]): Promise<ReadonlySet<number>> {
  const found = await books.gateway
    .collection<Source>('members')
    .find({ tenantId, _id: { $in: [...ids] }, erasedAt: { $type: 'date' } }, { projection: { _id: 1 } })
    .toArray();
  return new Set(found.map(({ _id }) => _id));
}

/** Compares things by their ids. */
async function lookAtThings(of: Of, thing: Thing, ids: readonly number[]): Promise<Found> {
  const found = new Map<string, string>();
  for (let from = 0; from < ids.length; from += PAGE) {
    const some = ids.slice(from, from + PAGE);
    const rows = await of.books.stats
      .collection<Row>('rows')
      .find({ _id: { $in: some.map((id) => rowId(of, thing.kind, id)) } })
      .toArray();
    const states = new Map(rows.map(({ _id, state }) => [_id, state]));
    const sources = await sourcesOf(of, thing, some);
    const forgotten = thing.isForgotten ? await erasedOf(of, some) : new Set();
    for (const id of some) {
      if (forgotten.has(id) && !sources.has(id)) continue;
      const difference = differenceOf(thing, sources.get(id), states.get(rowId(of, thing.kind, id)));
      if (difference !== null) found.set(`${thing.kind} ${id}`, difference);
    }
  }
  return found;
}

/** Compares all things of a kind: those that the service has, then those that the statistics know. */
async function eachThing(of: Of, thing: Thing) {
  const suspects: number[] = [];
  const found = new Map<string, string>();
  let compared = 0;
  const look = async (ids: readonly number[]) => {
    compared += ids.length;
    for (const [figure, difference] of await lookAtThings(of, thing, ids)) {
      if (suspects.length >= SUSPECTS_AT_MOST) return;
      if (found.has(figure)) continue;
      found.set(figure, difference);
      suspects.push(Number(figure.slice(figure.lastIndexOf(' ') + 1)));
    }
  };
  const sources = of.books[thing.service].collection<Source>(thing.collection);
  for (let after = Number.NEGATIVE_INFINITY; ; ) {
    const page = await sources
      .find({ tenantId: of.tenantId, _id: { $gt: after } }, { projection: { _id: 1 } })
      .sort({ _id: 1 })
      .limit(PAGE)
      .toArray();
    const last = page.at(-1);
    if (!last) break;
    after = last._id;
    await look(page.map(({ _id }) => _id));
  }
  const rows = of.books.stats.collection<Row>('rows');
  const { $gte, $lt } = rowsOf(of, thing.kind);
  for (let after = $gte; ; ) {
    const page = await rows
      .find({ _id: { $gt: after, $lt } }, { projection: { _id: 1 } })
      .sort({ _id: 1 })
      .limit(PAGE)
      .toArray();
    const last = page.at(-1);
    if (!last) break;
    after = last._id;
    const ids = page.map(({ _id }) => Number(_id.slice($gte.length)));
    const known = await sourcesOf(of, thing, ids);
    const unknown = ids.filter((id) => !known.has(id));
    if (unknown.length > 0) await look(unknown);
  }
  return { compared, suspects, found };
}

/** What a member's score of all time should be, page by page of whatever service knows it. */
async function scoresOf(of: Of, metric: 'earned' | 'spent' | 'balance' | 'activations') {
  const { books, generation, tenantId } = of;
  const found = new Map<string, string>();
  let compared = 0;
  const compare = async (expected: ReadonlyMap<number, number>) => {
    const prefix = `${generation}/${tenantId}:${metric}:all:all:`;
    const scores = await books.stats
      .collection<{ _id: string; memberId: number; score: number }>('scores')
      .find({ _id: { $in: [...expected.keys()].map((id) => `${prefix}${id}`) } })
      .toArray();
    const counted = new Map(scores.map(({ memberId, score }) => [memberId, score]));
    for (const [memberId, score] of expected) {
      compared++;
      if ((counted.get(memberId) ?? 0) === score || found.size >= SUSPECTS_AT_MOST) continue;
      found.set(
        `leaderboard of ${metric}, member ${memberId}`,
        `${score}, counted as ${counted.get(memberId) ?? 0}`,
      );
    }
  };
  let page = new Map<number, number>();
  for await (const [memberId, score] of metric === 'activations'
    ? activationsByMember(of)
    : pointsByMember(of, metric)) {
    page.set(memberId, score);
    if (page.size < PAGE) continue;
    await compare(page);
    page = new Map();
  }
  await compare(page);
  return { compared, found };
}

async function* pointsByMember(
  { books, tenantId }: Of,
  metric: 'earned' | 'spent' | 'balance',
): AsyncGenerator<[number, number]> {
  const field = { earned: 'earnedTotal', spent: 'spentTotal', balance: 'total' }[metric];
  const profiles = books.points
    .collection<Source>('profiles')
    .find({ tenantId }, { projection: { [field]: 1 }, sort: { _id: 1 } });
  for await (const profile of profiles) yield [profile._id, Number(profile[field] ?? 0)];
}

async function* activationsByMember({ books, tenantId }: Of): AsyncGenerator<[number, number]> {
  const counted = books.licenses
    .collection('assignments')
    .aggregate<{ _id: number; activations: number }>(
      [
        { $match: { tenantId, activatedAt: { $type: 'date' } } },
        { $group: { _id: '$memberId', activations: { $sum: 1 } } },
      ],
      { allowDiskUse: true },
    );
  for await (const { _id, activations } of counted) yield [_id, activations];
}

/** That the totals of a tenant are what its rows and its quarter hours add up to, as of one moment. */
async function sumsOf(of: Of) {
  const { books, generation, tenantId } = of;
  const session = await books.stats.startSession({ snapshot: true });
  try {
    const totals = await books.stats
      .collection<{ _id: string; flows?: NestedSums; standings?: NestedSums }>('totals')
      .findOne({ _id: `${generation}/${tenantId}` }, { session });
    const expected: Record<string, number> = {};
    const add = (name: string, amount: number) => (expected[name] = (expected[name] ?? 0) + amount);
    const groups = books.stats.collection('rows').aggregate<{
      _id: {
        kind?: string;
        isActive?: boolean;
        status?: string;
        userLevelId?: number;
        levelId?: number | null;
      };
      things: number;
      balance: number;
      spent: number;
      vips: number;
    }>(
      [
        { $match: { _id: { $gte: `${generation}/${tenantId}:`, $lt: `${generation}/${tenantId};` } } },
        {
          $group: {
            _id: {
              kind: '$state.kind',
              isActive: '$state.isActive',
              status: '$state.status',
              userLevelId: '$state.userLevelId',
              levelId: '$state.levelId',
            },
            things: { $sum: 1 },
            balance: { $sum: '$state.balance' },
            spent: { $sum: '$state.spent' },
            vips: { $sum: { $cond: [{ $gt: ['$liveTags', 0] }, 1, 0] } },
          },
        },
      ],
      { session, allowDiskUse: true },
    );
    for await (const { _id, things: many, balance, spent, vips } of groups) {
      const { kind, isActive, status, userLevelId, levelId } = _id;
      if (kind === undefined || kind === null) add('activeVips', vips);
      if (kind === 'member') {
        add('members', many);
        if (isActive) add('membersActive', many);
      }
      if (kind === 'license' || kind === 'assignment') add(`${kind}s.${status}`, many);
      if (kind !== 'profile') continue;
      add('outstanding', balance);
      if (userLevelId !== undefined && userLevelId !== null) {
        add(`userLevels.${userLevelId}.members`, many);
        add(`userLevels.${userLevelId}.points`, balance);
      }
      if (levelId === undefined) continue;
      const level = `levels.${levelId ?? 'none'}`;
      add(`${level}.members`, many);
      add(`${level}.points`, balance);
      add(`${level}.spent`, spent);
    }
    const standings = compareSums(expected, flat(totals?.standings ?? {}));
    const buckets = books.stats
      .collection<{ flows?: NestedSums }>('buckets')
      .find({ tenantId, generation, series: 'tenant' }, { session, projection: { flows: 1 } });
    const summed: Record<string, number> = {};
    for await (const { flows = {} } of buckets)
      for (const [name, amount] of Object.entries(flat(flows))) summed[name] = (summed[name] ?? 0) + amount;
    const flows = compareSums(summed, flat(totals?.flows ?? {}));
    return {
      compared: standings.compared + flows.compared,
      found: new Map([
        ...[...standings.found].map(([name, found]) => [`total of ${name}`, found] as const),
        ...[...flows.found].map(([name, found]) => [`total of ${name} of all time`, found] as const),
      ]),
    };
  } finally {
    await session.endSession();
  }
}

/** What a row adds to the standings of its tag, plan and application. */
function sharesOf({ kind, ...state }: RowState): [string, number][] {
  const { tagId, planId, applicationId, status, seats, autoRenew, isActivated, isDeleted } = state;
  const isHeld = status !== 'expired' && status !== 'revoked';
  const ofPlan = (name: string, amount: number): [string, number][] => [
    [`plan.${String(planId)}.${name}`, amount],
    ...(applicationId === null
      ? []
      : [[`application.${Number(applicationId)}.${name}`, amount] as [string, number]]),
  ];
  switch (kind) {
    case 'user_tag':
      return [
        [`tag.${String(tagId)}.${String(status)}`, 1],
        ...(autoRenew && isHeld ? [[`tag.${String(tagId)}.autoRenewing`, 1] as [string, number]] : []),
      ];
    case 'license':
      return [
        ...ofPlan(`licenses.${String(status)}`, 1),
        ...(status === 'active' ? ofPlan('seats', Number(seats)) : []),
      ];
    case 'assignment':
      return [...ofPlan(`assignments.${String(status)}`, 1), ...(isActivated ? ofPlan('activated', 1) : [])];
    case 'article':
      return isDeleted ? [] : [[`application.${String(applicationId)}.articles.${String(status)}`, 1]];
    default:
      return [[`application.${String(applicationId)}.feedback.${String(status)}`, 1]];
  }
}
const GROUPED = ['user_tag', 'license', 'assignment', 'article', 'feedback'];

/** That the standings of each tag, plan and application are what the rows add up to, as of one moment. */
async function groupsOf(of: Of) {
  const { books, generation, tenantId } = of;
  const session = await books.stats.startSession({ snapshot: true });
  try {
    const expected: Record<string, number> = {};
    const counted: Record<string, number> = {};
    const groups = books.stats
      .collection<{ of: string; subject: number; sums?: NestedSums }>('groups')
      .find({ tenantId, generation }, { session });
    for await (const { of: kind, subject, sums = {} } of groups)
      for (const [name, amount] of Object.entries(flat(sums)))
        if (amount !== 0) counted[`${kind}.${subject}.${name}`] = amount;
    const rows = books.stats.collection<Row>('rows').find(
      {
        _id: { $gte: `${generation}/${tenantId}:`, $lt: `${generation}/${tenantId};` },
        'state.kind': { $in: GROUPED },
      },
      { session, projection: { state: 1 } },
    );
    for await (const { state } of rows)
      for (const [name, amount] of sharesOf(state as RowState))
        expected[name] = (expected[name] ?? 0) + amount;
    return compareSums(expected, counted);
  } finally {
    await session.endSession();
  }
}
