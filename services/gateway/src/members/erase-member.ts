/** Erasing what is personal of a member. What others keep of it they remove when they hear of it. */
import { invalidState } from '@membership/contracts/errors';
import { memberErased } from '@membership/contracts/events/gateway';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { CallerRecords } from '../storage/records.ts';
import { erasedMember, memberStateOf, type Member } from '../domain/member.ts';
import type { MemberRepository } from '../storage/member-repository.ts';
import type { OneTimeTokenRepository } from '../credentials/one-time-token-repository.ts';
import type { SecondFactorRepository } from '../credentials/second-factor-repository.ts';

export type EraseTools = {
  readonly members: MemberRepository;
  readonly factors: Pick<SecondFactorRepository, 'remove'>;
  readonly tokens: Pick<OneTimeTokenRepository, 'endAll'>;
  readonly records: CallerRecords;
  /** Forgets what was to be sent, or was sent, of the member's names to the tenant's own webhook endpoints. */
  readonly forgetDeliveries: (scope: TenantScope, memberId: number, unit: UnitOfWork) => Promise<void>;
};

/**
 * Erases a member that was deactivated before: no request of its own is under way any more. One that is erased stays as it is.
 * Refuses (404) an unknown one, (409 INVALID_STATE) an active one.
 */
export async function eraseMember(
  { members, factors, tokens, records, forgetDeliveries }: EraseTools,
  scope: TenantScope,
  memberId: number,
  now: Date,
  unit: UnitOfWork,
): Promise<Member> {
  const current = await members.get(scope, memberId, unit.session);
  if (current.erasedAt) return current;
  if (current.isActive)
    throw invalidState('active', ['deactivate'], {
      zh: '请先停用该成员',
      en: 'Deactivate the member first',
    });
  const member = erasedMember(current, now);
  await factors.remove(scope, memberId, unit.session);
  await tokens.endAll(scope, { memberId }, unit.session);
  await members.save(scope, member, unit.session);
  await forgetDeliveries(scope, memberId, unit);
  unit.announce(scope, memberErased, {
    subject: memberId,
    sequence: member.sequence,
    data: memberStateOf(member),
  });
  unit.afterCommit(() => records.members.forget(memberId));
  return member;
}
