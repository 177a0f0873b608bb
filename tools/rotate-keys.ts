/** Changes the platform's keys while it runs, from the command line: by the API for tokens, by the files of the secrets for the rest. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { services } from '@membership/contracts/claims';
import { ClientError, createClient, type Client } from '@membership/contracts/client';
import * as gateway from '@membership/contracts/endpoints/gateway/index';
import { parseArgs } from './command-line.ts';
import { seals, signsContexts, signsTokens } from './rotate-keys/in-use.ts';
import { leaveOutOlder, putInFront, valuesIn } from './rotate-keys/secret-file.ts';

const HELP = `Changes keys while the platform runs: nothing restarts, no request fails, nobody logs in again.

  npm run rotate-keys -- tokens [--signs-in 600]            another key signs tokens, after so many seconds
  npm run rotate-keys -- internal --service points          another key between the gateway and a service
  npm run rotate-keys -- sealed                             another WEBHOOK_SECRET_KEY, and all that it seals sealed anew
  npm run rotate-keys -- reseal                             the last part of that: when it was broken off, or the secret changed otherwise
  npm run rotate-keys -- jwt-secret                         another JWT_SECRET: of tokens, refresh tokens and look-ups
  npm run rotate-keys -- finish --service points | --sealed | --jwt-secret
                                                            leaves the values of before out, once the new one is in use

internal, sealed, jwt-secret and finish change files as deploy/make-secrets.sh makes them; where secrets lie elsewhere, put the new value in
front of the old one there (docs/operations.md, "Keys"), then reseal.

  --url       the gateway (http://localhost:8000)
  --dir       the folder of the secrets (secrets)
  --force     finish without asking the platform whether the new value is in use

Environment:
  TOKEN            an access token of a platform administrator; or
  SUPER_USERNAME   its name (root), and
  SUPER_PASSWORD   its password
`;
/** What the operator got wrong, or what the platform refused; shown without a stack. */
class Wrong extends Error {}

