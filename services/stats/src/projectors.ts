/** Every projector of the service, with what its figures are read from. Another one is made here and named in `followers`. */
import type { Connection } from 'mongoose';
import { BOARD_RULES, boardsProjector } from './boards/boards-projector.ts';
import { ScoresRepository } from './boards/scores-repository.ts';
import { CountersRepository } from './counting/counters-repository.ts';
import { FIGURE_RULES, figuresProjector } from './counting/figures-projector.ts';
import { LIABILITY_RULES, liabilityProjector } from './liability/liability-projector.ts';
import { LiabilityRepository } from './liability/liability-repository.ts';
import { Bases } from './projecting/bases.ts';
import { Generations } from './projecting/generations.ts';
import type { Follower } from './projecting/project-batch.ts';
import type { Projector } from './projecting/projector.ts';
import { ActivityRepository } from './retention/activity-repository.ts';
import { RETENTION_RULES, retentionProjector } from './retention/retention-projector.ts';

/** By which rules each counts. */
const RULES = {
  ...{ figures: FIGURE_RULES, boards: BOARD_RULES },
  ...{ retention: RETENTION_RULES, liability: LIABILITY_RULES },
};
export type Rules = Readonly<Partial<typeof RULES>>;

/** `partitions`: in how many parts tenants are counted. Other rules are for tests alone. */
export function projectorsOf(
  connection: Connection,
  { partitions, rules: others = {} }: { readonly partitions: number; readonly rules?: Rules },
) {
  const rules = { ...RULES, ...others };
  const follow = (projector: Projector) => ({
    projector,
    generations: new Generations(connection, projector, partitions),
    bases: new Bases(connection, projector, partitions),
  });
  const counters = new CountersRepository(connection);
  const figures = follow(figuresProjector(counters, rules.figures));
  const scores = new ScoresRepository(connection);
  const boards = follow(boardsProjector(scores, rules.boards));
  const activity = new ActivityRepository(connection);
  const retention = follow(retentionProjector(activity, rules.retention));
  const books = new LiabilityRepository(connection);
  const liability = follow(liabilityProjector(books, rules.liability));
  const followers: readonly Follower[] = [figures, boards, retention, liability];
  return {
    followers,
    /** What answers are made from. */
    figures: { counters, generations: figures.generations },
    boards: { scores, generations: boards.generations },
    retention: { activity, generations: retention.generations },
    liability: { books, generations: liability.generations },
  };
}
