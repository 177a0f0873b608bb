/**
 * Random stories of every sort of event, told in any order, repeated, in parts and with kills between, months closing meanwhile:
 * the figures, those made anew from base figures and from the first event, and a count of the test's own are one.
 */
import fc from 'fast-check';
import mongoose from 'mongoose';
import type { Envelope } from '@membership/contracts/event';
import { Failures } from '@membership/platform/failures';
import { createLogger } from '@membership/platform/log';
import { scopeOfJob } from '@membership/platform/scope';
import { transactionsOf } from '@membership/platform/transaction';
import { ownDatabase } from '@membership/platform/testing/service-kit';
import { ArchiveRepository } from '../src/archive/archive-repository.ts';
import { archiveEvents } from '../src/archive/archive-events.ts';
import { MonthsRepository } from '../src/archive/months-repository.ts';
import { flows, type Flow } from '../src/counting/figures.ts';
import type { BatchSize } from '../src/projecting/batch-size.ts';
import { beginRecount } from '../src/projecting/begin-recount.ts';
import { keepBases } from '../src/projecting/keep-bases.ts';
import { projectorsOf } from '../src/projectors.ts';
import {
  projectBatch,
  type Follower,
  type Projected,
  type ProjectingParts,
} from '../src/projecting/project-batch.ts';
import * as gateway from '@membership/contracts/events/gateway';
import { scoredTypes } from '../src/boards/scores.ts';
import { countedTypes } from '../src/counting/countable.ts';
import { lotTypes } from '../src/liability/lot-facts.ts';
import { activityTypes } from '../src/retention/activity.ts';
import {
  adjusted,
  aTenant,
  deactivated,
  earned,
  expired,
  joined,
  levelled,
  loggedIn,
  lotsListed,
  opened,
  ordered,
  promoted,
  reactivated,
  refunded,
  spent,
  undone,
  worth,
  type Lots,
} from './a-story.ts';
import { groupsOf, startThings, thingActs, type Doing, type ThingAct } from './random-things.ts';

let connection: mongoose.Connection;
let parts: ProjectingParts;
let projectors: ReturnType<typeof projectorsOf>;
let closing: MonthsRepository;
/** Months that have passed. */
let months = 0;
let offset = 0;
let tenants = 0;
beforeAll(async () => {
  connection = await mongoose.createConnection(ownDatabase('test_stats')).asPromise();
  parts = { archive: new ArchiveRepository(connection), transactions: transactionsOf(connection, 'stats') };
  projectors = projectorsOf(connection, { partitions: 4 });
  closing = new MonthsRepository(connection, parts.archive);
  await Promise.all(Object.values(connection.models).map((model) => model.init()));
  for (const { generations } of projectors.followers)
    await parts.transactions.run(({ session }) => generations.ensure(session));
});
afterAll(async () => {
  await connection?.dropDatabase();
  await connection?.close();
});

