/** The projector of the tenants' figures: flows, standings, categories, levels, who was active. */
import type { Projector } from '../projecting/projector.ts';
import { readCountable } from './countable.ts';
import type { CountersRepository } from './counters-repository.ts';
import { keysOf, tally } from './tally.ts';

/** How figures are counted: the number of the rules, and what events mean to them. */
export type FigureRules = { readonly counting: number; readonly read: typeof readCountable };
/** A higher `counting` makes every tenant's figures anew from the archive: wherever an event means something else. */
export const FIGURE_RULES: FigureRules = { counting: 7, read: readCountable };

export const figuresProjector = (
  counters: CountersRepository,
  { counting, read }: FigureRules,
): Projector => ({
  name: 'figures',
  counting,
  collections: ['rows', 'buckets', 'totals', 'groups'],
  async project(events, { generation, session }) {
    const { countable, unreadable } = read(events);
    if (countable.length > 0) {
      const known = await counters.findKnown(generation, keysOf(countable), session);
      await counters.add(generation, tally(countable, known), session);
    }
    return { unreadable };
  },
});
