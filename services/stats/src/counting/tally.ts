/**
 * Adds a batch of events up: what it does to the quarter hours, to the tenants' totals and to the rows that say how each
 * thing is. Pure, and the same whatever order the events come in; each event must be given once.
 */
import type { Envelope } from '@membership/contracts/event';
import type { Countable, ProfileParts, State, Told } from './countable.ts';
import {
  addTo,
  type Breakdown,
  type Flow,
  type LastActive,
  type Standing,
  type Standings,
} from './figures.ts';
import { sharesOf, type GroupOf, type GroupShare } from './things.ts';

/** How one thing is, by the newest event about it; of a profile, by the newest about each part (`told`). */
export type Row = {
  readonly tenantId: number;
  readonly key: string;
  readonly sequence: number;
  readonly state: State;
  readonly told?: Told;
};
/** How many tags of a member give privileges now: with the first it becomes a VIP, with the last it is none any more. */
export type VipRow = { readonly tenantId: number; readonly key: string; readonly liveTags: number };

/** The quarter hour in which a member was last active, or an assignment in use. */
export type ActiveRow = { readonly tenantId: number; readonly key: string; readonly lastActiveAt: Date };

export type Known = {
  readonly rows: ReadonlyMap<string, Row>;
  readonly vips: ReadonlyMap<string, VipRow>;
  readonly actives: ReadonlyMap<string, ActiveRow>;
};
/** The whole tenant's flows, a breakdown of them, or its members and assignments by when they were last active or used. */
export type Series = 'tenant' | 'activity' | 'usage' | Breakdown;
export type Bucket = {
  readonly tenantId: number;
  readonly series: Series;
  readonly at: Date;
  readonly flows: Partial<Record<Flow | LastActive | (string & {}), number>>;
};
export type Totals = {
  readonly tenantId: number;
  readonly flows: Partial<Record<Flow, number>>;
  readonly standings: Partial<Record<Standing, number>>;
};
/** What the standings of one tag, plan or application change by. */
export type GroupChange = { readonly tenantId: number } & GroupShare;
export type Tally = {
  readonly rows: readonly Row[];
  readonly vips: readonly VipRow[];
  readonly actives: readonly ActiveRow[];
  readonly buckets: readonly Bucket[];
  readonly totals: readonly Totals[];
  readonly groups: readonly GroupChange[];
};

const QUARTER_HOUR = 15 * 60 * 1_000;
/** Any zone's hours and days begin on a quarter hour of UTC. */
export const quarterHourOf = (time: Date): Date =>
  new Date(Math.floor(time.getTime() / QUARTER_HOUR) * QUARTER_HOUR);

/** A subject is unique within its tenant and kind. */
const rowKey = (tenantId: number, kind: State['kind'], subject: string): string =>
  `${tenantId}:${kind}:${subject}`;
const vipKey = (tenantId: number, memberId: number): string => `${tenantId}:vip:${memberId}`;
const activeKey = (tenantId: number, memberId: number): string => `${tenantId}:active:${memberId}`;
const usedKey = (tenantId: number, assignmentId: number): string => `${tenantId}:used:${assignmentId}`;

/** Something was last there in a quarter hour: a member that did something, an assignment in use. */
type Mark = { readonly key: string; readonly series: Series; readonly name: LastActive; readonly at: Date };
function marksOf({ envelope, counted: { activeMember, lastUse } }: Countable): Mark[] {
  const { tenantid: tenantId, time } = envelope;
  const marks: Mark[] = [];
  if (activeMember !== undefined)
    marks.push({
      ...{ key: activeKey(tenantId, activeMember), series: 'activity', name: 'lastActive' },
      at: quarterHourOf(new Date(time)),
    });
  if (lastUse)
    marks.push({
      ...{
        key: usedKey(tenantId, lastUse.assignmentId),
        series: 'usage',
        name: `${lastUse.planId}.lastUsed`,
      },
      // A device whose clock runs ahead did not use it in the future.
      at: quarterHourOf(new Date(Math.min(lastUse.at.getTime(), Date.parse(time)))),
    });
  return marks;
}

