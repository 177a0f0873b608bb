/** Every projector of the service, with what its figures are read from. Another one is made here and named in `followers`. */
import type { Connection } from 'mongoose';
import { boardsProjector } from './boards/boards-projector.ts';
import { ScoresRepository } from './boards/scores-repository.ts';
import { CountersRepository } from './counting/counters-repository.ts';
import { FIGURE_RULES, figuresProjector } from './counting/figures-projector.ts';
import { liabilityProjector } from './liability/liability-projector.ts';
import { LiabilityRepository } from './liability/liability-repository.ts';
import { Bases } from './projecting/bases.ts';
import { Generations } from './projecting/generations.ts';
import type { Follower } from './projecting/project-batch.ts';
import type { Projector } from './projecting/projector.ts';
import { ActivityRepository } from './retention/activity-repository.ts';
import { retentionProjector } from './retention/retention-projector.ts';

/** `partitions`: in how many parts tenants are counted. Other rules are for tests alone. */
export function projectorsOf(
  connection: Connection,
  {
    partitions,
    figureRules = FIGURE_RULES,
  }: { readonly partitions: number; readonly figureRules?: typeof FIGURE_RULES },
) {
  const follow = (projector: Projector) => ({
    projector,
    generations: new Generations(connection, projector, partitions),
    bases: new Bases(connection, projector, partitions),
  });
  const counters = new CountersRepository(connection);
  const figures = follow(figuresProjector(counters, figureRules));
  const scores = new ScoresRepository(connection);
  const boards = follow(boardsProjector(scores));
  const activity = new ActivityRepository(connection);
  const retention = follow(retentionProjector(activity));
  const books = new LiabilityRepository(connection);
  const liability = follow(liabilityProjector(books));
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
