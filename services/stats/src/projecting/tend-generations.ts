/** Looks after the countings: what is to be there, what nobody needs, and in how many parts tenants are counted. */
import type { ProjectingParts, Follower } from './project-batch.ts';
import { partAnew } from './project-batch.ts';
import type { OutlivedGenerations } from './generations.ts';

/** Has a generation of every projector, before the log is read. */
export async function ensureGenerations(
  { transactions }: ProjectingParts,
  followers: readonly Follower[],
): Promise<void> {
  for (const { generations } of followers)
    await transactions.run(({ session }) => generations.ensure(session));
}

/** Events that a version archived which knows no positions, at a time. */
const AT_ONCE = 500;

/** What the job is to do, or some of it. */
export async function listUntended(
  { archive, outlived }: ProjectingParts & { readonly outlived: OutlivedGenerations },
  followers: readonly Follower[],
  now = new Date(),
): Promise<readonly unknown[]> {
  const owns = followers.map(({ generations }) => generations.own);
  const { all, outlived: useless } = await outlived.list(owns, now);
  const untended = followers.filter(({ generations }) => !generations.areTended(all, now));
  return [...useless, ...untended, ...(await archive.listUnplaced(1))];
}

/** What the job does at a time; returns how many events of versions before got their position. */
export async function tendGenerations(
  parts: ProjectingParts & { readonly outlived: OutlivedGenerations },
  followers: readonly Follower[],
  now = new Date(),
): Promise<number> {
  const { archive, outlived, transactions } = parts;
  for (const { generations } of followers) await generations.seen(now);
  await outlived.retire(
    followers.map(({ generations }) => generations.own),
    now,
  );
  for (const { _id, projector } of await outlived.listReplaced(now)) {
    const of = followers.filter((one) => projector === undefined || projector === one.projector.name);
    await outlived.remove(
      _id,
      of.flatMap((one) => one.projector.collections),
    );
  }
  await ensureGenerations(parts, followers);
  for (const follower of followers)
    for (const { _id } of await follower.generations.listPartedOtherwise())
      await partAnew(parts, follower, _id);
  return transactions.run(({ session }) => archive.placeNext(AT_ONCE, session));
}
