/**
 * Random stories of everything that moves points, in batches, while lots and holds end: whatever happens, the ledger adds up,
 * and what is refused has changed nothing. Without a database: thousands a second.
 */
import fc from 'fast-check';
import { Refusal } from '@membership/contracts/errors';
import type { FactOf } from '@membership/contracts/event';
import * as points from '@membership/contracts/events/points';
import {
  adjusting,
  completing,
  earning,
  holding,
  LedgerWorld,
  refunding,
  spending,
  standardDefinitions,
} from '../../../test/ledger-world.ts';
import type { Command } from '../command.ts';
import { NEVER } from '../../domain/lots.ts';
import { monthMark } from '../month-mark.ts';
import { KEPT_PAGE, NewestRecords } from '../newest-records.ts';
import { isInList, type RecordList } from '../record-filter.ts';
import type { PointsRecord } from '../../domain/record.ts';

const RUNS = Number(process.env.STORY_RUNS ?? 200);
const MEMBERS = [1, 2, 3] as const;
const VERBS = [
  ...['earn', 'earn', 'spend', 'adjust', 'hold', 'capture', 'release', 'transfer', 'reverse', 'expire'],
  ...['check', 'set', 'complete', 'refund'],
] as const;
type Step = {
  readonly verb: string;
  readonly member: (typeof MEMBERS)[number];
  readonly other: (typeof MEMBERS)[number];
  readonly points: number;
  readonly endsAfter: number | null;
  readonly pick: number;
};
const step: fc.Arbitrary<Step> = fc.record({
  verb: fc.constantFrom(...VERBS),
  member: fc.constantFrom(...MEMBERS),
  other: fc.constantFrom(...MEMBERS),
  points: fc.integer({ min: 1, max: 1_500 }),
  endsAfter: fc.option(fc.integer({ min: 1, max: 60 })),
  pick: fc.nat(30),
});
/** What is asked at once, and the seconds until then. */
const rounds = fc.array(fc.tuple(fc.array(step, { minLength: 1, maxLength: 6 }), fc.nat(40)), {
  minLength: 1,
  maxLength: 12,
});
const policies = fc.record({
  basis: fc.constantFrom('total', 'earned'),
  downgrade: fc.constantFrom('none', 'recompute', 'one_step'),
  reviewDays: fc.constant(1),
});

function commandOf(world: LedgerWorld, { verb, member, other, points, endsAfter, pick }: Step): Command {
  const expiresAt = endsAfter === null ? null : new Date(world.now.getTime() + endsAfter * 1_000);
  // By member: the order among members is nobody's concern.
  const among = <T extends { readonly memberId: number }>(all: Map<number, T>): [number, T] | undefined =>
    [...all].sort(([, left], [, right]) => left.memberId - right.memberId)[pick % Math.max(1, all.size)];
  switch (verb) {
    case 'spend':
      return spending(member, points);
    case 'adjust':
      return adjusting(member, pick % 2 === 0 ? points : -points);
    case 'hold':
      return holding(member, points, expiresAt);
    case 'capture':
    case 'release': {
      const [holdId, hold] = among(world.holds) ?? [0, { memberId: member }];
      const part = verb === 'capture' && pick % 2 === 0 ? { points } : {};
      return { kind: verb, memberId: hold.memberId, holdId, ...part } as Command;
    }
    case 'transfer':
      return { kind: 'transfer', memberId: member, toMember: other, points, reason: null };
    case 'reverse': {
      const [recordId, record] = among(world.records) ?? [0, { memberId: member, transfer: undefined }];
      const part = pick % 3 === 0 ? { points } : {};
      const counterpart = record.transfer?.memberId;
      return { kind: 'reverse', memberId: record.memberId, counterpart, recordId, reason: null, ...part };
    }
    case 'expire':
      return { kind: 'expire', memberId: member };
    case 'complete':
      return completing(member, `O${pick % 4}`, points * 100, 1 + (pick % 2));
    case 'refund':
      return refunding(member, `O${pick % 4}`, pick % 3 === 0 ? null : points * 10);
    case 'check':
      return { kind: 'check_level', memberId: member };
    case 'set':
      return { kind: 'set_level', memberId: member, levelId: (pick % 5) + 1, reason: 'x' };
    default:
      return earning(member, points, { expiresAt });
  }
}

/** Facts of a profile are numbered without a gap. */
function expectNumbered(world: LedgerWorld): void {
  for (const member of MEMBERS) {
    const numbers = world.facts
      .filter(({ announcement }) => announcement.subject === member)
      .map(({ announcement }) => announcement.sequence);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  }
}

const MOVEMENTS = new Set<string>(
  [
    ...[points.pointsEarned, points.pointsSpent, points.pointsAdjusted, points.pointsExpired],
    points.pointsReversed,
  ].map(({ type }) => type),
);
type Movement = FactOf<typeof points.pointsEarned>;
const monthsOf = (earned: Date, ends: Date): string =>
  `${monthMark(earned).toISOString()} ${ends < NEVER ? monthMark(ends).toISOString() : null}`;