/** Keys of every row that a batch may change: to be read before it is added up. */
export function keysOf(batch: readonly Countable[]): Record<keyof Known, string[]> {
  const rows = new Set<string>();
  const vips = new Set<string>();
  const actives = new Set<string>();
  for (const { envelope, counted } of batch) {
    const { state } = counted;
    for (const { key } of marksOf({ envelope, counted })) actives.add(key);
    if (!state) continue;
    rows.add(rowKey(envelope.tenantid, state.kind, envelope.subject));
    if (state.kind === 'user_tag') vips.add(vipKey(envelope.tenantid, state.memberId));
  }
  return { rows: [...rows], vips: [...vips], actives: [...actives] };
}

/** A profile counts at its level of either ladder once that was told. */
function profileStandings({ balance = 0, userLevelId, levelId, spent = 0 }: ProfileParts): Standings {
  const userLevel = `userLevels.${userLevelId ?? 0}` as const;
  const level = `levels.${levelId ?? 'none'}` as const;
  return {
    outstanding: balance,
    ...(userLevelId === undefined ? {} : { [`${userLevel}.members`]: 1, [`${userLevel}.points`]: balance }),
    ...(levelId === undefined
      ? {}
      : { [`${level}.members`]: 1, [`${level}.spent`]: spent, [`${level}.points`]: balance }),
  };
}

/** What one thing adds to its tenant's standings. */
function standingsOf(state: State): Standings {
  switch (state.kind) {
    case 'member':
      return { members: 1, membersActive: state.isActive ? 1 : 0 };
    case 'profile':
      return profileStandings(state);
    case 'license':
      return { [`licenses.${state.status}`]: 1 };
    case 'assignment':
      return { [`assignments.${state.status}`]: 1 };
    default:
      return {};
  }
}

const PARTS = [
  'balance',
  'userLevelId',
  'levelId',
  'spent',
] as const satisfies readonly (keyof ProfileParts)[];

/** What is known of a thing once an event about it is taken in; the same row where the event tells nothing newer. */
function withNewer(before: Row | undefined, key: string, envelope: Envelope, state: State): Row {
  const { tenantid: tenantId, sequence } = envelope;
  if (state.kind !== 'profile') {
    if (before && before.sequence >= sequence) return before;
    return { tenantId, key, sequence, state };
  }
  const known = before?.state.kind === 'profile' ? before.state : { kind: 'profile' as const };
  // A row of a counting that knew the balance alone.
  const told: Told = before ? (before.told ?? { balance: before.sequence }) : {};
  const newer = PARTS.filter((part) => state[part] !== undefined && (told[part] ?? 0) < sequence);
  if (before && newer.length === 0) return before;
  return {
    tenantId,
    key,
    sequence: Math.max(sequence, before?.sequence ?? 0),
    state: { ...known, ...Object.fromEntries(newer.map((part) => [part, state[part]])) },
    told: { ...told, ...Object.fromEntries(newer.map((part) => [part, sequence])) },
  };
}

/** What the batch makes of each thing about which it tells something newer than what is known. */
function newerRows(batch: readonly Countable[], known: Known['rows']): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const { envelope, counted } of batch) {
    if (!counted.state) continue;
    const key = rowKey(envelope.tenantid, counted.state.kind, envelope.subject);
    const before = rows.get(key) ?? known.get(key);
    const after = withNewer(before, key, envelope, counted.state);
    if (after !== before) rows.set(key, after);
  }
  return rows;
}

/** Members that were active, and assignments that were in use, in a later quarter hour than is known. */
function laterActives(
  batch: readonly Countable[],
  known: Known['actives'],
): Map<string, ActiveRow & Pick<Mark, 'series' | 'name'>> {
  const actives = new Map<string, ActiveRow & Pick<Mark, 'series' | 'name'>>();
  for (const countable of batch)
    for (const { key, series, name, at } of marksOf(countable)) {
      const before = actives.get(key) ?? known.get(key);
      if (!before || before.lastActiveAt < at)
        actives.set(key, { tenantId: countable.envelope.tenantid, key, series, name, lastActiveAt: at });
    }
  return actives;
}

