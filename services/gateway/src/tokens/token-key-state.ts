/** When a key of the platform's tokens signs and until when it is believed: rules. Pure. */
import type { SealedSecret } from '../secrets/secret-box.ts';
import type { TokenAlgorithm } from './token-keys.ts';

export type StoredTokenKey = {
  readonly kid: string;
  readonly algorithm: TokenAlgorithm;
  readonly sealed: SealedSecret;
  readonly source: 'settings' | 'rotation';
  readonly createdAt: Date;
  readonly signsFrom: Date;
  /** Until when what it signed is believed; null: until another one follows it. */
  readonly verifiesUntil: Date | null;
};
export type KeyTimes = Pick<StoredTokenKey, 'kid' | 'signsFrom' | 'verifiesUntil'>;
export type KeyStatus = 'next' | 'signing' | 'verifying' | 'ended';

/** Clocks of replicas and of those who made a token differ. */
const SKEW_MILLISECONDS = 60_000;

export const hasEnded = ({ verifiesUntil }: KeyTimes, now: Date): boolean =>
  verifiesUntil !== null && verifiesUntil <= now;

/** The one that signs: the newest whose time has come and is not over. */
export function signingKey<Key extends KeyTimes>(keys: readonly Key[], now: Date): Key | undefined {
  return keys
    .filter((key) => key.signsFrom <= now && !hasEnded(key, now))
    .sort((left, right) => right.signsFrom.getTime() - left.signsFrom.getTime())[0];
}

export function statusOf(key: KeyTimes, keys: readonly KeyTimes[], now: Date): KeyStatus {
  if (hasEnded(key, now)) return 'ended';
  if (key.signsFrom > now) return 'next';
  return signingKey(keys, now)?.kid === key.kid ? 'signing' : 'verifying';
}

/** Until when keys are believed that another one follows at a time: until their last token has ended. */
export const believedUntil = (followedAt: Date, tokenSeconds: number): Date =>
  new Date(followedAt.getTime() + tokenSeconds * 1_000 + SKEW_MILLISECONDS);
