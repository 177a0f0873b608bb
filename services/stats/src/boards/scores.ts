/** What each event means to the leaderboards: the one list to widen when another score is to be kept. */
import type { DataOf, Envelope } from '@membership/contracts/event';
import * as gateway from '@membership/contracts/events/gateway';
import { assignmentActivated } from '@membership/contracts/events/licenses';
import * as points from '@membership/contracts/events/points';
import { readerOf, rule, rules, type Rule } from '../projecting/rules.ts';
import type { SummedMetric } from './boards.ts';

export type Scored = {
  /** What a member's scores rise by; below 0 where something was undone. */
  readonly scores?: Readonly<Partial<Record<SummedMetric, number>>>;
  /** What the member has from now on. */
  readonly balance?: number;
  /** The tenant's from now on. */
  readonly zone?: string;
};

type Movement = { readonly points: number; readonly balanceAfter: number };
const moved =
  (metric: SummedMetric) =>
  ({ points: amount, balanceAfter }: Movement): Scored => ({
    scores: { [metric]: Math.abs(amount) },
    balance: balanceAfter,
  });

/** A reversal lowers the score that it undoes; of what expired there is none. */
function reversed({ counter, points: amount, balanceAfter }: DataOf<typeof points.pointsReversed>): Scored {
  if (counter === 'expired') return { balance: balanceAfter };
  return { scores: { [counter]: counter === 'earned' ? amount : -amount }, balance: balanceAfter };
}

const all: readonly Rule<Scored>[] = [
  ...rules(
    [gateway.tenantCreated, gateway.tenantUpdated, gateway.tenantSuspended, gateway.tenantResumed],
    ({ timezone }): Scored => ({ zone: timezone }),
  ),
  rule(points.profileCreated, (): Scored => ({ balance: 0 })),
  rule(points.pointsEarned, moved('earned')),
  rule(points.pointsSpent, moved('spent')),
  rule(points.pointsAdjusted, (data) => moved(data.points < 0 ? 'spent' : 'earned')(data)),
  rule(points.pointsExpired, ({ balanceAfter }): Scored => ({ balance: balanceAfter })),
  rule(points.pointsReversed, reversed),
  rule(assignmentActivated, (): Scored => ({ scores: { activations: 1 } })),
];

const read = readerOf(all);
export const scoredTypes: readonly string[] = all.map(({ event }) => event.type);
/** The events of a batch that move somebody on a board, and those that are unreadable. */
export const readScores = (events: readonly Envelope[]) => read(events);
