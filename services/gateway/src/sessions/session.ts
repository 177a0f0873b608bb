/** A session: what a login starts and a logout ends. Its refresh token names the session and counts how often it was used. */
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { OwnKeys } from '../tokens/settings-keys.ts';

export type Session = {
  readonly id: string;
  readonly tenantId: number;
  readonly memberId: number;
  /** Counts the refresh tokens given out; only the last one works. */
  readonly generation: number;
  readonly createdAt: Date;
  readonly refreshedAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
};

export type SessionTimes = {
  /** Days that a session lasts since it was last refreshed. */
  readonly refreshTokenDays: number;
  /** Days after which it ends for good, however often it was refreshed. */
  readonly sessionDays: number;
  /** Seconds in which the refresh token that was just used gives its successor again. */
  readonly graceSeconds: number;
};

const DAY = 24 * 3_600_000;
/** When a session ends that is refreshed now. */
export const expiryOf = (createdAt: Date, now: Date, { refreshTokenDays, sessionDays }: SessionTimes): Date =>
  new Date(Math.min(now.getTime() + refreshTokenDays * DAY, createdAt.getTime() + sessionDays * DAY));

/** Whether a refresh token is the one before the last, used but a moment ago: two tabs at once, or an answer that was lost. */
export const isJustUsed = (
  { generation, refreshedAt }: Session,
  shown: number,
  now: Date,
  { graceSeconds }: SessionTimes,
): boolean => shown === generation - 1 && now.getTime() - refreshedAt.getTime() < graceSeconds * 1_000;

export type RefreshToken = { readonly sessionId: string; readonly generation: number };

/** `<session>.<generation>.<proof>`. The proof makes each one unforgeable, so an old one that is shown again was ours once: reuse. */
export function writeRefreshToken(key: KeyObject, { sessionId, generation }: RefreshToken): string {
  const text = `${sessionId}.${generation}`;
  return `${text}.${proofOf(key, text).toString('base64url')}`;
}

/** Reads a refresh token that we made with one of the keys, or null. */
export function readRefreshToken(keys: Pick<OwnKeys, 'some'>, token: string): RefreshToken | null {
  const [, text = '', sessionId = '', generation = '', proof = ''] =
    /^(([\w-]{1,64})\.(\d{1,9}))\.([\w-]{43})$/.exec(token) ?? [];
  if (!text) return null;
  const given = Buffer.from(proof, 'base64url');
  return keys.some((key) => timingSafeEqual(given, proofOf(key, text)))
    ? { sessionId, generation: Number(generation) }
    : null;
}

const proofOf = (key: KeyObject, text: string): Buffer => createHmac('sha256', key).update(text).digest();
