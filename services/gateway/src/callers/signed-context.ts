/** What services are told about a request: the caller, signed for one service with the key that it alone shares. */
import type { KeyObject } from 'node:crypto';
import type { ContextClaims, ServiceName } from '@membership/contracts/claims';
import type { Language } from '@membership/contracts/text';
import { signContext, type ContextKey } from '@membership/platform/http/context';
import type { Caller } from '../domain/caller.ts';

export type RequestMarks = { readonly requestId: string; readonly language: Language };

/** The claims of a request for one service, without issuer and times. */
export const contextOf = (
  caller: Caller,
  audience: ServiceName,
  { requestId, language }: RequestMarks,
): Omit<ContextClaims, 'iss' | 'iat' | 'exp' | 'proof'> => ({
  aud: audience,
  sub: caller.sub,
  uid: caller.userId,
  name: caller.name,
  role: caller.role,
  tid: caller.tenant?._id ?? null,
  scopes: [...caller.scopes],
  rid: requestId,
  lang: language,
});

/** Signed for one service, with the proof that its look-ups are checked by. */
export const signedFor = (
  { key, proofKey }: { readonly key: ContextKey; readonly proofKey: KeyObject },
  audience: ServiceName,
  caller: Caller,
  marks: RequestMarks,
): string => signContext(key, contextOf(caller, audience, marks), proofKey);

/** The same for the gateway's own endpoints, which need no signature. */
export const ownContext = (caller: Caller, marks: RequestMarks): ContextClaims => {
  const now = Math.floor(Date.now() / 1000);
  return { iss: 'gateway', iat: now, exp: now + 30, ...contextOf(caller, 'gateway', marks) };
};
