/** Changing one's own password. */
import { invalid, type Refusal } from '@membership/contracts/errors';
import { memberPasswordChanged } from '@membership/contracts/events/gateway';
import type { Logger } from '@membership/platform/log';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { CallerRecords } from '../storage/records.ts';
import { changeMember, passwordFactOf, PLATFORM_TENANT, type Member } from '../domain/member.ts';
import type { MemberRepository } from '../storage/member-repository.ts';
import type { EndSessions } from './end-sessions.ts';
import type { LoginFailureRepository } from '../credentials/login-failure-repository.ts';
import { guess, provedBy } from '../credentials/guess.ts';
import { accountKey, addressKey } from '../credentials/login-failures.ts';
import type { Passwords } from '../credentials/passwords.ts';

export type ProofTools = { readonly failures: LoginFailureRepository; readonly passwords: Passwords };
export type ChangePasswordTools = ProofTools & {
  readonly members: MemberRepository;
  readonly records: CallerRecords;
  readonly endSessions: EndSessions;
  readonly logger: Logger;
};
/** A password that its owner proved, and the hash of the next one. */
export type ProvenChange = { readonly provenHash: string | null; readonly newHash: string };
export type ShownPassword = {
  readonly member: Member;
  readonly password: string;
  readonly address: string;
  readonly now: Date;
};
export type OwnChange = {
  readonly member: Member;
  readonly oldPassword: string;
  readonly newPassword: string;
  readonly address: string;
  readonly now: Date;
};

const wrongOldPassword = () =>
  invalid({ old_password: { zh: '原密码不正确', en: 'The old password is wrong' } });

/**
 * Proves the old password and hashes the new one; before the transaction, for both take long, and a failure is counted although
 * nothing else happens. Refuses (400) an old password that does not fit and a new one that is none; RATE_LIMITED after too many
 * failures.
 */
export async function proveOwnChange(
  tools: ProofTools,
  { member, oldPassword, newPassword, address, now }: OwnChange,
): Promise<ProvenChange> {
  const { username, tenantId, passwordHash } = member;
  await prove(tools, { member, password: oldPassword, address, now }, wrongOldPassword);
  if (newPassword.normalize('NFC') === oldPassword.normalize('NFC'))
    throw invalid({
      new_password: { zh: '新密码不能与原密码相同', en: 'Must differ from the old password' },
    });
  const newHash = await tools.passwords.hash({ username, password: newPassword }, tenantId);
  return { provenHash: passwordHash, newHash };
}

/** Proves the password of who is logged in. Refuses (400) a wrong one; RATE_LIMITED after too many failures. */
export const proveOwnPassword = (tools: ProofTools, shown: ShownPassword): Promise<void> =>
  prove(tools, shown, () => invalid({ password: { zh: '密码不正确', en: 'The password is wrong' } }));

function prove(
  { failures, passwords }: ProofTools,
  { member, password, address, now }: ShownPassword,
  wrong: () => Refusal,
): Promise<void> {
  const { id, username, tenantId, passwordHash } = member;
  return passwords.inTurn(accountKey(id), async () => {
    const guessed = await guess(failures, { keys: [accountKey(id), addressKey(address)], now }, async () =>
      (await passwords.fits(passwordHash, { username, password }, tenantId)) ? true : null,
    );
    provedBy(guessed, wrong);
  });
}

/** Refuses (400) what was proved of a password that has been changed meanwhile. */
export function requireStill(member: Member, { provenHash }: ProvenChange): void {
  if (member.passwordHash !== provenHash) throw wrongOldPassword();
}

/** Sets another password and ends every session. Refuses (400) when the old one was changed since it was proved. */
export async function changePassword(
  { members, records, endSessions, logger }: ChangePasswordTools,
  scope: TenantScope,
  memberId: number,
  change: ProvenChange,
  now: Date,
  unit: UnitOfWork,
): Promise<void> {
  const member = await members.get(scope, memberId, unit.session);
  requireStill(member, change);
  const { member: changed } = changeMember(member, { passwordHash: change.newHash }, now);
  await members.save(scope, changed, unit.session);
  await endSessions(scope, { memberId, now }, unit);
  // Events belong to tenants; of the platform's own administrators the log tells.
  if (member.tenantId === PLATFORM_TENANT)
    unit.afterCommit(() => logger.info({ memberId }, 'a platform administrator has another password'));
  else
    unit.announce(scope, memberPasswordChanged, {
      subject: memberId,
      sequence: changed.sequence,
      data: passwordFactOf(changed, 'self'),
    });
  unit.afterCommit(() => records.members.forget(memberId));
}
