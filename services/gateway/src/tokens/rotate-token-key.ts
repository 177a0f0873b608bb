/** Another key for the platform's tokens, and the end of one. */
import { invalidState, notFound } from '@membership/contracts/errors';
import type { Deed } from '@membership/platform/deed';
import type { Logger } from '@membership/platform/log';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import { isDuplicateKey } from '@membership/platform/transaction-failures';
import type { SecretBox } from '../secrets/secret-box.ts';
import { PLATFORM } from './key-ring.ts';
import { believedUntil, hasEnded, signingKey, type StoredTokenKey } from './token-key-state.ts';
import type { TokenKeyRepository } from './token-key-repository.ts';
import { newKeyMaterial, tokenKey, type TokenKeySettings } from './token-keys.ts';

const LOOK_MILLISECONDS = 1_000;

export type TokenKeyTools = {
  readonly tokenKeys: TokenKeyRepository;
  readonly box: SecretBox;
  readonly settings: TokenKeySettings;
  /** How long an access token lasts. */
  readonly accessTokenSeconds: number;
  readonly logger: Pick<Logger, 'error' | 'info'>;
  /** In the transaction of a change: every replica hears of it. */
  readonly tellOfKeys: (unit: UnitOfWork) => Promise<void>;
  /** After a change of one's own. */
  readonly learn: () => void;
};
/** A key that was made before the transaction, for it takes long. */
export type ReadyKey = Pick<StoredTokenKey, 'kid' | 'algorithm' | 'sealed'>;

export async function readyKey({
  box,
  settings,
}: Pick<TokenKeyTools, 'box' | 'settings'>): Promise<ReadyKey> {
  const { algorithm } = settings;
  return sealedKey(box, settings, await newKeyMaterial(algorithm));
}

function sealedKey(box: SecretBox, settings: TokenKeySettings, material: string): ReadyKey {
  const { algorithm } = settings;
  return { kid: tokenKey(settings, material).kid, algorithm, sealed: box.seal(PLATFORM, material) };
}

/**
 * Puts a key in place: it signs from a time on, and those before it are believed until the last token that they can have signed has
 * ended. Refuses (INVALID_STATE) while one waits to sign.
 */
export async function rotateTokenKey(
  tools: TokenKeyTools,
  ready: ReadyKey,
  { signsInSeconds, now, deed }: { readonly signsInSeconds: number; readonly now: Date; readonly deed: Deed },
  unit: UnitOfWork,
): Promise<StoredTokenKey[]> {
  const keys = await tools.tokenKeys.list(unit.session);
  if (keys.some((key) => key.signsFrom > now && !hasEnded(key, now)))
    throw invalidState('next', ['withdraw'], {
      zh: '已有一个密钥在等待启用',
      en: 'Another key waits for its time to sign',
    });
  const signsFrom = new Date(now.getTime() + signsInSeconds * 1_000);
  await follow(
    tools,
    keys,
    { ...ready, source: 'rotation', createdAt: now, signsFrom, verifiesUntil: null },
    unit,
    deed,
  );
  return tools.tokenKeys.list(unit.session);
}

/** Puts a key that was not there before in place. */
async function follow(
  tools: TokenKeyTools,
  keys: readonly StoredTokenKey[],
  key: StoredTokenKey,
  unit: UnitOfWork,
  deed?: Deed,
): Promise<void> {
  await tools.tokenKeys.insert(key, unit.session);
  await takeOver(tools, keys, key, unit, deed);
}

/** The other keys end, now that this one signs from its time on. */
async function takeOver(
  { tokenKeys, accessTokenSeconds, logger, tellOfKeys, learn }: TokenKeyTools,
  keys: readonly StoredTokenKey[],
  { kid, signsFrom, source }: Pick<StoredTokenKey, 'kid' | 'signsFrom' | 'source'>,
  unit: UnitOfWork,
  /** Absent: the settings have another key. */
  deed?: Deed,
): Promise<void> {
  for (const other of keys)
    if (other.kid !== kid && other.verifiesUntil === null) {
      // One that waits has signed nothing: coming later, it would take over and end before its tokens.
      const waits = other.signsFrom > signsFrom;
      const verifiesUntil = waits ? signsFrom : believedUntil(signsFrom, accessTokenSeconds);
      await tokenKeys.change(other.kid, { verifiesUntil }, unit.session);
    }
  await tellOfKeys(unit);
  unit.afterCommit(() => {
    logger.info({ kid, signsFrom, source, ...deed }, 'tokens have another key');
    learn();
  });
}

