/**
 * Adds a batch of events up: what it does to the quarter hours, to the tenants' totals and to the rows that say how each
 * thing is. Pure, and the same whatever order the events come in; each event must be given once.
 */
import type { Envelope } from '@membership/contracts/event';
import { dayOf, type Day } from '@membership/platform/calendar';
import { boardName, periodsOf, type Board, type SummedMetric } from './boards.ts';
import {
  countableOf,
  memberOf,
  type Counted,
  type ProfileParts,
  type State,
  type Told,
} from './countable.ts';
import {
  addTo,
  type Breakdown,
  type Flow,
  type LastActive,
  type Standing,
  type Standings,
} from './figures.ts';

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

/** The quarter hour in which a member was last active. */
export type ActiveRow = { readonly tenantId: number; readonly key: string; readonly lastActiveAt: Date };

export type Known = {
  readonly rows: ReadonlyMap<string, Row>;
  readonly vips: ReadonlyMap<string, VipRow>;
  readonly actives: ReadonlyMap<string, ActiveRow>;
};
/** The whole tenant's flows, a breakdown of them, or its members by when they were last active. */
export type Series = 'tenant' | 'activity' | Breakdown;
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
/** What happens to a member's score on a board: so much is added to it, or it is this from now on. */
export type ScoreChange = {
  readonly tenantId: number;
  readonly board: Board;
  readonly memberId: number;
  readonly isAdded: boolean;
  readonly points: number;
  readonly reachedAt: number;
};
export type Tally = {
  readonly rows: readonly Row[];
  readonly vips: readonly VipRow[];
  readonly actives: readonly ActiveRow[];
  readonly buckets: readonly Bucket[];
  readonly totals: readonly Totals[];
  readonly scores: readonly ScoreChange[];
};

/** An event with what it means; the archive's own order does not matter. */
export type Countable = { readonly envelope: Envelope; readonly counted: Counted };

const QUARTER_HOUR = 15 * 60 * 1_000;
/** Any zone's hours and days begin on a quarter hour of UTC. */
export const quarterHourOf = (time: Date): Date =>
  new Date(Math.floor(time.getTime() / QUARTER_HOUR) * QUARTER_HOUR);

/** A subject is unique within its tenant and kind. */
const rowKey = (tenantId: number, kind: State['kind'], subject: string): string =>
  `${tenantId}:${kind}:${subject}`;
const zoneKey = (tenantId: number): string => rowKey(tenantId, 'tenant', String(tenantId));
const vipKey = (tenantId: number, memberId: number): string => `${tenantId}:vip:${memberId}`;
const activeKey = (tenantId: number, memberId: number): string => `${tenantId}:active:${memberId}`;

/** The events of a batch that are counted, and how many were unreadable. */
export function readCountable(envelopes: readonly Envelope[]): {
  countable: Countable[];
  unreadable: Envelope[];
} {
  const countable: Countable[] = [];
  const unreadable: Envelope[] = [];
  for (const envelope of envelopes) {
    const counted = countableOf(envelope);
    if (counted === 'unreadable') unreadable.push(envelope);
    else if (counted) countable.push({ envelope, counted });
  }
  return { countable, unreadable };
}

