// node tools/verify-license.ts: checks a licence file without a network.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { judge, parsed, type LicenseFile, type PublicKeys } from './verify-license/license-file.ts';

const HELP = `Checks a licence file against public keys that were fetched before. Needs no network.

  node tools/verify-license.ts --file license-1.lic --keys license-keys.json [--fingerprint <text>] [--device <id>]

  --file         the file, as user/licenses/{id}/checkout/ gave it
  --keys         a copy of /.well-known/license-keys.json
  --fingerprint  the hardware fingerprint of this device: another one's file is refused
  --device       the device id of this device, likewise
  --at           a moment (ISO-8601) in the place of now

Prints {"valid", "code", "contents"?} and ends with 0 when the file is valid, 1 when it is not, 2 when it could not be read.
Codes: VALID EXPIRED NOT_YET_VALID WRONG_DEVICE BAD_SIGNATURE UNKNOWN_KEY UNKNOWN_FORMAT KEY_WITHDRAWN KEY_NOT_IN_USE TOO_LONG.
docs/licensing.md has the format.
`;
const text = { type: 'string' } as const;

function readJson<T>(option: string, path: string | undefined): T {
  if (path === undefined) throw new Error(`--${option} is missing; see --help`);
  try {
    return parsed<T>(readFileSync(path));
  } catch (error) {
    throw new Error(`--${option} ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function main(): void {
  const { values } = parseArgs({
    options: { file: text, keys: text, fingerprint: text, device: text, at: text, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const now = values.at === undefined ? new Date() : new Date(values.at);
  if (Number.isNaN(now.getTime())) throw new Error(`--at ${values.at} is no ISO-8601 time`);
  const keys = readJson<PublicKeys>('keys', values.keys);
  if (!Array.isArray(keys?.keys)) throw new Error(`--keys ${values.keys} is no set of keys`);
  const file = readJson<LicenseFile>('file', values.file);
  const outcome = judge(file, keys, { now, fingerprint: values.fingerprint, deviceId: values.device });
  process.stdout.write(`${JSON.stringify({ valid: outcome.code === 'VALID', ...outcome }, null, 2)}\n`);
  process.exitCode = outcome.code === 'VALID' ? 0 : 1;
}

try {
  main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
