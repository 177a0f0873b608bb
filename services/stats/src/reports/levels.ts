/** How members stand on the two ladders, and how they moved on them. */
import { longestDays } from '@membership/contracts/endpoints/stats/index';
import type { TenantScope } from '@membership/platform/scope';
import type { LevelDefinition } from '../counting/counters-repository.ts';
import type { Serving } from '../projecting/generations.ts';
import { sharesOf, type LevelShare } from './level-shares.ts';
import { ofOneMoment, openPeriod, withBefore, type AskedPeriod, type Numbers } from './numbers.ts';
import type { Period } from './period.ts';

const ladders = ['user', 'member'] as const;
export type Ladder = (typeof ladders)[number];
const kindOf = { user: 'user_level', member: 'member_level' } as const;

export type LevelDistribution = {
  readonly asOf: Serving['asOf'];
  readonly ladders: Readonly<Record<Ladder, readonly LevelShare[]>>;
};

/** Everybody who has a profile, by the level that the newest event told. */
export const levelDistribution = ofOneMoment(
  async ({ counters, generations }: Numbers, scope: TenantScope): Promise<LevelDistribution> => {
    const { _id: generation, asOf } = await generations.serving(scope);
    const [totals, user, member] = await Promise.all([
      counters.findTotals(scope, generation),
      counters.listLevels(scope, generation, kindOf.user),
      counters.listLevels(scope, generation, kindOf.member),
    ]);
    const { userLevels = {}, levels = {} } = totals?.standings ?? {};
    return { asOf, ladders: { user: sharesOf(userLevels, user), member: sharesOf(levels, member) } };
  },
);

export type LevelName = { readonly id: number; readonly name: string };
/** So many steps from a level (null: from none) to another. */
export type LevelFlow = {
  readonly from: LevelName | null;
  readonly to: LevelName;
  readonly isUpgrade: boolean;
  readonly changes: number;
};
type Changes = { readonly period: Period; readonly ladders: Readonly<Record<Ladder, readonly LevelFlow[]>> };
export type LevelChanges = Changes & {
  readonly asOf: Serving['asOf'];
  readonly previous: Changes | null;
};

/** Refusals: VALIDATION_ERROR for an end before its start, and for too many days. */
export const levelChanges = ofOneMoment(
  async (
    numbers: Numbers,
    scope: TenantScope,
    { withPrevious, ...asked }: AskedPeriod & { readonly withPrevious: boolean },
  ): Promise<LevelChanges> => {
    const { counters } = numbers;
    const { generation, asOf, period } = await openPeriod(numbers, scope, asked, longestDays.day);
    const { before, moments } = withBefore(period, withPrevious);
    const [sums, user, member] = await Promise.all([
      counters.detailsBetween(scope, generation, 'levels', moments),
      counters.listLevels(scope, generation, kindOf.user),
      counters.listLevels(scope, generation, kindOf.member),
    ]);
    const changesOf = (of: Period, steps: Readonly<Record<string, number>> = {}): Changes => ({
      period: of,
      ladders: { user: flowsOf('user', steps, user), member: flowsOf('member', steps, member) },
    });
    return { asOf, ...changesOf(period, sums.at(-1)), previous: before && changesOf(before, sums[0]) };
  },
);

/** `user.up.1.2` and the like, with the names that the levels have now; the most frequent step first. */
export function flowsOf(
  ladder: Ladder,
  steps: Readonly<Record<string, number>>,
  definitions: readonly Pick<LevelDefinition, 'id' | 'name'>[],
): LevelFlow[] {
  const names = new Map(definitions.map(({ id, name }) => [id, name]));
  const named = (id: string): LevelName => ({ id: Number(id), name: names.get(id) ?? `#${id}` });
  return Object.entries(steps)
    .flatMap(([step, changes]) => {
      const [of, direction, from = 'none', to = ''] = step.split('.');
      if (of !== ladder) return [];
      return [
        { from: from === 'none' ? null : named(from), to: named(to), isUpgrade: direction === 'up', changes },
      ];
    })
    .sort(
      (left, right) =>
        right.changes - left.changes ||
        (left.from?.id ?? 0) - (right.from?.id ?? 0) ||
        left.to.id - right.to.id,
    );
}
