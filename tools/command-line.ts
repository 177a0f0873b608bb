// The arguments of a command, of which a mistyped one is told in a line, without a stack.
import { parseArgs as parse } from 'node:util';

/** What the arguments say. Where they are wrong, the command ends with 2 and the sentence that was thrown. */
export function orRefuse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

/** As Node's parseArgs, for commands that have no other way to tell what was wrong. */
export const parseArgs: typeof parse = (config) => orRefuse(() => parse(config));