/** Each movement tells of which lots its points are; what all told adds up to what is left, by month. */
function expectLotsTold(world: LedgerWorld): void {
  for (const member of MEMBERS) {
    const told = new Map<string, number>();
    for (const { event, announcement } of world.facts) {
      const { lots, points: sum } = announcement.data as Movement;
      if (announcement.subject !== member || !MOVEMENTS.has(event.type)) continue;
      expect(lots?.reduce((moved, lot) => moved + lot.points, 0)).toBe(sum);
      for (const { earnedIn, endsIn, points: moved } of lots ?? [])
        told.set(`${earnedIn} ${endsIn}`, (told.get(`${earnedIn} ${endsIn}`) ?? 0) + moved);
    }
    const left = new Map<string, number>();
    for (const lot of world.lots.values()) {
      const { memberId, originId, endsAt, remaining } = lot;
      if (memberId !== member) continue;
      const { createdAt } = world.records.get(originId ?? lot.recordId ?? lot._id) as PointsRecord;
      const months = monthsOf(createdAt, endsAt);
      left.set(months, (left.get(months) ?? 0) + remaining);
    }
    const some = (all: Map<string, number>) => new Map([...all].filter(([, moved]) => moved !== 0));
    expect(some(told)).toEqual(some(left));
  }
}

/** Looked at once more, so that what is over has ended. */
function expectNothingToSpendWhileOwing(world: LedgerWorld): void {
  for (const memberId of MEMBERS) {
    world.ask({ kind: 'expire', memberId });
    const { available, debts = [] } = world.profile(memberId);
    expect(debts.length === 0 || available === 0).toBe(true);
  }
}

test('whatever happens to points, the ledger adds up', () => {
  const done = new Map<string, number>();
  fc.assert(
    fc.property(rounds, policies, (story, levelPolicy) => {
      const world = LedgerWorld.of(...MEMBERS);
      // Months, and the moments that stand for them, change on the way.
      world.now = new Date('2026-03-31T15:56:30Z');
      world.definitions = standardDefinitions({ levelPolicy });
      for (const [steps, seconds] of story) {
        world.later(seconds * 1_000);
        const commands = steps.map((one) => commandOf(world, one));
        for (const [index, outcome] of world.ask(...commands).entries())
          if (!(outcome instanceof Refusal)) {
            const kind = commands[index]?.kind ?? '';
            done.set(kind, (done.get(kind) ?? 0) + 1);
          }
      }
      expect(world.faults()).toEqual([]);
      expectNumbered(world);
      expectLotsTold(world);
      expectNothingToSpendWhileOwing(world);
    }),
    { numRuns: RUNS },
  );
  // Each verb was accepted in some story.
  expect([...done.keys()].sort()).toEqual(
    [
      ...['adjust', 'capture', 'check_level', 'complete_order', 'earn', 'expire', 'hold', 'refund_order'],
      ...['release', 'reverse', 'set_level', 'spend', 'transfer'],
    ].sort(),
  );
});

test('what is asked in one batch comes to the same as one after the other', () => {
  fc.assert(
    fc.property(rounds, (story) => {
      const [together, apart] = [LedgerWorld.of(...MEMBERS), LedgerWorld.of(...MEMBERS)];
      for (const [steps, seconds] of story) {
        together.later(seconds * 1_000);
        apart.later(seconds * 1_000);
        const commands = steps.map((one) => commandOf(apart, one));
        const one = together.ask(...steps.map((same) => commandOf(together, same))).map(summary);
        expect(commands.flatMap((command) => apart.ask(command).map(summary))).toEqual(one);
      }
      const balances = (world: LedgerWorld) =>
        MEMBERS.map((member) => {
          const { total, available, frozen, levelId } = world.profile(member);
          return [total, available, frozen, levelId];
        });
      expect(balances(together)).toEqual(balances(apart));
    }),
    { numRuns: Math.ceil(RUNS / 3) },
  );
});

const LISTS: readonly RecordList[] = [{}, { type: 'earn' }, { type: 'expire' }, { isManual: false }];
/** As the database would find them. */
const newestOf = (world: LedgerWorld, memberId: number, list: RecordList): PointsRecord[] =>
  [...world.records.values()]
    .filter((record) => record.memberId === memberId && isInList(record, list))
    .sort((left, right) => right.createdAt.getTime() - left.createdAt.getTime() || right._id - left._id)
    .slice(0, KEPT_PAGE + 1);
const shownOf = (records: readonly PointsRecord[]) =>
  records.map(({ _id, points, status, expiredAt }) => [_id, points, status, expiredAt]);

test('lists in memory are what stands in the records, whatever was committed here or, unheard, elsewhere', () => {
  let known = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(rounds, fc.boolean(), fc.boolean()), { maxLength: 8 }), (chapters) => {
      const world = LedgerWorld.of(...MEMBERS);
      // Room for some of the lists only.
      const newest = new NewestRecords(60);
      for (const [story, isHere, isSeen] of chapters)
        for (const [steps, seconds] of story) {
          world.onCommit = (changes, now) => isHere && newest.commit(changes, now);
          world.later(seconds * 1_000);
          world.ask(...steps.map((one) => commandOf(world, one)));
          // Where nobody looks while it is done elsewhere, what is committed here next meets lists of before.
          if (!isHere && !isSeen) continue;
          for (const memberId of MEMBERS)
            for (const list of LISTS) {
              const profile = world.profile(memberId);
              const expected = newestOf(world, memberId, list);
              const kept = newest.of(profile, list);
              if (kept) expect(shownOf(kept)).toEqual(shownOf(expected));
              else newest.keep(profile, list, expected);
              known += kept ? 1 : 0;
            }
        }
    }),
    { numRuns: RUNS },
  );
  expect(known).toBeGreaterThan(RUNS);
});

const summary = (outcome: ReturnType<LedgerWorld['ask']>[number]) =>
  outcome instanceof Refusal
    ? outcome.code
    : [outcome.profile.total, outcome.profile.available, outcome.owed];
