// A desktop program under a licence: node desktop-program.ts <command> (Node before 22.18: npx tsx). Its state is in ./licence.json.
//
//   activate <username> <tenant>   takes a place for this device and keeps a file for the time without a network
//   run                            tells the platform that it is there; without a network it checks its file
//   leave <username> <tenant>      gives the place back
//
// Environment: MEMBERSHIP_URL (http://localhost:8000), PASSWORD of the member, DEVICE_ID, FINGERPRINT.
import { createPublicKey, verify } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import {
  createMembershipClient,
  items,
  MembershipError,
  must,
  type MembershipClient,
} from '@membership/client';

const STATE = 'licence.json';
const FIVE_MINUTES = 300_000;
const NINETY_DAYS = 90 * 86_400_000;
const baseUrl = process.env['MEMBERSHIP_URL'] ?? 'http://localhost:8000';
const device_id = process.env['DEVICE_ID'] ?? 'DESKTOP-1';
const hardware_fingerprint = process.env['FINGERPRINT'] ?? 'c0ffee';
type File = { format: string; key_id: string; payload: string; signature: string };
type Key = { kid: string; x: string };
type State = { assignmentId: number; refreshToken: string; file: File; keys: Key[] };
function load(): State {
  if (!existsSync(STATE)) throw new Error('not activated here yet: activate <username> <tenant>');
  return JSON.parse(readFileSync(STATE, 'utf8')) as State;
}
const save = (changed: Partial<State>): void =>
  writeFileSync(STATE, JSON.stringify({ ...(existsSync(STATE) ? load() : {}), ...changed }));

/** The member's session; the password is never kept, the refresh token is, since it works once. */
function clientOf(
  credentials: { username: string; tenant: string } | { refreshToken: string },
): MembershipClient {
  const password = process.env['PASSWORD'] ?? '';
  return createMembershipClient({
    baseUrl,
    attempts: 2,
    credentials: 'refreshToken' in credentials ? credentials : { ...credentials, password },
    onTokens: ({ refreshToken }) => save(refreshToken === undefined ? {} : { refreshToken }),
  });
}

/** A file for the next days, signed by the platform. */
async function fetchFile(api: MembershipClient, assignment_id: number): Promise<void> {
  const params = { path: { assignment_id } };
  const { data } = await must(
    api.POST('/api/v1/user/licenses/{assignment_id}/checkout/', { params, body: { device_id, days: 14 } }),
  );
  save({ file: data.license_file });
}

async function activate(username: string, tenant: string): Promise<void> {
  const api = clientOf({ username, tenant });
  for await (const { id, status } of items(api, '/api/v1/user/licenses/')) {
    if (status !== 'assigned' && status !== 'active') continue;
    const params = { path: { assignment_id: id } };
    const body = { device_info: { device_id, hardware_fingerprint } };
    await must(api.POST('/api/v1/user/licenses/{assignment_id}/activate/', { params, body }));
    // A real program is shipped with these keys: what comes with the file proves nothing about it.
    const { keys } = await must(api.GET('/.well-known/license-keys.json'));
    save({ assignmentId: id, keys: keys.map(({ kid, x }) => ({ kid: String(kid), x: String(x) })) });
    await fetchFile(api, id);
    return console.log('activated');
  }
  throw new Error('no licence is assigned to you');
}

/**
 * Whether the file allows this device to go on now. Nothing of it is believed before its signature holds.
 * Programs whose keys are refreshed look at when each was in use, too: tools/verify-license/license-file.ts, to be copied.
 */
function isAllowed({ file, keys }: State): boolean {
  const key = keys.find(({ kid }) => kid === file.key_id);
  if (file.format !== 'membership-license/1' || !key) return false;
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.x }, format: 'jwk' });
  const signed = Buffer.from(`${file.format}.${file.key_id}.${file.payload}`);
  if (!verify(null, signed, publicKey, Buffer.from(file.signature, 'base64url'))) return false;
  const contents = JSON.parse(Buffer.from(file.payload, 'base64url').toString()) as Record<string, string>;
  const isHere =
    contents['device_id'] === device_id && contents['hardware_fingerprint'] === hardware_fingerprint;
  const now = Date.now();
  const issued = Date.parse(contents['issued_at'] ?? '');
  const end = Date.parse(contents['expires_at'] ?? '');
  // A clock that was put back, and a file that says to last for ever, are refused, too.
  return isHere && issued <= now + FIVE_MINUTES && now < end && end - issued <= NINETY_DAYS;
}

async function run(): Promise<void> {
  const state = load();
  const api = clientOf({ refreshToken: state.refreshToken });
  try {
    const params = { path: { assignment_id: state.assignmentId } };
    await must(api.POST('/api/v1/user/licenses/{assignment_id}/heartbeat/', { params, body: { device_id } }));
    await fetchFile(api, state.assignmentId);
    console.log('online');
  } catch (error) {
    // A refusal counts; no answer does not, nor one that asks to come later: the file was made for that.
    const isRefusal = error instanceof MembershipError && error.status < 500 && error.status !== 429;
    if (isRefusal) throw error;
    if (!isAllowed(state))
      throw new Error('no network, and the file does not allow to go on', { cause: error });
    console.log('offline');
  }
}

async function leave(username: string, tenant: string): Promise<void> {
  const api = clientOf({ username, tenant });
  const params = { path: { assignment_id: load().assignmentId } };
  await must(
    api.POST('/api/v1/user/licenses/{assignment_id}/unbind-device/', { params, body: { device_id } }),
  );
  rmSync(STATE);
  console.log('left');
}

const [command = '', username = '', tenant = ''] = process.argv.slice(2);
try {
  if (command === 'activate') await activate(username, tenant);
  else if (command === 'run') await run();
  else if (command === 'leave') await leave(username, tenant);
  else throw new Error('activate <username> <tenant>, run, or leave <username> <tenant>');
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
