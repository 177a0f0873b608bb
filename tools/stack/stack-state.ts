// What a stack remembers between starts: its ports and where its data lies; its secrets in a file of their own.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Provider } from './store.ts';

export type StackState = {
  ports: Record<string, number>;
  dataLiesWith: { mongodb?: Provider; rabbitmq?: Provider };
};

/** The stack's memory; empty for a new stack. */
export function readState(stackDir: string): StackState {
  const state = readJson<Partial<StackState>>(join(stackDir, 'state.json')) ?? {};
  return { ports: state.ports ?? {}, dataLiesWith: state.dataLiesWith ?? {} };
}

/** Adds to the stack's memory. */
export function rememberState(stackDir: string, change: Partial<StackState>): void {
  const state = readState(stackDir);
  const next: StackState = {
    ports: { ...state.ports, ...change.ports },
    dataLiesWith: { ...state.dataLiesWith, ...change.dataLiesWith },
  };
  writeJson(join(stackDir, 'state.json'), next);
}

/**
 * Secrets by name: made once, kept for their owner's eyes, because tokens and stored ciphertexts depend on them. Throws where the
 * file is there and cannot be read: others in their place would leave what was sealed with them closed for good.
 */
export function stackSecrets<Name extends string>(
  stackDir: string,
  names: readonly Name[],
): Record<Name, string> {
  const file = join(stackDir, 'secrets.json');
  const known = existsSync(file) ? secretsIn(file) : {};
  const missing = names.filter((name) => !known[name]);
  for (const name of missing) known[name] = randomBytes(32).toString('base64url');
  if (missing.length > 0) writeJson(file, known, { mode: 0o600 });
  return Object.fromEntries(names.map((name) => [name, known[name]])) as Record<Name, string>;
}

function secretsIn(file: string): Record<string, string> {
  const known = readJson<Record<string, string>>(file);
  if (known && typeof known === 'object' && !Array.isArray(known)) return known;
  throw new Error(
    `${file} has the secrets of this platform and cannot be read as JSON: mend it or put a copy of it back. Without them what was sealed stays closed; npm run reset clears all data and begins anew.`,
  );
}

/** The content of a JSON file, or null when it is absent or was damaged by a crash. */
export function readJson<Content>(file: string): Content | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Content;
  } catch {
    return null;
  }
}

/** Writes a JSON file as a whole or not at all, also when the machine goes down. */
export function writeJson(file: string, content: unknown, { mode = 0o644 }: { mode?: number } = {}): void {
  mkdirSync(join(file, '..'), { recursive: true });
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode, flush: true });
  if (existsSync(draft)) chmodSync(draft, mode);
  renameSync(draft, file);
}
