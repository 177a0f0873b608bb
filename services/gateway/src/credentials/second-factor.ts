/** The second factor of administrators: who needs one, and how its secret lies in the database. */
import type { Member } from '../domain/member.ts';
import type { SealedSecret, SecretBox } from '../secrets/secret-box.ts';
import type { Tenant } from '../domain/tenant.ts';

export type FactorRule = 'optional' | 'required';

/** Whether a role may have one. */
export const mayHaveFactor = (role: string): boolean => role === 'admin' || role === 'super';

/** Whether somebody must have one: an administrator by the tenant's setting, a platform administrator by the platform's. */
export const isFactorRequired = (
  { role }: Pick<Member, 'role'>,
  tenant: Pick<Tenant, 'adminSecondFactor'> | null,
  ofPlatform: FactorRule,
): boolean =>
  role === 'super' ? ofPlatform === 'required' : role === 'admin' && tenant?.adminSecondFactor === 'required';

/** Sealed for its member: moved to another one it cannot be opened. */
export const sealSecret = (box: SecretBox, { id, tenantId }: Member, secret: string): SealedSecret =>
  box.seal(tenantId, `${id}.${secret}`);
export function openSecret(box: SecretBox, { id, tenantId }: Member, sealed: SealedSecret): string {
  const [memberId, secret] = box.open(tenantId, sealed).split('.');
  if (memberId !== String(id) || !secret) throw new Error("another member's secret");
  return secret;
}
