/**
 * How what is made anew makes room for what serves, where the machine cannot do both: after each batch it waits, until that has
 * come along, for three times as long as its batch took at most. So it goes on with a quarter of its pace at least, and figures
 * that are asked for stay of now.
 */
import { setTimeout as delay } from 'node:timers/promises';

const TIMES = 3;
const LOOK_MILLISECONDS = 25;

type Clock = { readonly now: () => number; readonly pause: (milliseconds: number) => Promise<unknown> };
const usual: Clock = { now: () => performance.now(), pause: delay };

/** Waits after a batch that took so many milliseconds, while it is in the way. */
export async function makeRoom(
  tookMilliseconds: number,
  isInTheWay: () => boolean,
  { now, pause }: Clock = usual,
): Promise<void> {
  const until = now() + TIMES * tookMilliseconds;
  while (isInTheWay() && now() < until) await pause(Math.min(LOOK_MILLISECONDS, until - now()));
}
