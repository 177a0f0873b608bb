/** What each event means to liability: which points came, went or ended, by when they were earned and when they end. */
import type { DataOf } from '@membership/contracts/event';
import * as points from '@membership/contracts/events/points';
import { readerOf, rule, rules, type Rule } from '../projecting/rules.ts';
import type { EarningSums } from './liability.ts';

/** What some points of lots add: to what is left, and to what became of those earned with them. */
export type LotChange = EarningSums & {
  readonly earnedIn: string;
  readonly endsIn: string | null;
  readonly points: number;
};
export type LotFact = {
  /** What a movement moved, whether it says of which lots or not. */
  readonly moved?: number;
  readonly lots?: readonly LotChange[];
  /** How many points are worth one unit of the tenant's currency from now on. */
  readonly pointsPerUnit?: number;
};
type Movement = DataOf<typeof points.pointsSpent>;
type Counter = DataOf<typeof points.pointsReversed>['counter'];
const NOTHING: EarningSums = { earned: 0, used: 0, expired: 0 };

function sumsIn(counter: Counter, moved: number): EarningSums {
  switch (counter) {
    case 'earned':
      return { ...NOTHING, earned: moved };
    case 'spent':
      return { ...NOTHING, used: -moved };
    case 'expired':
      return { ...NOTHING, expired: -moved };
  }
}

const movedIn = (counter: Counter, { points: moved, lots }: Pick<Movement, 'points' | 'lots'>): LotFact => ({
  moved,
  lots: lots?.map((lot) => ({ ...lot, ...sumsIn(counter, lot.points) })) ?? [],
});

const all: readonly Rule<LotFact>[] = [
  rule(points.pointsEarned, (data) => movedIn('earned', data)),
  ...rules([points.pointsSpent], (data) => movedIn('spent', data)),
  ...rules([points.pointsExpired], (data) => movedIn('expired', data)),
  rule(points.pointsAdjusted, (data) => movedIn(data.points < 0 ? 'spent' : 'earned', data)),
  rule(points.pointsReversed, (data) => movedIn(data.counter, data)),
  rule(points.profileLotsListed, ({ lots }) => ({
    lots: lots.map((lot) => ({ ...lot, used: lot.earned - lot.expired - lot.points })),
  })),
  rule(points.pointsSettingsUpdated, ({ pointsRedeemedPerCurrencyUnit: pointsPerUnit }) => ({
    pointsPerUnit,
  })),
];
export const readLotFacts = readerOf(all);
export const lotTypes: readonly string[] = all.map(({ event }) => event.type);
