/** A secret's file with several values, the newest first: how a rotation changes it. */
import {
  chmodSync,
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';

/** The values of a secret's file, the newest first. Throws where there is no file. */
export function valuesIn(file: string): string[] {
  if (!existsSync(file))
    throw new Error(
      `There is no ${file}: name the folder of the secrets with --dir (deploy/make-secrets.sh makes one).`,
    );
  return readFileSync(file, 'utf8')
    .split(/[\s,]+/)
    .filter(Boolean);
}

/** Puts a value before those that are there. Throws while the rotation before is not finished. */
export function putInFront(file: string, value: string): void {
  const values = valuesIn(file);
  if (values.length !== 1)
    throw new Error(
      `${file} has ${values.length} values: a rotation is under way. Leave the values of before out first (finish).`,
    );
  writeInPlace(file, [value, ...values]);
}

/** Leaves out all values but the newest. Returns how many those were. */
export function leaveOutOlder(file: string): number {
  const values = valuesIn(file);
  if (values.length > 1) writeInPlace(file, values.slice(0, 1));
  return values.length - 1;
}

/**
 * The same file, since a container has it mounted; over what is there and cut afterwards, so that whoever reads in between finds
 * whole values, and the newest of them.
 */
function writeInPlace(file: string, values: readonly string[]): void {
  const { mode } = statSync(file);
  chmodSync(file, mode | 0o200);
  const descriptor = openSync(file, 'r+');
  try {
    ftruncateSync(descriptor, writeSync(descriptor, `${values.join('\n')}\n`, 0));
  } finally {
    closeSync(descriptor);
    chmodSync(file, mode);
  }
}
