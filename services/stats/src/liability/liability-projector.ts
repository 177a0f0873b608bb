/** The projector of liability: what is left of points, by when they end, and what became of them, by when they were earned. */
import type { Projector } from '../projecting/projector.ts';
import type { LiabilityRepository } from './liability-repository.ts';
import { readLotFacts } from './lot-facts.ts';
import { tallyLiability } from './tally-liability.ts';

/** How liability is counted: the number of the rules, and what events mean to them. */
export type LiabilityRules = { readonly counting: number; readonly read: typeof readLotFacts };
/** A higher `counting` makes everything anew from the archive: wherever an event means something else. */
export const LIABILITY_RULES: LiabilityRules = { counting: 1, read: readLotFacts };

export const liabilityProjector = (
  liability: LiabilityRepository,
  { counting, read: readEvents }: LiabilityRules,
): Projector => ({
  name: 'liability',
  counting,
  collections: ['liability'],
  async project(events, { generation, session }) {
    const { read, unreadable } = readEvents(events);
    if (read.length > 0) await liability.add(generation, tallyLiability(read), session);
    return { unreadable };
  },
});
