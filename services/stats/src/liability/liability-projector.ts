/** The projector of liability: what is left of points, by when they end, and what became of them, by when they were earned. */
import type { Projector } from '../projecting/projector.ts';
import type { LiabilityRepository } from './liability-repository.ts';
import { readLotFacts } from './lot-facts.ts';
import { tallyLiability } from './tally-liability.ts';

/** A higher number makes everything anew from the archive: wherever an event means something else. */
const COUNTING = 1;

export const liabilityProjector = (liability: LiabilityRepository): Projector => ({
  name: 'liability',
  counting: COUNTING,
  collections: ['liability'],
  async project(events, { generation, session }) {
    const { read, unreadable } = readLotFacts(events);
    if (read.length > 0) await liability.add(generation, tallyLiability(read), session);
    return { unreadable };
  },
});
