/** Anchors that were kept elsewhere: answers of the API, lines of the log, or a pair by hand. Pure. */
import type { Anchor } from './anchor.ts';

/** The chain of a tenant had this hash at this number; where the anchor was kept whole, with what was signed. */
export type Kept = Pick<Anchor, 'tenantId' | 'number' | 'hash'> & {
  readonly signed?: Pick<Anchor, 'day' | 'previous' | 'kid' | 'signature'>;
};

const HASH = /^[\w-]{43}$/;
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** An anchor as it is logged: its signature under another name, for what is called one is a secret elsewhere, and cut out. */
export const loggedAnchor = ({ signature, ...anchor }: Anchor) => ({ ...anchor, anchorSignature: signature });

/** What an operator writes: number:hash. Throws for anything else. */
export function keptPair(text: string, tenantId: number): Kept {
  const [, number, hash] = /^([1-9]\d{0,15}):([\w-]{43})$/.exec(text) ?? [];
  if (!number || !hash) throw new Error('--kept is number:hash of an anchor.');
  return { tenantId, number: Number(number), hash };
}

/** Every anchor in a text: JSON, or lines of it among others. One that names no tenant is of `tenantId`. */
export function keptAnchorsIn(text: string, tenantId?: number): Kept[] {
  const whole = parsed(text);
  const values = whole === undefined ? text.split('\n').map(parsed) : [whole];
  return values.flatMap((value) => anchorsIn(value, tenantId));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function anchorsIn(value: unknown, tenantId: number | undefined): Kept[] {
  if (value === null || typeof value !== 'object') return [];
  const kept = keptOf(value as Record<string, unknown>, tenantId);
  return kept ? [kept] : Object.values(value).flatMap((one) => anchorsIn(one, tenantId));
}

/** The API writes `tenant_id` and `signature`, the log `tenantId` and `anchorSignature`. */
function keptOf(
  { number, hash, day, previous, kid, ...rest }: Record<string, unknown>,
  fallback: number | undefined,
): Kept | null {
  const tenantId = rest['tenant_id'] ?? rest['tenantId'] ?? fallback;
  const signature = rest['signature'] ?? rest['anchorSignature'];
  if (!isCount(number) || !isCount(tenantId) || typeof hash !== 'string' || !HASH.test(hash)) return null;
  if (!isText(day) || !isText(kid) || !isText(signature)) return { tenantId, number, hash };
  return {
    ...{ tenantId, number, hash },
    signed: { day, kid, signature, previous: isText(previous) ? previous : null },
  };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
