import fc from 'fast-check';
import type { Envelope, EventDefinition, FactOf } from '@membership/contracts/event';
import * as points from '@membership/contracts/events/points';
import { readLotFacts } from './lot-facts.ts';
import { tallyLiability } from './tally-liability.ts';

const JAN = '2026-01-15T00:00:00.000Z';
const FEB = '2026-02-15T00:00:00.000Z';
const END = '2028-01-15T00:00:00.000Z';
type Lots = NonNullable<FactOf<typeof points.pointsSpent>['lots']>;
const lot = (earnedIn: string, endsIn: string | null, moved: number) => ({ earnedIn, endsIn, points: moved });

const fact = <E extends EventDefinition>(event: E, data: FactOf<E>, sequence = 1) =>
  ({ type: event.type, tenantid: 2, sequence, data }) as unknown as Envelope;
const movement = (moved: number, lots?: Lots) => ({
  ...{ profileId: 7, recordId: 1, points: moved, category: 'login', subcategory: null },
  ...{ sourceType: 'test', sourceId: null, balanceAfter: 0, availableAfter: 0 },
  ...(lots ? { lots } : {}),
});
const earned = (...lots: Lots) =>
  fact(points.pointsEarned, {
    ...movement(
      lots.reduce((sum, one) => sum + one.points, 0),
      lots,
    ),
    ...{ askedPoints: 1, multiplier: '1.00', expiresAt: null, ruleId: null },
  });
const reversed = (counter: 'earned' | 'spent' | 'expired', moved: number, ...lots: Lots) =>
  fact(points.pointsReversed, {
    ...{ ...movement(moved, lots), counter, reversedRecordId: 1, owedPoints: 0, isRemainder: false },
    reason: null,
  });
const worth = (rate: number, sequence: number) =>
  fact(
    points.pointsSettingsUpdated,
    { pointsRedeemedPerCurrencyUnit: rate, pointsEarnedPerCurrencyUnit: 1 },
    sequence,
  );

/** What events come to, in batches. */
function sumOf(...batches: readonly (readonly Envelope[])[]) {
  const sums: Record<string, Record<string, number>> = {};
  let rate = { pointsPerUnit: 0, sequence: 0 };
  for (const batch of batches) {
    const { read, unreadable } = readLotFacts(batch);
    expect(unreadable).toEqual([]);
    const { gains, rates } = tallyLiability(read);
    for (const { tenantId, sums: added, ...of } of gains) {
      expect(tenantId).toBe(2);
      const sum = (sums[`${of.by} ${'at' in of ? of.at : ''}`] ??= {});
      for (const [name, amount] of Object.entries(added)) sum[name] = (sum[name] ?? 0) + amount;
    }
    const told = rates.get(2);
    if (told && told.sequence > rate.sequence) rate = told;
  }
  return { sums, rate: rate.pointsPerUnit };
}

test('what comes in, is used and ends, by when it ends and when it was earned', () => {
  const { sums } = sumOf([
    earned(lot(JAN, END, 100)),
    earned(lot(FEB, null, 50)),
    fact(points.pointsSpent, movement(-60, [lot(JAN, END, -40), lot(FEB, null, -20)])),
    fact(points.pointsExpired, movement(-30, [lot(JAN, END, -30)])),
    fact(points.pointsAdjusted, { ...movement(-5, [lot(FEB, null, -5)]), reason: '' }),
    fact(points.pointsAdjusted, { ...movement(7, [lot(FEB, null, 7)]), reason: '' }),
  ]);
  expect(sums).toEqual({
    'all ': { moved: 62 },
    [`end ${END}`]: { points: 30 },
    'end null': { points: 32 },
    [`earning ${JAN}`]: { earned: 100, used: 40, expired: 30 },
    [`earning ${FEB}`]: { earned: 57, used: 25, expired: 0 },
  });
});

test('a reversal goes back where its points were earned: what is taken back, comes back, or had ended', () => {
  const { sums } = sumOf([
    earned(lot(JAN, END, 100)),
    reversed('spent', 20, lot(JAN, END, 20)),
    reversed('expired', 10, lot(JAN, FEB, 10)),
    reversed('earned', -40, lot(JAN, END, -40)),
    reversed('earned', 0),
  ]);
  expect(sums).toEqual({
    'all ': { moved: 90 },
    [`end ${END}`]: { points: 80 },
    [`end ${FEB}`]: { points: 10 },
    [`earning ${JAN}`]: { earned: 60, used: -20, expired: -10 },
  });
});

test('of a profile of a version before, movements count in all, and its lots once they are listed', () => {
  const before = [fact(points.pointsSpent, movement(-30)), fact(points.pointsExpired, movement(-10))];
  expect(sumOf(before).sums).toEqual({ 'all ': { moved: -40 } });
  const listed = fact(points.profileLotsListed, {
    profileId: 7,
    lots: [{ earnedIn: JAN, endsIn: END, points: 60, earned: 100, expired: 10 }],
  });
  expect(sumOf([...before, listed]).sums).toEqual({
    'all ': { moved: -40 },
    [`end ${END}`]: { points: 60 },
    [`earning ${JAN}`]: { earned: 100, used: 30, expired: 10 },
  });
});

test('the newest worth of points counts, whatever comes first', () => {
  expect(sumOf([worth(50, 2), worth(200, 3), worth(100, 1)]).rate).toBe(200);
  expect(sumOf([worth(200, 3)], [worth(50, 2)]).rate).toBe(200);
});

test('in any order and any batches it comes to the same', () => {
  const aLot = fc.record({
    earnedIn: fc.constantFrom(JAN, FEB),
    endsIn: fc.constantFrom(END, null),
    points: fc.integer({ min: -50, max: 50 }),
  });
  const events = fc.array(
    fc.oneof(
      fc.array(aLot, { maxLength: 3 }).map((lots) => earned(...lots)),
      fc.array(aLot, { maxLength: 3 }).map((lots) => reversed('expired', 0, ...lots)),
      fc
        .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
        .map(([rate]) => worth(rate, rate)),
    ),
    { maxLength: 20 },
  );
  const some = (found: ReturnType<typeof sumOf>) => ({
    ...found,
    sums: Object.fromEntries(
      Object.entries(found.sums).filter(([, sum]) => Object.values(sum).some((amount) => amount !== 0)),
    ),
  });
  fc.assert(
    fc.property(events, fc.nat(20), (story, at) => {
      const turned = [...story.slice(at), ...story.slice(0, at)].toReversed();
      expect(some(sumOf(...turned.map((one) => [one])))).toEqual(some(sumOf(story)));
    }),
    { numRuns: 100 },
  );
});
