/** The projector of the leaderboards. */
import type { Projector } from '../projecting/projector.ts';
import { tenantsOf } from '../projecting/zones.ts';
import { readScores } from './scores.ts';
import type { ScoresRepository } from './scores-repository.ts';
import { tallyScores } from './tally-scores.ts';

/** A higher number makes every board anew from the archive: wherever an event means something else to a score. */
const COUNTING = 7;

export const boardsProjector = (scores: ScoresRepository): Projector => ({
  name: 'boards',
  counting: COUNTING,
  collections: ['scores', 'boards', 'board_zones'],
  async project(events, { generation, session }) {
    const { read, unreadable } = readScores(events);
    if (read.length > 0) {
      const zones = await scores.zones.find(generation, tenantsOf(read), session);
      await scores.add(generation, tallyScores(read, zones), session);
    }
    return { unreadable };
  },
});
