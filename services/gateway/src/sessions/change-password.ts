/** Changing one's own password. */
import { invalid } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { CallerRecords } from '../callers/records.ts';
import { changeMember } from '../members/member.ts';
import type { MemberRepository } from '../members/member-repository.ts';
import type { EndSessions } from './end-sessions.ts';
import type { LoginFailureRepository } from './login-failure-repository.ts';
import { accountKey, addressKey, tooManyFailures } from './login-failures.ts';
import type { Passwords } from './passwords.ts';

export type ChangePasswordTools = {
  readonly members: MemberRepository;
  readonly failures: LoginFailureRepository;
  readonly passwords: Passwords;
  readonly records: CallerRecords;
  readonly endSessions: EndSessions;
};
export type PasswordChange = {
  readonly memberId: number;
  readonly oldPassword: string;
  readonly newPassword: string;
  readonly address: string;
  readonly now: Date;
};

/** Sets another password and ends every session. Refuses (400) an old password that does not fit and a new one that is none; RATE_LIMITED after too many failures. */
export async function changePassword(
  { members, failures, passwords, records, endSessions }: ChangePasswordTools,
  scope: TenantScope,
  { memberId, oldPassword, newPassword, address, now }: PasswordChange,
  unit: UnitOfWork,
): Promise<void> {
  const keys = [accountKey(memberId), addressKey(address)];
  const member = await members.get(scope, memberId, unit.session);
  await passwords.inTurn(accountKey(memberId), async () => {
    const blocked = await failures.blocked(keys, now);
    if (blocked.size > 0) throw tooManyFailures(Math.max(...blocked.values()));
    if (await passwords.fits(member.passwordHash, oldPassword)) return;
    // Outside the transaction on purpose: a failure is counted although nothing else happens.
    await failures.count(keys, now);
    throw invalid({ old_password: { zh: '原密码不正确', en: 'The old password is wrong' } });
  });
  if (newPassword === oldPassword)
    throw invalid({
      new_password: { zh: '新密码不能与原密码相同', en: 'Must differ from the old password' },
    });
  const { member: changed } = changeMember(member, { passwordHash: await passwords.hash(newPassword) }, now);
  await members.save(scope, changed, unit.session);
  await endSessions(scope, { memberId, now }, unit);
  unit.afterCommit(() => records.members.forget(memberId));
}
