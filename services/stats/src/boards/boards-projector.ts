/** The projector of the leaderboards. */
import type { Projector } from '../projecting/projector.ts';
import { tenantsOf } from '../projecting/zones.ts';
import { readScores } from './scores.ts';
import type { ScoresRepository } from './scores-repository.ts';
import { tallyScores } from './tally-scores.ts';

/** How boards are counted: the number of the rules, and what events mean to them. */
export type BoardRules = { readonly counting: number; readonly read: typeof readScores };
/** A higher `counting` makes every board anew from the archive: wherever an event means something else to a score. */
export const BOARD_RULES: BoardRules = { counting: 7, read: readScores };

export const boardsProjector = (
  scores: ScoresRepository,
  { counting, read: readEvents }: BoardRules,
): Projector => ({
  name: 'boards',
  counting,
  collections: ['scores', 'boards', 'board_zones'],
  async project(events, { generation, session }) {
    const { read, unreadable } = readEvents(events);
    if (read.length > 0) {
      const zones = await scores.zones.find(generation, tenantsOf(read), session);
      await scores.add(generation, tallyScores(read, zones), session);
    }
    return { unreadable };
  },
});
