/**
 * Guesses at a secret: no more than a limit are answered, however many are under way at once and in however many gateways. What is
 * wrong is counted in one step that also says whether it was one too many; what is right is told only while its keys are open,
 * which is looked at again once it is proved. So of guesses that overlap, those past the limit are told nothing.
 */
import type { Refusal } from '@membership/contracts/errors';
import type { LoginFailureRepository } from './login-failure-repository.ts';
import { tooManyFailures } from './login-failures.ts';

export type GuessKeys = {
  /** Those that close the guess. */
  readonly keys: readonly string[];
  /** Those that a failure counts under besides. */
  readonly besides?: readonly string[];
  readonly now: Date;
};
export type Guess<Proved> =
  | { readonly is: 'right'; readonly proved: Proved }
  | { readonly is: 'wrong' }
  /** Nothing is told of it. */
  | { readonly is: 'closed'; readonly seconds: number };

const WRONG = { is: 'wrong' } as const;

/** One guess. `prove` gives what a right one proves, null for a wrong one; it has no effect that tells of it. */
export async function guess<Proved>(
  failures: Pick<LoginFailureRepository, 'blocked' | 'count'>,
  { keys, besides = [], now }: GuessKeys,
  prove: () => Promise<Proved | null> | Proved | null,
): Promise<Guess<Proved>> {
  const closed = async () => closedBy(await failures.blocked(keys, now));
  const before = await closed();
  if (before) return before;
  const proved = await prove();
  const meanwhile = await closed();
  if (meanwhile) return meanwhile;
  if (proved !== null) return { is: 'right', proved };
  const past = await failures.count([...keys, ...besides], now);
  return closedBy(new Map([...past].filter(([key]) => keys.includes(key)))) ?? WRONG;
}

const closedBy = (closed: ReadonlyMap<string, number>) =>
  closed.size > 0 ? ({ is: 'closed', seconds: Math.max(...closed.values()) } as const) : null;

/** What a right guess proves. Throws what `wrong` makes, RATE_LIMITED for one of which nothing is told. */
export function provedBy<Proved>(made: Guess<Proved>, wrong: () => Refusal): Proved {
  if (made.is === 'closed') throw tooManyFailures(made.seconds);
  if (made.is === 'wrong') throw wrong();
  return made.proved;
}
