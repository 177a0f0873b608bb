// What `npm test` was asked to run.
import { parseArgs, stripVTControlCharacters } from 'node:util';

/** What runs when nothing is named. */
const USUAL_PROJECTS = ['unit', 'component', 'e2e'] as const;
const TEST_PROJECTS = [...USUAL_PROJECTS, 'drill'] as const;
export type TestProject = (typeof TEST_PROJECTS)[number];

export type TestArguments = {
  help: boolean;
  projects: readonly TestProject[];
  timeLimitMinutes: number;
  /** Files that failed are not tried a second time. */
  once: boolean;
  /** Everything else goes to jest: patterns of paths and its own options. */
  jest: readonly string[];
};

/** After which a run hangs: all drills take 38 minutes where nothing else is at work. */
const DEFAULT_MINUTES = 40;
const DRILL_MINUTES = 90;

/** Project names may come first; the rest is jest's. Throws for a time limit that is no number. */
export function parseTestArguments(args: readonly string[]): TestArguments {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: {},
  });
  const ours = new Set<number>();
  let help = false;
  let minutes: number | undefined;
  let once = false;
  for (const token of tokens) {
    if (token.kind === 'option' && (token.rawName === '--help' || token.rawName === '-h')) help = true;
    if (token.kind === 'option' && token.rawName === '--once') {
      once = true;
      ours.add(token.index);
    }
    if (token.kind === 'option' && token.rawName === '--time-limit') {
      const separate = token.value === undefined;
      minutes = Number(separate ? args[token.index + 1] : token.value);
      ours.add(token.index);
      if (separate) ours.add(token.index + 1);
      if (!(minutes > 0))
        throw new Error('--time-limit needs a number of minutes, for instance --time-limit 10');
    }
  }
  const rest = args.filter((_, index) => !ours.has(index));
  const isProject = (word: string | undefined): word is TestProject =>
    TEST_PROJECTS.some((each) => each === word);
  const projects: TestProject[] = [];
  while (isProject(rest[0])) projects.push(rest.shift() as TestProject);
  return {
    help,
    projects: projects.length > 0 ? TEST_PROJECTS.filter((each) => projects.includes(each)) : USUAL_PROJECTS,
    timeLimitMinutes: minutes ?? (projects.includes('drill') ? DRILL_MINUTES : DEFAULT_MINUTES),
    once,
    jest: rest,
  };
}

/** Throws for an option that jest, which is given these, does not know. */
export async function checkJestArguments(args: readonly string[]): Promise<void> {
  if (!args.some((word) => word.startsWith('-'))) return;
  const { buildArgv } = await import('jest');
  try {
    await buildArgv([...args]);
  } catch (error) {
    throw new Error(stripVTControlCharacters((error as Error).message).trim());
  }
}