const options = {
  service: { type: 'string' },
  sealed: { type: 'boolean', default: false },
  'jwt-secret': { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
  'signs-in': { type: 'string', default: '600' },
  url: { type: 'string', default: 'http://localhost:8000' },
  dir: { type: 'string', default: 'secrets' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
type Values = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>['values'];

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const LOOK_MILLISECONDS = 1_000;
const SEALED_FILE = 'webhook_secret_key';
const JWT_SECRET_FILE = 'jwt_secret';
const newSecret = (): string => randomBytes(32).toString('hex');

async function administrator({ url }: Values): Promise<Client> {
  const { TOKEN, SUPER_USERNAME: username = 'root', SUPER_PASSWORD: password } = process.env;
  const anyone = createClient({ baseUrl: url, headers: { 'accept-language': 'en' } });
  if (TOKEN) return anyone.as(TOKEN);
  if (!password) throw new Wrong('Set TOKEN, or SUPER_PASSWORD, of a platform administrator.');
  const { access_token } = await anyone.ask(gateway.login, { body: { username, password } });
  return anyone.as(access_token);
}

/** What went wrong, as a sentence that says what to do. */
function told(error: unknown): string {
  if (error instanceof ClientError) return refusalOf(error);
  const { message, cause } = error as Error;
  if (!(error instanceof TypeError && message === 'fetch failed')) return message;
  const { code } = (cause ?? {}) as { code?: string };
  return `No platform answers (${code ?? message}): name its gateway with --url.`;
}

/** What the platform answered, as a sentence with its code and, where it has some, its details. */
function refusalOf({ message, answer: { status, body } }: ClientError): string {
  if (!body.error) return message;
  const { code, message: said, details } = body.error;
  const more = Object.keys(details ?? {}).length > 0 ? ` ${JSON.stringify(details)}` : '';
  return `The platform refused: ${said} (${status} ${code})${more}`;
}

function fileOf({ service, dir, sealed, 'jwt-secret': isOfTokens }: Values): string {
  if ([service !== undefined, sealed, isOfTokens].filter(Boolean).length > 1)
    throw new Wrong('Say one of --service, --sealed and --jwt-secret.');
  if (sealed) return join(dir, SEALED_FILE);
  if (isOfTokens) return join(dir, JWT_SECRET_FILE);
  const known = services.filter((name) => name !== 'gateway');
  if (!known.includes(service as (typeof known)[number]))
    throw new Wrong(`Say which with --service: ${known.join(', ')}.`);
  return join(dir, `${service}_internal_key`);
}

async function rotateTokens(values: Values): Promise<void> {
  const root = await administrator(values);
  const body = { signs_in_seconds: Number(values['signs-in']) };
  const { kid, signs_from } = await root.ask(gateway.rotateTokenKey, { body });
  say(`${kid} signs from ${signs_from}; what the keys before signed holds until it ends.`);
}

async function rotateInternal(values: Values): Promise<void> {
  const file = fileOf(values);
  putInFront(file, newSecret());
  say(
    `${file} has a new value. The gateway signs with it once SECRET_SETTLE_SECONDS are over; GET /api/v1/internal-keys/ shows when.`,
  );
  say(`A day later, when no request is repeated any more: finish --service ${values.service}`);
}

async function rotateJwtSecret(values: Values): Promise<void> {
  const file = fileOf({ ...values, 'jwt-secret': true });
  putInFront(file, newSecret());
  say(
    `${file} has a new value. The gateway signs with it once SECRET_SETTLE_SECONDS are over; GET /api/v1/token-keys/ shows when.`,
  );
  say('REFRESH_TOKEN_DAYS later, when every refresh token is of it: finish --jwt-secret');
  say('Sooner, people who have not come back since then log in again.');
}

async function rotateSealed(values: Values): Promise<void> {
  const root = await administrator(values);
  const before = await presentKey(root);
  putInFront(fileOf({ ...values, sealed: true }), newSecret());
  say('The secret has a new value; waiting until every replica can have read it (SECRET_SETTLE_SECONDS) …');
  while ((await presentKey(root)) === before) await pause(LOOK_MILLISECONDS);
  await resealAll(root);
  say('A day later, when no request is repeated any more: finish --sealed');
}

/** The key that seals now; asked for without sealing much. */
const presentKey = async (root: Client): Promise<string> =>
  (await root.ask(gateway.resealSecrets, { body: { limit: 1 } })).key;

async function resealAll(root: Client): Promise<void> {
  for (let sum = 0; ; ) {
    const { key, resealed, remaining, unreadable } = await root.ask(gateway.resealSecrets, { body: {} });
    sum += resealed;
    if (resealed > 0 && remaining > unreadable) continue;
    say(`${sum} secrets were sealed anew with ${key}; ${remaining} are sealed with another one.`);
    if (remaining > 0)
      throw new Wrong(
        unreadable > 0
          ? `${unreadable} cannot be opened with any value of the setting: GET /api/v1/sealed-secrets/ shows which kinds and keys.`
          : 'Run reseal again.',
      );
    return;
  }
}

async function finish(values: Values): Promise<void> {
  const file = fileOf(values);
  const [newest, ...older] = valuesIn(file);
  if (newest === undefined || older.length === 0) {
    say(`${file} has one value already.`);
    return;
  }
  if (!values.force) await requireInUse(values, file, newest);
  say(`${leaveOutOlder(file)} of before left out of ${file}.`);
}

/** Refuses while the platform makes with a value of before, or something is sealed with one. */
async function requireInUse(values: Values, file: string, newest: string): Promise<void> {
  const root = await administrator(values);
  if (values.sealed) {
    const { key, remaining } = await root.ask(gateway.resealSecrets, { body: {} });
    if (!seals(key, newest)) throw notInUse(values, file, 'sealed-secrets');
    if (remaining > 0)
      throw new Wrong(`${remaining} secrets are not sealed with the new value yet: reseal first.`);
  } else if (values['jwt-secret']) {
    if (!(await signsTokens(root, newest))) throw notInUse(values, file, 'token-keys', OTHER_ALGORITHM);
  } else if (!(await signsContexts(root, String(values.service), newest)))
    throw notInUse(values, file, 'internal-keys');
}

const OTHER_ALGORITHM =
  '\nWith another JWT_ALGORITHM than HS256 that list does not show it: wait, then say --force.';
const notInUse = ({ url }: Values, file: string, list: string, more = ''): Wrong =>
  new Wrong(
    `${url} does not use the newest value of ${file} yet; nothing was changed. It does SECRET_SETTLE_SECONDS after the file changed: ` +
      `GET /api/v1/${list}/ shows it, then finish again. Where it never does, --url or --dir are another platform's. ` +
      `--force leaves the values of before out without asking.${more}`,
  );

const COMMANDS: Readonly<Record<string, (values: Values) => Promise<void>>> = {
  tokens: rotateTokens,
  internal: rotateInternal,
  'jwt-secret': rotateJwtSecret,
  sealed: rotateSealed,
  reseal: async (values) => resealAll(await administrator(values)),
  finish,
};

try {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const command = COMMANDS[positionals[0] ?? ''];
  if (values.help || !command || positionals.length > 1) {
    process.stdout.write(HELP);
    process.exitCode = values.help ? 0 : 2;
  } else await command(values);
} catch (error) {
  process.stderr.write(`${told(error)}\n`);
  process.exitCode = 2;
}
