// The arguments of a command, of which a mistyped one is told in a line, without a stack.
import { parseArgs as parse } from 'node:util';

/** Ends the command with 2 and the sentence that its wrong arguments were refused with. */
export function refuseArguments(error: unknown): never {
  console.error((error as Error).message);
  process.exit(2);
}

/** What the arguments say. Where they are wrong, the command ends with 2 and the sentence that was thrown. */
export function orRefuse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    refuseArguments(error);
  }
}

/** As Node's parseArgs, for commands that have no other way to tell what was wrong. */
export const parseArgs: typeof parse = (config) => orRefuse(() => parse(config));
