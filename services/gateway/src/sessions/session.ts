/** A session: what a login starts and a logout ends. Its refresh token names the session and counts how often it was used. */
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';

export type Session = {
  readonly id: string;
  readonly tenantId: number;
  readonly memberId: number;
  /** Counts the refresh tokens given out; only the last one works. */
  readonly generation: number;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
};

export type RefreshToken = { readonly sessionId: string; readonly generation: number };

/** `<session>.<generation>.<proof>`. The proof makes each one unforgeable, so an old one that is shown again was ours once: reuse. */
export function writeRefreshToken(key: KeyObject, { sessionId, generation }: RefreshToken): string {
  const text = `${sessionId}.${generation}`;
  return `${text}.${proofOf(key, text).toString('base64url')}`;
}

/** Reads a refresh token that we made, or null. */
export function readRefreshToken(key: KeyObject, token: string): RefreshToken | null {
  const [, text = '', sessionId = '', generation = '', proof = ''] =
    /^(([\w-]{1,64})\.(\d{1,9}))\.([\w-]{43})$/.exec(token) ?? [];
  if (!text) return null;
  const given = Buffer.from(proof, 'base64url');
  const expected = proofOf(key, text);
  return given.length === expected.length && timingSafeEqual(given, expected)
    ? { sessionId, generation: Number(generation) }
    : null;
}

const proofOf = (key: KeyObject, text: string): Buffer => createHmac('sha256', key).update(text).digest();
