/**
 * Adds a batch of events up: what it does to the quarter hours, to the tenants' totals and to the rows that say how each
 * thing is. Pure, and the same whatever order the events come in; each event must be given once.
 */
import type { Envelope } from '@membership/contracts/event';
import { countableOf, type Counted, type State } from './countable.ts';
import { addTo, type Flow, type Standing, type Standings } from './figures.ts';

/** How one thing is, by the newest event about it. */
export type Row = {
  readonly tenantId: number;
  readonly key: string;
  readonly sequence: number;
  readonly state: State;
};
/** How many tags of a member give privileges now: with the first it becomes a VIP, with the last it is none any more. */
export type VipRow = { readonly tenantId: number; readonly key: string; readonly liveTags: number };

export type Known = { readonly rows: ReadonlyMap<string, Row>; readonly vips: ReadonlyMap<string, VipRow> };
export type Bucket = {
  readonly tenantId: number;
  readonly at: Date;
  readonly flows: Partial<Record<Flow, number>>;
};
export type Totals = {
  readonly tenantId: number;
  readonly flows: Partial<Record<Flow, number>>;
  readonly standings: Partial<Record<Standing, number>>;
};
export type Tally = {
  readonly rows: readonly Row[];
  readonly vips: readonly VipRow[];
  readonly buckets: readonly Bucket[];
  readonly totals: readonly Totals[];
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
const vipKey = (tenantId: number, memberId: number): string => `${tenantId}:vip:${memberId}`;

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
export function keysOf(batch: readonly Countable[]): { rows: string[]; vips: string[] } {
  const rows = new Set<string>();
  const vips = new Set<string>();
  for (const { envelope, counted } of batch) {
    const { state } = counted;
    if (!state) continue;
    rows.add(rowKey(envelope.tenantid, state.kind, envelope.subject));
    if (state.kind === 'user_tag') vips.add(vipKey(envelope.tenantid, state.memberId));
  }
  return { rows: [...rows], vips: [...vips] };
}

/** What one thing adds to its tenant's standings. */
function standingsOf(state: State): Standings {
  switch (state.kind) {
    case 'member':
      return { members: 1, membersActive: state.isActive ? 1 : 0 };
    case 'profile':
      return { outstanding: state.balance };
    case 'license':
      return { [`licenses.${state.status}`]: 1 };
    case 'assignment':
      return { [`assignments.${state.status}`]: 1 };
    default:
      return {};
  }
}

/** The newest state in the batch of each thing that is newer than what is known. */
function newerRows(batch: readonly Countable[], known: Known['rows']): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const { envelope, counted } of batch) {
    if (!counted.state) continue;
    const key = rowKey(envelope.tenantid, counted.state.kind, envelope.subject);
    const before = rows.get(key) ?? known.get(key);
    if (before && before.sequence >= envelope.sequence) continue;
    rows.set(key, { tenantId: envelope.tenantid, key, sequence: envelope.sequence, state: counted.state });
  }
  return rows;
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
  for (const { envelope, counted } of batch) {
    if (!counted.flows) continue;
    const at = quarterHourOf(new Date(envelope.time));
    const key = `${envelope.tenantid}:${at.getTime()}`;
    let bucket = buckets.get(key);
    if (!bucket) buckets.set(key, (bucket = { tenantId: envelope.tenantid, at, flows: {} }));
    addTo(bucket.flows, counted.flows);
    addTo(totalsOf(envelope.tenantid).flows, counted.flows);
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
    buckets: [...buckets.values()],
    totals: [...totals.values()],
  };
}