/**
 * Ends a key at once: what it signed is worth nothing within a second. One that waits takes the place of the one that signs. Refuses
 * (404) an unknown key, (INVALID_STATE) one that has ended and the only one that could sign.
 */
export async function withdrawTokenKey(
  { tokenKeys, logger, tellOfKeys, learn }: TokenKeyTools,
  kid: string,
  { now, deed }: { readonly now: Date; readonly deed: Deed },
  unit: UnitOfWork,
): Promise<StoredTokenKey[]> {
  const keys = await tokenKeys.list(unit.session);
  const key = keys.find((one) => one.kid === kid);
  if (!key) throw notFound({ zh: '密钥不存在', en: 'There is no such key' });
  if (hasEnded(key, now)) throw invalidState('ended', []);
  const others = keys.filter((one) => one !== key && one.verifiesUntil === null);
  const [next] = others;
  if (key.verifiesUntil === null && signingKey(keys, now)?.kid === kid && !next)
    throw invalidState('signing', ['rotate'], {
      zh: '这是唯一能签名的密钥：请先更换',
      en: 'It is the only key that could sign: rotate first',
    });
  await tokenKeys.change(kid, { verifiesUntil: now }, unit.session);
  // A waiting key that is withdrawn leaves the one before it as it was; one whose predecessor is withdrawn signs at once.
  if (key.signsFrom > now) await resume(tokenKeys, keys, now, unit);
  else if (signingKey(keys, now)?.kid === kid && next && next.signsFrom > now)
    await tokenKeys.change(next.kid, { signsFrom: now }, unit.session);
  await tellOfKeys(unit);
  unit.afterCommit(() => {
    logger.info({ kid, ...deed }, 'a key of tokens was withdrawn');
    learn();
  });
  return tokenKeys.list(unit.session);
}

async function resume(
  tokenKeys: TokenKeyRepository,
  keys: readonly StoredTokenKey[],
  now: Date,
  { session }: UnitOfWork,
): Promise<void> {
  const signing = signingKey(keys, now);
  if (signing) await tokenKeys.change(signing.kid, { verifiesUntil: null }, session);
}

/**
 * Makes the settings' key one of the ring, and the next one when the settings have another: their file is changed while the process
 * runs. Returns how to stop.
 */
export async function keepAdopting(
  tools: TokenKeyTools,
  transactions: Transactions,
  material: () => string,
): Promise<() => Promise<void>> {
  let adopted: string | undefined;
  let looking: Promise<void> | undefined;
  const look = async () => {
    const present = material();
    if (present === adopted) return;
    await adoptSettingsKey(tools, transactions, present, new Date());
    adopted = present;
  };
  const tell = (error: unknown) =>
    tools.logger.error({ err: error }, 'the settings’ key of tokens could not be put in place');
  await look();
  const timer = setInterval(() => {
    looking ??= look()
      .catch(tell)
      .finally(() => {
        looking = undefined;
      });
  }, LOOK_MILLISECONDS).unref();
  return async () => {
    clearInterval(timer);
    await looking;
  };
}

/**
 * The first one of the ring, or, where the settings have another than before, the one that follows. One of before that they
 * have again signs again, but for a key that was made by rotation: a replica that reads its settings late must not undo that.
 */
async function adoptSettingsKey(
  tools: TokenKeyTools,
  transactions: Transactions,
  material: string,
  now: Date,
): Promise<void> {
  const ready = sealedKey(tools.box, tools.settings, material);
  const adopt = () =>
    transactions.run(async (unit) => {
      const keys = await tools.tokenKeys.list(unit.session);
      const known = keys.find(({ kid }) => kid === ready.kid);
      if (known) {
        const signing = signingKey(keys, now);
        if (known === signing || signing?.source === 'rotation') return;
        await tools.tokenKeys.change(known.kid, { signsFrom: now, verifiesUntil: null }, unit.session);
        await takeOver(tools, keys, { ...known, signsFrom: now }, unit);
        return;
      }
      const key = {
        ...ready,
        source: 'settings',
        createdAt: now,
        signsFrom: now,
        verifiesUntil: null,
      } as const;
      await follow(tools, keys, key, unit);
    });
  // Replicas start together: the other one's is this one's, too.
  await adopt().catch((error: unknown) => {
    if (!isDuplicateKey(error)) throw error;
  });
}
