// For commands that fill a leaderboard by themselves: where its scores belong.
import type { ServiceKit } from '@membership/platform/testing/service-kit';

/** The generation of the boards that the service answers from. */
export async function boardGeneration({ connection }: Pick<ServiceKit, 'connection'>): Promise<number> {
  const found = await connection
    .collection<{ _id: number }>('generations')
    .findOne({ projector: 'boards' }, { sort: { _id: -1 } });
  if (!found) throw new Error('the service has no generation of boards');
  return found._id;
}
