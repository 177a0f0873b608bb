/** Adds a batch of events up to what is left of points, by when they end and when they were earned. Pure, and the same in any order. */
import type { Read } from '../projecting/rules.ts';
import type { Rate } from './liability.ts';
import type { LotFact } from './lot-facts.ts';

/** What is added to one of a tenant's sums; `at` null: points that never end. */
export type LiabilityGain = { readonly tenantId: number; readonly sums: Record<string, number> } & (
  | { readonly by: 'end'; readonly at: string | null }
  | { readonly by: 'earning'; readonly at: string }
  | { readonly by: 'all' }
);
export type LiabilityTally = {
  readonly gains: readonly LiabilityGain[];
  /** The newest that the batch told of each tenant. */
  readonly rates: ReadonlyMap<number, Rate>;
};

export function tallyLiability(batch: readonly Read<LotFact>[]): LiabilityTally {
  const gains = new Map<string, LiabilityGain>();
  const rates = new Map<number, Rate>();
  const add = ({ sums, ...of }: LiabilityGain) => {
    const key = JSON.stringify(of);
    const known = gains.get(key) ?? { ...of, sums: {} };
    for (const [name, amount] of Object.entries(sums)) known.sums[name] = (known.sums[name] ?? 0) + amount;
    gains.set(key, known as LiabilityGain);
  };
  for (const { envelope, meaning } of batch) {
    const { tenantid: tenantId, sequence } = envelope;
    const { moved, lots = [], pointsPerUnit } = meaning;
    if (moved !== undefined) add({ tenantId, by: 'all', sums: { moved } });
    for (const { earnedIn, endsIn, points, earned, used, expired } of lots) {
      add({ tenantId, by: 'end', at: endsIn, sums: { points } });
      add({ tenantId, by: 'earning', at: earnedIn, sums: { earned, used, expired } });
    }
    if (pointsPerUnit !== undefined && (rates.get(tenantId)?.sequence ?? 0) < sequence)
      rates.set(tenantId, { pointsPerUnit, sequence });
  }
  const isSome = ({ sums }: LiabilityGain) => Object.values(sums).some((amount) => amount !== 0);
  return { gains: [...gains.values()].filter(isSome), rates };
}
