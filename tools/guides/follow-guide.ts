// Follows a guide as a reader does, and says where it shows something else than what came.
import { setTimeout as pause } from 'node:timers/promises';
import { stepsOf, type Step } from './guide.ts';
import { openShell, type Outcome, type Shell } from './shell.ts';
import { differences, filledIn, matchesText, parseShown, written } from './shown-answer.ts';

export type Followed = {
  readonly requests: number;
  readonly problems: readonly string[];
  /** The guide with every `?` filled in. */
  readonly filled: string;
};

const PAUSE_MS = 50;
/** Whether the guide leaves to us what it shows. */
const isUnwritten = ({ shown }: Step): boolean =>
  shown?.kind === 'json' && shown.text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').includes('?');
const isWrite = ({ script }: Step): boolean => /\bcurl\b[\s\S]*? (-d|-X|--data\S*) /.test(script);

/** The last request has the status that the guide shows; those before it, and all where it shows none, are no refusals. */
const isShown = ({ shown }: Step, statuses: readonly number[]): boolean =>
  statuses.every((status, index) =>
    shown?.status && index === statuses.length - 1 ? status === shown.status : status < 300,
  );

function problemsOf(step: Step, { stdout, stderr, exitCode, statuses }: Outcome): string[] {
  const { shown } = step;
  if (!isShown(step, statuses)) return [`HTTP status ${statuses.join(', ')}: ${stdout.slice(0, 1000)}`];
  if (exitCode !== 0) return [`exit code ${exitCode}: ${stderr || stdout}`];
  if (!shown) return [];
  if (shown.kind === 'text')
    return matchesText(shown.text.trim(), stdout.trim()) ? [] : [`it printed: ${stdout}`];
  try {
    return differences(parseShown(shown.text), JSON.parse(stdout));
  } catch (error) {
    return [`${(error as Error).message}: ${stdout.slice(0, 1000)}`];
  }
}

/** A refused write moved nothing, so it may be made again; what reads may be read again. */
async function take(
  shell: Shell,
  step: Step,
  patienceMs: number,
): Promise<{ outcome: Outcome; problems: string[] }> {
  for (const end = Date.now() + patienceMs; ; await pause(PAUSE_MS)) {
    const outcome = await shell.run(step.script);
    const problems = problemsOf(step, outcome);
    const isRefused = (outcome.statuses.at(-1) ?? 0) >= 400 && step.shown?.status === undefined;
    if (
      problems.length === 0 ||
      outcome.statuses.length === 0 ||
      Date.now() > end ||
      (isWrite(step) && !isRefused)
    )
      return { outcome, problems };
    if (isUnwritten(step) && !isRefused) return { outcome, problems };
  }
}

/** Pastes a guide into a shell of its own. */
export async function followGuide(
  markdown: string,
  {
    variables,
    patienceMs,
  }: {
    readonly variables: Readonly<Record<string, string>>;
    /** What one service knows, another hears of a moment later: so long a request is made again. */
    readonly patienceMs: number;
  },
): Promise<Followed> {
  const shell = openShell(variables);
  const problems: string[] = [];
  let filled = markdown;
  let requests = 0;
  try {
    for (const step of stepsOf(markdown)) {
      const { outcome, problems: found } = await take(shell, step, patienceMs);
      requests += outcome.statuses.length;
      if (isUnwritten(step) && isShown(step, outcome.statuses) && step.shown && outcome.stdout !== '') {
        const shift = filled.length - markdown.length;
        const [from, to] = step.shown.at;
        const text = `${written(filledIn(parseShown(step.shown.text), JSON.parse(outcome.stdout)))}\n`;
        filled = filled.slice(0, from + shift) + text + filled.slice(to + shift);
        continue;
      }
      if (found.length > 0) problems.push(...found.map((one) => `line ${step.line}: ${one}\n${step.script}`));
      // What follows builds on it.
      if (found.length > 0) break;
    }
  } finally {
    shell.stop();
  }
  return { requests, problems, filled };
}