/** Keys of every row that a batch may change: to be read before it is added up. */
export function keysOf(batch: readonly Countable[]): Record<keyof Known, string[]> {
  const rows = new Set<string>();
  const vips = new Set<string>();
  const actives = new Set<string>();
  for (const { envelope, counted } of batch) {
    const { state, activeMember, scores } = counted;
    // Days are those of the zone that the tenant has when it is counted.
    if (scores) rows.add(zoneKey(envelope.tenantid));
    if (activeMember !== undefined) actives.add(activeKey(envelope.tenantid, activeMember));
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

/** Members that were active in a later quarter hour than is known. */
function laterActives(batch: readonly Countable[], known: Known['actives']): Map<string, ActiveRow> {
  const actives = new Map<string, ActiveRow>();
  for (const { envelope, counted } of batch) {
    if (counted.activeMember === undefined) continue;
    const key = activeKey(envelope.tenantid, counted.activeMember);
    const lastActiveAt = quarterHourOf(new Date(envelope.time));
    const before = actives.get(key) ?? known.get(key);
    if (!before || before.lastActiveAt < lastActiveAt)
      actives.set(key, { tenantId: envelope.tenantid, key, lastActiveAt });
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

/** The day of each event, in the zone that its tenant had as the log told it. */
function daysOf(batch: readonly Countable[], known: Known['rows']): (index: number) => Day {
  const zones = new Map<number, { zone: string; sequence: number }>();
  const zoneOf = (tenantId: number) => {
    const row = known.get(zoneKey(tenantId));
    const newest =
      zones.get(tenantId) ??
      (row?.state.kind === 'tenant'
        ? { zone: row.state.timezone, sequence: row.sequence }
        : { zone: 'UTC', sequence: 0 });
    zones.set(tenantId, newest);
    return newest;
  };
  // No zone's day begins within a quarter hour: few are told apart, and telling a zone's calendar is slow.
  const found = new Map<string, Day>();
  const places = batch.map(({ envelope, counted: { state } }) => {
    const { tenantid: tenantId, sequence, time } = envelope;
    if (state?.kind === 'tenant' && sequence > zoneOf(tenantId).sequence)
      zones.set(tenantId, { zone: state.timezone, sequence });
    return { zone: zoneOf(tenantId).zone, at: quarterHourOf(new Date(time)) };
  });
  return (index) => {
    const { zone, at } = places[index] as (typeof places)[number];
    const key = `${zone} ${at.getTime()}`;
    let day = found.get(key);
    if (day === undefined) found.set(key, (day = dayOf(zone, at)));
    return day;
  };
}

/** What a batch does to the boards. A balance is what the newest event about it told; it was reached then. */
function scoresOf(
  batch: readonly Countable[],
  known: Known['rows'],
  dayAt: (index: number) => Day,
): ScoreChange[] {
  const changes = new Map<string, ScoreChange>();
  const balances = new Map<string, { change: ScoreChange; sequence: number }>();
  for (const [index, { envelope, counted }] of batch.entries()) {
    const { tenantid: tenantId, sequence } = envelope;
    const memberId = memberOf(envelope);
    if (memberId === null) continue;
    const at = Date.parse(envelope.time);
    for (const [metric, points] of Object.entries(counted.scores ?? {})) {
      if (points === 0) continue;
      for (const period of periodsOf(dayAt(index))) {
        const board = { metric: metric as SummedMetric, ...period };
        const key = `${tenantId}:${boardName(board)}:${memberId}`;
        const before = changes.get(key);
        changes.set(key, {
          ...{ tenantId, board, memberId, isAdded: true },
          points: points + (before?.points ?? 0),
          reachedAt: Math.max(at, before?.reachedAt ?? at),
        });
      }
    }
    if (counted.state?.kind !== 'profile' || counted.state.balance === undefined) continue;
    const key = rowKey(tenantId, 'profile', envelope.subject);
    const row = known.get(key);
    const told = balances.get(key)?.sequence ?? (row?.told ? (row.told.balance ?? 0) : (row?.sequence ?? 0));
    if (sequence <= told) continue;
    const board: Board = { metric: 'balance', window: 'all', period: 'all' };
    const change = {
      tenantId,
      board,
      memberId,
      isAdded: false,
      points: counted.state.balance,
      reachedAt: at,
    };
    balances.set(key, { change, sequence });
  }
  return [...changes.values(), ...[...balances.values()].map(({ change }) => change)];
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
  for (const [key, { tenantId, lastActiveAt }] of actives) {
    const before = known.actives.get(key);
    if (before) addToBucket(tenantId, 'activity', before.lastActiveAt, { lastActive: 1 }, -1);
    addToBucket(tenantId, 'activity', lastActiveAt, { lastActive: 1 });
  }
  const rows = newerRows(batch, known.rows);
  for (const [key, { tenantId, state }] of rows) {
    const { standings } = totalsOf(tenantId);
    const before = known.rows.get(key);
    if (before) addTo(standings, standingsOf(before.state), -1);
    addTo(standings, standingsOf(state));
  }
  const vips = changedVips(rows, known);
  for (const [key, { tenantId, liveTags }] of vips) {
    const before = known.vips.get(key)?.liveTags ?? 0;
    addTo(totalsOf(tenantId).standings, { activeVips: Number(liveTags > 0) - Number(before > 0) });
  }
  return {
    rows: [...rows.values()],
    vips: [...vips.values()],
    actives: [...actives.values()],
    buckets: [...buckets.values()].filter(({ flows }) => Object.keys(flows).length > 0),
    totals: [...totals.values()],
    scores: scoresOf(batch, known.rows, daysOf(batch, known.rows)),
  };
}