const HOUR = 3_600_000;
const ZONES = ['Asia/Kathmandu', 'America/New_York', 'Pacific/Kiritimati', 'UTC', 'Australia/Lord_Howe'];
/** Moments that stand for all of their month (ADR 20). */
const EARNED_IN = ['2026-01-15T00:00:00.000Z', '2026-01-31T23:45:00.000Z', '2026-02-15T00:00:00.000Z'];
const ENDS_IN = ['2028-01-15T00:00:00.000Z', '2028-02-15T00:00:00.000Z', null];
const TENANTS = 4;
const MOST_ACTS = 200;
const SUMS = [
  ...(['join', 'leave', 'return', 'login', 'open', 'earn', 'spend', 'expire', 'adjust', 'lower'] as const),
  ...(['undo', 'give back', 'revive', 'list', 'rate', 'promote', 'rank', 'order', 'refund'] as const),
  ...(['found', 'move', 'close', 'open again'] as const),
] as const;
const THINGS = Object.keys(thingActs) as ThingAct[];
type What = (typeof SUMS)[number] | ThingAct;
/** What sums are made of happens as often as what things are. */
const whats: readonly What[] = [...SUMS, ...SUMS, ...THINGS];
const isThing = (what: What): what is ThingAct => what in thingActs;
/** What happens to one thing or another; sequences are given in this order, whatever order it is told in. */
const act = fc.record({
  tenant: fc.integer({ min: 0, max: TENANTS - 1 }),
  member: fc.integer({ min: 1, max: 3 }),
  what: fc.constantFrom(...whats),
  amount: fc.integer({ min: 1, max: 50 }),
  hoursAgo: fc.integer({ min: 1, max: 100 }),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;
const plan = fc.record({
  acts: fc.array(act, { minLength: MOST_ACTS / 2, maxLength: MOST_ACTS }),
  order: fc.array(fc.nat(), { minLength: MOST_ACTS, maxLength: MOST_ACTS }),
  repeated: fc.array(fc.nat(MOST_ACTS - 1), { maxLength: 10 }),
  batches: fc.array(fc.integer({ min: 8, max: 70 }), { minLength: 4, maxLength: 4 }),
  /** Batches after which the process is killed before they commit. */
  kills: fc.array(fc.nat(16), { maxLength: 6 }),
});

type Metric = 'earned' | 'spent' | 'activations';
/** What an event adds that does not depend on when it is told. */
type Score = { readonly metric: Metric; readonly member: number; readonly by: number };
/** An event with what the day on which it counts is asked for. */
type Dated = {
  readonly event: Envelope;
  readonly scores: readonly Score[];
  readonly joined?: number;
  readonly active?: number;
  readonly zone?: string;
};
type Naive = ReturnType<typeof naiveStart>;
const naiveStart = () => ({
  flows: Object.fromEntries(flows.map((flow) => [flow, 0])) as Record<Flow, number>,
  steps: {} as Record<string, number>,
  balances: new Map<number, number>(),
  userLevels: new Map<number, number>(),
  memberLevels: new Map<number, number | null>(),
  money: new Map<number, number>(),
  things: startThings(),
  /** By series, quarter hour and name. */
  quarters: {} as Record<string, number>,
  moved: 0,
  rate: 100,
  ends: new Map<string, number>(),
  earnings: new Map<string, { earned: number; used: number; expired: number }>(),
  dated: [] as Dated[],
});

const addTo = (sums: Record<string, number>, name: string, by: number) =>
  (sums[name] = (sums[name] ?? 0) + by);
const QUARTER = HOUR / 4;
const quarterOf = (time: string | number) =>
  new Date(Math.floor(new Date(time).getTime() / QUARTER) * QUARTER).toISOString();
/** All that adds up, by series and name. Every movement of these stories is of one category. */
const sumsOf = ({ flows: all, steps, things: { details } }: Naive): Record<string, number> => ({
  ...Object.fromEntries(Object.entries(all).map(([flow, sum]) => [`tenant ${flow}`, sum])),
  ...Object.fromEntries(
    (['earned', 'spent', 'expired', 'records'] as const).map((flow) => [
      `categories login.${flow}`,
      all[flow],
    ]),
  ),
  ...Object.fromEntries(Object.entries(steps).map(([step, sum]) => [`levels ${step}`, sum])),
  ...details,
});

/** The events of acts, and what they come to: counted here without anything of the service's. */
function storyOf(acts: readonly Act[], first: number) {
  const sequences = new Map<string, number>();
  const next = (key: string) => {
    sequences.set(key, (sequences.get(key) ?? 0) + 1);
    return sequences.get(key) as number;
  };
  const joinedAlready = new Set<string>();
  const naive = new Map<number, Naive>();
  const now = Date.now();
  for (const one of acts) {
    const tenantId = first + one.tenant;
    const has = naive.get(tenantId) ?? naiveStart();
    naive.set(tenantId, has);
    const before = sumsOf(has);
    const dated = happened(one, tenantId, has);
    has.dated.push(dated);
    for (const [name, sum] of Object.entries(sumsOf(has))) {
      const [series, figure] = name.split(/ (.*)/s);
      addTo(has.quarters, `${series} ${quarterOf(dated.event.time)} ${figure}`, sum - (before[name] ?? 0));
    }
  }
  return naive;

  function happened({ member, what, amount, hoursAgo }: Act, tenantId: number, has: Naive): Dated {
    // Of itself, by a shop for it, or by somebody else: then it is not active by it.
    const actor = [`user:${member}`, 'client:shop', 'user:99', 'system:jobs'][amount % 4] as string;
    const active = amount % 4 < 2 ? { active: member } : {};
    const on = (kind: string) => ({
      ...{ tenantId, actor, sequence: next(`${tenantId} ${kind} ${member}`) },
      time: new Date(now - hoursAgo * HOUR).toISOString(),
    });
    const ofTenant = (kind: string) => ({ ...on(kind), sequence: next(`${tenantId} ${kind}`) });
    if (isThing(what)) {
      const does: (doing: Doing, things: Naive['things']) => { event: Envelope; isOwn?: boolean } =
        thingActs[what];
      const { event, isOwn = false } = does({ member, amount, on }, has.things);
      if (what === 'activate') has.flows.activations++;
      if (what === 'grant tag') has.flows.vipGranted++;
      const scores: Score[] = what === 'activate' ? [{ metric: 'activations', member, by: 1 }] : [];
      return { event, scores, ...(isOwn ? active : {}) };
    }
    const person = (isActive: boolean) =>
      has.things.states.set(`member:${member}`, { kind: 'member', isActive, displayName: `m${member}` });
    const lot = {
      earnedIn: EARNED_IN[amount % 3] as string,
      endsIn: ENDS_IN[hoursAgo % 3] as string | null,
    };
    /** Some are of profiles of a version before. */
    const isTold = amount % 5 !== 0;
    const put = (points: number, became: { earned?: number; used?: number; expired?: number }) => {
      const end = String(lot.endsIn);
      has.ends.set(end, (has.ends.get(end) ?? 0) + points);
      const sum = has.earnings.get(lot.earnedIn) ?? { earned: 0, used: 0, expired: 0 };
      const { earned: more = 0, used = 0, expired: over = 0 } = became;
      has.earnings.set(lot.earnedIn, {
        ...{ earned: sum.earned + more, used: sum.used + used, expired: sum.expired + over },
      });
    };
    const move = (by: number, counter: 'earned' | 'used' | 'expired') => {
      const balance = (has.balances.get(member) ?? 0) + by;
      has.balances.set(member, balance);
      has.flows.records++;
      has.moved += by;
      if (isTold) put(by, { [counter]: counter === 'earned' ? by : -by });
      const lots: Lots = [{ ...lot, points: by }];
      return { ...on('profile'), balance, ...(isTold ? { lots } : {}) };
    };
    const step = (ladder: 'user' | 'member', from: number | null, to: number) => {
      const name = `${ladder}.${to > (from ?? 0) ? 'up' : 'down'}.${from ?? 'none'}.${to}`;
      has.steps[name] = (has.steps[name] ?? 0) + 1;
    };
    const scored = (metric: Metric, by: number): Score[] => [{ metric, member, by }];
    switch (what) {
      case 'join': {
        if (joinedAlready.has(`${tenantId} ${member}`)) {
          has.flows.membersReactivated++;
          person(true);
          return { event: reactivated(member, on('member')), scores: [] };
        }
        joinedAlready.add(`${tenantId} ${member}`);
        const isActive = amount % 5 !== 0;
        has.flows.membersJoined++;
        if (!isActive) has.flows.membersDeactivated++;
        person(isActive);
        return { event: joined(member, on('member'), isActive), scores: [], joined: member };
      }
      case 'leave':
        has.flows.membersDeactivated++;
        person(false);
        return { event: deactivated(member, on('member')), scores: [] };
      case 'return':
        has.flows.membersReactivated++;
        person(true);
        return { event: reactivated(member, on('member')), scores: [] };
      case 'login':
        has.flows.logins++;
        return { event: loggedIn(member, on('member')), scores: [], ...active };
      case 'open': {
        const memberLevel = amount % 3 === 0 ? null : amount % 3;
        has.balances.set(member, 0);
        has.userLevels.set(member, 1);
        has.memberLevels.set(member, memberLevel);
        has.money.set(member, 0);
        return { event: opened(member, memberLevel, on('profile')), scores: [] };
      }
      case 'earn':
        has.flows.earned += amount;
        return {
          event: earned(member, amount, move(amount, 'earned')),
          ...{ scores: scored('earned', amount), ...active },
        };
      case 'spend':
        has.flows.spent += amount;
        return {
          event: spent(member, amount, move(-amount, 'used')),
          ...{ scores: scored('spent', amount), ...active },
        };
      case 'expire':
        has.flows.expired += amount;
        return { event: expired(member, amount, move(-amount, 'expired')), scores: [] };
      case 'adjust':
        has.flows.earned += amount;
        return {
          event: adjusted(member, amount, move(amount, 'earned')),
          scores: scored('earned', amount),
        };
      case 'lower':
        has.flows.spent += amount;
        return {
          event: adjusted(member, -amount, move(-amount, 'used')),
          scores: scored('spent', amount),
        };
      case 'undo':
        has.flows.earned -= amount;
        return {
          event: undone('earned', member, -amount, move(-amount, 'earned')),
          scores: scored('earned', -amount),
        };
      case 'give back':
        has.flows.spent -= amount;
        return {
          event: undone('spent', member, amount, move(amount, 'used')),
          scores: scored('spent', -amount),
        };
      case 'revive':
        has.flows.expired -= amount;
        return { event: undone('expired', member, amount, move(amount, 'expired')), scores: [] };
      case 'list': {
        const listed = { points: amount, earned: 2 * amount, expired: amount % 3 };
        put(amount, { earned: 2 * amount, expired: amount % 3, used: amount - (amount % 3) });
        return { event: lotsListed(member, [{ ...lot, ...listed }], on('profile')), scores: [] };
      }
      case 'rate':
        has.rate = amount;
        return { event: worth(amount, ofTenant('settings')), scores: [] };
      case 'promote': {
        const from = has.userLevels.get(member) ?? null;
        const to = ((from ?? 0) + (amount % 3)) % 4 || 4;
        has.userLevels.set(member, to);
        step('user', from, to);
        return { event: promoted(member, from, to, on('profile')), scores: [] };
      }
      case 'rank': {
        const from = has.memberLevels.get(member) ?? 1;
        const to = (from % 3) + 1;
        has.memberLevels.set(member, to);
        step('member', from, to);
        if (to > from) has.flows.memberLevelUpgrades++;
        return { event: levelled(member, from, to, on('profile')), scores: [] };
      }
      case 'order':
        has.money.set(member, amount);
        return { event: ordered(member, amount, on('profile')), scores: [], ...active };
      case 'refund':
        has.money.set(member, amount);
        return { event: refunded(member, amount, on('profile')), scores: [] };
      case 'found':
      case 'move':
      case 'close':
      case 'open again': {
        const zone = ZONES[amount % ZONES.length] as string;
        has.things.states.set(`tenant:${tenantId}`, { kind: 'tenant', timezone: zone });
        return { event: aTenant(ofTenant('tenant'), zone, TENANT_EVENTS[what]), scores: [], zone };
      }
    }
  }
}
const TENANT_EVENTS = {
  found: gateway.tenantCreated,
  move: gateway.tenantUpdated,
  close: gateway.tenantSuspended,
  'open again': gateway.tenantResumed,
} as const;

const dayIn = (timeZone: string, time: string) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(new Date(time));
/** Thursday of the week of a day: each week has one. */
function thursdayOf(day: string): number {
  const noon = Date.parse(`${day}T12:00:00Z`);
  return noon + (4 - (new Date(noon).getUTCDay() || 7)) * 24 * HOUR;
}
function weekOf(day: string): string {
  const thursday = new Date(thursdayOf(day));
  const number = Math.ceil(
    (thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / (7 * 24 * HOUR),
  );
  return `${thursday.getUTCFullYear()}-W${String(number).padStart(2, '0')}`;
}
const monthOf = (day: string) => day.slice(0, 7);
const INTERVALS = { day: (day: string) => day, week: weekOf, month: monthOf } as const;
type Interval = keyof typeof INTERVALS;
const COHORTS = {
  week: (from: string, to: string) => Math.round((thursdayOf(to) - thursdayOf(from)) / (7 * 24 * HOUR)),
  month: (from: string, to: string) =>
    12 * (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) +
    Number(to.slice(5, 7)) -
    Number(from.slice(5, 7)),
} as const;

const sum = (values: Iterable<number>) => [...values].reduce((total, one) => total + one, 0);
const board = (scores: ReadonlyMap<number, number>) =>
  [...scores]
    .filter(([, score]) => score > 0)
    .sort(([left, more], [right, less]) => less - more || left - right);
const some = <T>(sums: Readonly<Record<string, T>>, isNone: (sum: T) => boolean) =>
  Object.fromEntries(
    Object.entries(sums)
      .filter(([, one]) => !isNone(one))
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );

/** What depends on days: an event counts in the day of the zone that its tenant had as the archive tells it. */
function expectedOfDays(archived: readonly Dated[]) {
  const boards: Record<string, Map<number, number>> = {};
  const joinedOn = new Map<number, string>();
  const activeOn = new Map<number, Set<string>>();
  let newest = { zone: 'UTC', sequence: 0 };
  for (const { event, scores, joined: who, active, zone } of archived) {
    const day = dayIn(newest.zone, event.time);
    if (zone !== undefined && event.sequence > newest.sequence) newest = { zone, sequence: event.sequence };
    for (const { metric, member, by } of scores)
      for (const [window, period] of [...windowsOf(day), ['all', 'all'] as const]) {
        const scored = (boards[`${metric}:${window}:${period}`] ??= new Map());
        scored.set(member, (scored.get(member) ?? 0) + by);
      }
    if (who !== undefined) joinedOn.set(who, day);
    if (active !== undefined) activeOn.set(active, (activeOn.get(active) ?? new Set()).add(day));
  }
  const periods: Record<string, { active: number; joined: number; kept: Record<number, number> }> = {};
  const of = (interval: Interval, day: string) =>
    (periods[`${interval} ${INTERVALS[interval](day)}`] ??= { active: 0, joined: 0, kept: {} });
  for (const day of joinedOn.values())
    for (const interval of ['week', 'month'] as const) of(interval, day).joined++;
  for (const [member, days] of activeOn)
    for (const interval of ['day', 'week', 'month'] as const) {
      const each = new Map([...days].map((day) => [INTERVALS[interval](day), day]));
      for (const day of each.values()) {
        of(interval, day).active++;
        const cohort = joinedOn.get(member);
        if (cohort === undefined || interval === 'day') continue;
        const after = COHORTS[interval](cohort, day);
        const { kept } = of(interval, cohort);
        if (after >= 0) kept[after] = (kept[after] ?? 0) + 1;
      }
    }
  const places = Object.entries(boards).map(([name, scores]) => [name, board(scores)] as const);
  return {
    boards: some(Object.fromEntries(places), (of) => of.length === 0),
    periods: some(periods, () => false),
  };
}
const windowsOf = (day: string) =>
  (Object.keys(INTERVALS) as Interval[]).map((window) => [window, INTERVALS[window](day)] as const);

const levelSums = (has: Naive, levels: ReadonlyMap<number, number | null>, withMoney: boolean) => {
  const sums: Record<string, number> = {};
  for (const [member, level] of levels) {
    const add = (name: string, amount: number) => addTo(sums, `${level ?? 'none'}.${name}`, amount);
    add('members', 1);
    add('points', has.balances.get(member) ?? 0);
    if (withMoney) add('spent', has.money.get(member) ?? 0);
  }
  return some(sums, (one) => one === 0);
};

/** By quarter hour, with when members were active last, and assignments in use. */
function quartersOf({ quarters, dated, things: { uses } }: Naive): Record<string, number> {
  const sums = { ...quarters };
  const last = new Map<number, number>();
  for (const { active, event } of dated)
    if (active !== undefined) last.set(active, Math.max(last.get(active) ?? 0, Date.parse(event.time)));
  for (const at of last.values()) addTo(sums, `activity ${quarterOf(at)} lastActive`, 1);
  for (const { name, at } of uses.values()) addTo(sums, `usage ${quarterOf(at)} ${name}`, 1);
  return some(sums, (one) => one === 0);
}
/** How many things of a kind have each status. */
const statusesOf = ({ things: { states } }: Naive, kind: string) => {
  const sums: Record<string, number> = {};
  for (const state of states.values()) if (state.kind === kind) addTo(sums, String(state['status']), 1);
  return sums;
};

function expectedOf(has: Naive) {
  const states = [...has.things.states.values()];
  const people = states.filter(({ kind }) => kind === 'member');
  const vips = states.filter(({ kind, isLive }) => kind === 'user_tag' && isLive === true);
  return {
    flows: has.flows,
    steps: some(has.steps, (one) => one === 0),
    quarters: quartersOf(has),
    states: some(Object.fromEntries(has.things.states), () => false),
    groups: some(groupsOf(has.things), (one) => one === 0),
    standings: {
      ...{ members: people.length, membersActive: people.filter(({ isActive }) => isActive).length },
      outstanding: sum(has.balances.values()),
      activeVips: new Set(vips.map(({ memberId }) => memberId)).size,
      licenses: statusesOf(has, 'license'),
      assignments: statusesOf(has, 'assignment'),
      userLevels: levelSums(has, has.userLevels, false),
      memberLevels: levelSums(has, has.memberLevels, true),
    },
    liability: liabilityOf(has),
  };
}
const liabilityOf = (has: Naive) => ({
  outstanding: has.moved,
  pointsPerUnit: has.rate,
  ends: some(Object.fromEntries(has.ends), (points) => points === 0),
  earnings: some(
    Object.fromEntries(has.earnings),
    (of) => of.earned === 0 && of.used === 0 && of.expired === 0,
  ),
});

const FAR = [new Date(0), new Date(8.64e15)] as const;
type Found = { readonly [name: string]: number | Found };
const flat = (sums: Found, prefix = ''): [string, number][] =>
  Object.entries(sums).flatMap(([name, value]): [string, number][] =>
    typeof value === 'number' ? [[prefix + name, value]] : flat(value, `${prefix}${name}.`),
  );
const nonZero = (sums: object) => some(Object.fromEntries(flat(sums as Found)), (one) => one === 0);

/** What the service would answer from. */
async function foundOf(tenantId: number) {
  const scope = scopeOfJob(tenantId, 'stats', 'tests');
  const { figures, boards, retention, liability } = projectors;
  const { _id: generation } = await figures.generations.serving(scope);
  const { _id: ofBoards } = await boards.generations.serving(scope);
  const { flows: allTime = {}, standings = {} } =
    (await figures.counters.findTotals(scope, generation)) ?? {};
  const byQuarter = await figures.counters.sumFlows(scope, generation, ...FAR);
  expect({ ...Object.fromEntries(flows.map((flow) => [flow, 0])), ...allTime }).toEqual(byQuarter);
  const [steps = {}] = await figures.counters.detailsBetween(scope, generation, 'levels', FAR);
  const at = { tenantId, generation };
  const buckets = await connection
    .collection<{ series: string; at: Date; flows?: Found }>('buckets')
    .find(at)
    .toArray();
  const quarters = buckets.flatMap(({ series, at: quarter, flows: sums = {} }) =>
    flat(sums).map(([name, amount]) => [`${series} ${quarter.toISOString()} ${name}`, amount] as const),
  );
  const rows = await connection
    .collection<{ _id: string; state?: { kind: string } }>('rows')
    .find({ ...at, 'state.kind': { $exists: true, $ne: 'profile' } })
    .toArray();
  const groups: Record<string, number> = {};
  for (const kind of ['tag', 'plan', 'application'] as const)
    for (const [id, sums] of await figures.counters.listGroups(scope, generation, kind))
      for (const [name, amount] of Object.entries(sums)) groups[`${kind}.${id}.${name}`] = amount;
  const inOrder = (places: readonly { readonly memberId: number; readonly score: number }[]) =>
    places
      .map(({ memberId, score }): [number, number] => [memberId, score])
      .sort(([left, more], [right, less]) => less - more || left - right);
  const topOf: Record<string, [number, number][]> = {};
  for (const metric of ['earned', 'spent', 'activations', 'balance'] as const) {
    const of = { metric, window: 'all', period: 'all' } as const;
    topOf[metric] = await boards.scores.reading(scope, ofBoards, of, async (reading) =>
      inOrder(reading ? await reading.listFrom(null, { skip: 0, limit: 100 }) : []),
    );
  }
  const scores = await connection
    .collection<{ board: string; memberId: number; score: number }>('scores')
    .find({ tenantId, generation: ofBoards, score: { $gt: 0 } })
    .toArray();
  const places = Object.fromEntries(
    [...Map.groupBy(scores, ({ board: name }) => name)].map(([name, of]) => [name, inOrder(of)]),
  );
  const { _id: ofRetention } = await retention.generations.serving(scope);
  const periods: Record<string, object> = {};
  for (const interval of ['day', 'week', 'month'] as const) {
    const found = await retention.activity.findPeriods(scope, ofRetention, interval, { from: '', to: '9' });
    for (const [period, { active = 0, joined: many = 0, kept = {} }] of found)
      periods[`${interval} ${period}`] = { active, joined: many, kept };
  }
  const { _id: ofLiability } = await liability.generations.serving(scope);
  const {
    outstanding: moved,
    pointsPerUnit,
    endings,
    earnings,
  } = await liability.books.find(scope, ofLiability);
  const { members = 0, membersActive = 0, outstanding = 0, activeVips = 0 } = standings;
  const { assignments = {}, licenses = {}, userLevels = {}, levels = {} } = standings;
  return {
    figures: {
      flows: byQuarter,
      steps: some(steps, (one) => one === 0),
      quarters: some(Object.fromEntries(quarters), (one) => one === 0),
      states: some(
        Object.fromEntries(rows.map(({ _id, state }) => [_id.slice(_id.indexOf(':') + 1), state])),
        () => false,
      ),
      groups: some(groups, (one) => one === 0),
      standings: {
        ...{ members, membersActive, outstanding, activeVips },
        ...{ licenses: nonZero(licenses), assignments: nonZero(assignments) },
        userLevels: nonZero(userLevels),
        memberLevels: nonZero(levels),
      },
      tops: topOf,
      liability: {
        ...{ outstanding: moved, pointsPerUnit },
        ends: some(
          Object.fromEntries(endings.map(({ at, points }) => [at?.toISOString() ?? 'null', points])),
          (points) => points === 0,
        ),
        earnings: some(
          Object.fromEntries(
            earnings.map(({ at, earned: many, used, expired: over }) => [
              at.toISOString(),
              { earned: many, used, expired: over },
            ]),
          ),
          (of) => of.earned === 0 && of.used === 0 && of.expired === 0,
        ),
      },
    },
    boards: some(places, () => false),
    periods: some(periods, () => false),
  };
}

/** Every other batch is read from the archive, as where another process has archived it. */
async function archive(events: readonly Envelope[]): Promise<void> {
  const { committed } = await parts.transactions.run(({ session }) =>
    archiveEvents(
      parts.archive,
      events,
      events.map(() => offset++),
      session,
    ),
  );
  if (offset % 2 === 0) committed();
}
/** Ends with some of its batches, which are told by their number. */
function mortal(follower: Follower, dies: () => boolean): Follower {
  const { projector } = follower;
  return {
    ...follower,
    projector: {
      ...projector,
      async project(events, into) {
        const done = await projector.project(events, into);
        // Written, not committed: MongoDB undoes what a process leaves that ends here.
        if (dies()) throw new Error('killed');
        return done;
      },
    },
  };
}

/** Does all that is to be done for base figures; before some commit, the process is killed. */
async function keep(kills: readonly number[] = []): Promise<void> {
  const killedAt = new Set(kills);
  let batch = 0;
  const followers = projectors.followers.map((one) => mortal(one, () => killedAt.delete(batch++)));
  const logger = createLogger({ service: 'stats', level: 'silent' });
  const counted = { inc: () => undefined };
  const sizes = new Map<string, BatchSize>();
  for (;;) {
    const failures = new Failures<string>(logger, 'tests');
    const now = new Date(Date.UTC(2026, months, 15));
    const done = await keepBases({ ...parts, months: closing, logger, counted, sizes }, followers, {
      failures,
      now,
    });
    if (done === 0 && failures.count === 0) return;
  }
}

/** Counts everything into each generation, in batches of these sizes; before some commit, the process is killed. */
async function follow(batches: readonly number[], kills: readonly number[] = []): Promise<void> {
  let batch = 0;
  const killedAt = new Set(kills);
  for (const follower of projectors.followers) {
    const { generations } = follower;
    const killed = mortal(follower, () => killedAt.delete(batch));
    for (const { _id: generation } of await generations.listOwn())
      for (const first of await generations.listPositions([generation]))
        for (let [part, isAll] = [first, false]; !isAll; batch++) {
          const done = projectBatch(parts, killed, part, batches[part.partition] as number);
          await done.then(
            (one) => ({ position: part, isAll } = one as Projected),
            (error: Error) => expect(error.message).toBe('killed'),
          );
        }
    for (const { _id } of await generations.listOwn())
      await parts.transactions.run(({ session }) => generations.finish(_id, session));
  }
}

const RUNS = Number(process.env.STORY_RUNS ?? 2);

test('stories have every type of event that any projector counts', () => {
  const counted = {
    ...{ figures: countedTypes, boards: scoredTypes, retention: activityTypes, liability: lotTypes },
  };
  expect(Object.keys(counted)).toEqual(projectors.followers.map(({ projector }) => projector.name));
  const one = { tenant: 0, member: 1, amount: 1, hoursAgo: 1 };
  const told = [
    ...storyOf(
      [...whats, 'join' as const].map((what) => ({ ...one, what })),
      1,
    ).values(),
  ].flatMap(({ dated }) => dated.map(({ event }) => event.type));
  expect([...new Set(told)].sort()).toEqual([...new Set(Object.values(counted).flat())].sort());
});

test('told in any order, repeated, in parts and with kills: the figures, those made anew from either end and a count of the test’s own are one', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ acts, order, repeated, batches, kills }) => {
      const naive = storyOf(acts, (tenants += TENANTS));
      const all = [...naive.values()].flatMap(({ dated }) => dated);
      const shuffled = all
        .map((one, index) => ({ one, at: order[index] as number }))
        .sort((left, right) => left.at - right.at)
        .map(({ one }) => one);
      const again = repeated.flatMap((index) => all[index] ?? []);
      const half = Math.floor(shuffled.length / 2);
      const told = [
        [...shuffled.slice(0, half), ...again],
        [...again, ...shuffled.slice(half), ...again],
      ];
      for (const some of told) {
        await archive(some.map(({ event }) => event));
        await follow(batches, kills);
        // The month is over after the first half: what is told of it later is late.
        if (some === told[0]) {
          months++;
          await keep(kills);
        }
      }
      // What stands in the archive already is not archived again.
      const archived = [...new Map(told.flat().map((one) => [one.event.id, one])).values()];
      const figures = new Map<number, Awaited<ReturnType<typeof foundOf>>>();
      for (const [tenantId, has] of naive) {
        const { boards, periods } = expectedOfDays(
          archived.filter(({ event }) => event.tenantid === tenantId),
        );
        const balances = board(has.balances);
        const found = await foundOf(tenantId);
        const tops = (['earned', 'spent', 'activations'] as const).map(
          (metric) => [metric, boards[`${metric}:all:all`] ?? []] as const,
        );
        expect(found).toEqual({
          figures: { ...expectedOf(has), tops: { ...Object.fromEntries(tops), balance: balances } },
          boards: some(
            { ...boards, ...(balances.length > 0 ? { 'balance:all:all': balances } : {}) },
            () => false,
          ),
          periods,
        });
        figures.set(tenantId, found);
      }
      for (const isFromStart of [false, true]) {
        for (const follower of projectors.followers) {
          const held = (await follower.bases.listPositions()).reduce((all, { events }) => all + events, 0);
          const begun = await beginRecount(parts, follower, { isFromStart });
          await keep(kills);
          const made = (await follower.generations.listOwn()).find(({ _id }) => _id === begun);
          expect(made?.basedOn ?? 0).toBe(isFromStart ? 0 : held);
        }
        await follow([17, 9, 90, 31]);
        for (const [tenantId, found] of figures) expect(await foundOf(tenantId)).toEqual(found);
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
}, 600_000);