/** Members whose count of live tags changed. */
function changedVips(rows: ReadonlyMap<string, Row>, known: Known): Map<string, VipRow> {
  const vips = new Map<string, VipRow>();
  for (const [key, { tenantId, state }] of rows) {
    if (state.kind !== 'user_tag') continue;
    const before = known.rows.get(key)?.state;
    const change = Number(state.isLive) - Number(before?.kind === 'user_tag' && before.isLive);
    if (change === 0) continue;
    const vip = vipKey(tenantId, state.memberId);
    const liveTags = (vips.get(vip) ?? known.vips.get(vip))?.liveTags ?? 0;
    vips.set(vip, { tenantId, key: vip, liveTags: liveTags + change });
  }
  return vips;
}

/** Adds a batch up against what is known of the things in it (see `keysOf`). */
export function tally(batch: readonly Countable[], known: Known): Tally {
  const buckets = new Map<string, Bucket>();
  const totals = new Map<number, Totals>();
  const totalsOf = (tenantId: number): Totals => {
    let found = totals.get(tenantId);
    if (!found) totals.set(tenantId, (found = { tenantId, flows: {}, standings: {} }));
    return found;
  };
  const addToBucket = (tenantId: number, series: Series, at: Date, flows: Bucket['flows'], times = 1) => {
    const key = `${tenantId}:${series}:${at.getTime()}`;
    let bucket = buckets.get(key);
    if (!bucket) buckets.set(key, (bucket = { tenantId, series, at, flows: {} }));
    addTo(bucket.flows, flows, times);
  };
  for (const { envelope, counted } of batch) {
    const at = quarterHourOf(new Date(envelope.time));
    for (const [series, sums] of Object.entries(counted.details ?? {}))
      addToBucket(envelope.tenantid, series as Breakdown, at, sums);
    if (!counted.flows) continue;
    addToBucket(envelope.tenantid, 'tenant', at, counted.flows);
    addTo(totalsOf(envelope.tenantid).flows, counted.flows);
  }
  const actives = laterActives(batch, known.actives);
  for (const [key, { tenantId, series, name, lastActiveAt }] of actives) {
    const before = known.actives.get(key);
    if (before) addToBucket(tenantId, series, before.lastActiveAt, { [name]: 1 }, -1);
    addToBucket(tenantId, series, lastActiveAt, { [name]: 1 });
  }
  const groups = new Map<
    string,
    { tenantId: number; of: GroupOf; id: number; sums: Record<string, number> }
  >();
  const addToGroups = (tenantId: number, state: State, times: 1 | -1) => {
    for (const { of, id, sums } of sharesOf(state)) {
      const key = `${tenantId}:${of}:${id}`;
      let group = groups.get(key);
      if (!group) groups.set(key, (group = { tenantId, of, id, sums: {} }));
      addTo(group.sums, sums, times);
    }
  };
  const rows = newerRows(batch, known.rows);
  for (const [key, { tenantId, state }] of rows) {
    const { standings } = totalsOf(tenantId);
    const before = known.rows.get(key);
    if (before) {
      addTo(standings, standingsOf(before.state), -1);
      addToGroups(tenantId, before.state, -1);
    }
    addTo(standings, standingsOf(state));
    addToGroups(tenantId, state, 1);
  }
  const vips = changedVips(rows, known);
  for (const [key, { tenantId, liveTags }] of vips) {
    const before = known.vips.get(key)?.liveTags ?? 0;
    addTo(totalsOf(tenantId).standings, { activeVips: Number(liveTags > 0) - Number(before > 0) });
  }
  return {
    rows: [...rows.values()],
    vips: [...vips.values()],
    actives: [...actives.values()].map(({ tenantId, key, lastActiveAt }) => ({
      tenantId,
      key,
      lastActiveAt,
    })),
    buckets: [...buckets.values()].filter(({ flows }) => Object.keys(flows).length > 0),
    totals: [...totals.values()],
    groups: [...groups.values()].filter(({ sums }) => Object.keys(sums).length > 0),
  };
}
