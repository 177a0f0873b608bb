/** A member's other password, by an administrator: ready before the transaction that sets it, for hashing takes long. */
import { invalid } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import { proveOwnChange, type ProofTools, type ProvenChange } from '../sessions/change-password.ts';
import type { MemberRepository } from '../storage/member-repository.ts';

export type PasswordTools = ProofTools & { readonly members: MemberRepository };
export type ReadyPassword = {
  /** Undefined: the password stays. */
  readonly passwordHash?: string | undefined;
  /** Where it is the administrator's own: what it proved. */
  readonly own?: ProvenChange | undefined;
};

/**
 * Hashes the password that a change sets, if any. One's own is set only by who knows the one before: a session left open is not
 * enough to take an account over. Refuses (400) an old password that is missing or wrong, (404) a member that is not there.
 */
export async function readyPassword(
  tools: PasswordTools,
  scope: TenantScope,
  change: {
    readonly memberId: number;
    readonly password?: string | undefined;
    readonly old_password?: string | undefined;
  },
  { address, now }: { readonly address: string; readonly now: Date },
): Promise<ReadyPassword> {
  const { memberId, password, old_password: oldPassword } = change;
  if (password === undefined) return {};
  const member = await tools.members.get(scope, memberId);
  if (memberId !== scope.actor.id)
    return {
      passwordHash: await tools.passwords.make({ username: member.username, password }, scope.tenantId),
    };
  if (oldPassword === undefined)
    throw invalid({
      old_password: { zh: '修改自己的密码需要原密码', en: 'One’s own password is changed with the old one' },
    });
  const own = await proveOwnChange(tools, { member, oldPassword, newPassword: password, address, now });
  return { passwordHash: own.newHash, own };
}
