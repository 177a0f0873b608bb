/**
 * Links by which members choose a password. A fact tells the tenant's systems that one is wanted; its mailer fetches the token with
 * credentials of its own, once, and sends it. Neither event nor database holds a token.
 */
import { randomUUID } from 'node:crypto';
import { invalidState, refuse } from '@membership/contracts/errors';
import {
  memberPasswordChanged,
  memberPasswordLinkFetched,
  memberPasswordLinkRequested,
} from '@membership/contracts/events/gateway';
import { digest, type TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { CallerRecords } from '../storage/records.ts';
import type { LoginFailureRepository } from '../credentials/login-failure-repository.ts';
import { ownKey } from '../credentials/login-failures.ts';
import type { OneTimeTokenRepository } from '../credentials/one-time-token-repository.ts';
import type { Passwords } from '../credentials/passwords.ts';
import { changeMember, passwordFactOf, PLATFORM_TENANT, type Member } from '../domain/member.ts';
import type { MemberRepository } from '../storage/member-repository.ts';
import type { EndSessions } from '../sessions/end-sessions.ts';
import type { TenantRepository } from '../storage/tenant-repository.ts';
import { noSuchLink, type PasswordLink, type PasswordLinkRepository } from './password-link-repository.ts';

export type LinkTools = {
  readonly members: MemberRepository;
  readonly tenants: TenantRepository;
  readonly links: PasswordLinkRepository;
  readonly tokens: OneTimeTokenRepository;
  readonly passwords: Passwords;
  readonly records: CallerRecords;
  readonly failures: LoginFailureRepository;
  readonly endSessions: EndSessions;
  readonly linkHours: { readonly invitation: number; readonly reset: number };
};

/**
 * Has a link made, which a fact tells of. Refuses (404) an unknown member, (INVALID_STATE) a deactivated one, (PERM_001) a system that
 * names an administrator: its credential alone would be one.
 */
export async function requestLink(
  { members, links, linkHours }: LinkTools,
  scope: TenantScope,
  memberId: number,
  now: Date,
  unit: UnitOfWork,
): Promise<PasswordLink> {
  const current = await members.get(scope, memberId, unit.session);
  if (scope.actor.role === 'internal' && current.role !== 'member')
    throw refuse('PERM_001', {
      text: {
        zh: '系统只能为普通成员生成密码链接；管理员的链接须由管理员或其本人申请',
        en: 'A system has links made for plain members alone: for an administrator, another one or the person asks',
      },
    });
  if (!current.isActive)
    throw invalidState('inactive', ['reactivate'], {
      zh: '成员已停用',
      en: 'The member is deactivated',
    });
  const kind = current.passwordHash === null ? 'invitation' : 'reset';
  const expiresAt = new Date(now.getTime() + linkHours[kind] * 3_600_000);
  const { role } = current;
  const link: PasswordLink = {
    ...{ id: randomUUID(), memberId, role, restsOn: restsOn(current) },
    ...{ kind, expiresAt, fetchedAt: null },
  };
  await links.insert(scope, link, unit.session);
  const sequence = current.sequence + 1;
  await members.save(scope, { ...current, sequence }, unit.session);
  unit.announce(scope, memberPasswordLinkRequested, {
    subject: memberId,
    sequence,
    data: { memberId, linkId: link.id, kind, expiresAt: expiresAt.toISOString() },
  });
  return link;
}

/**
 * The token of a link, once; a fact tells who has it. Refuses (404) an unknown one, or whose member has another role by now: a
 * system had it made for a plain member, and would have an administrator's; (INVALID_STATE) one that was fetched, or whose
 * member is deactivated or has another password by now.
 */
export async function fetchLink(
  { members, links, tokens }: LinkTools,
  scope: TenantScope,
  linkId: string,
  now: Date,
  unit: UnitOfWork,
): Promise<{ link: PasswordLink; member: Member; token: string }> {
  const link = await links.get(scope, linkId, now, unit.session);
  if (link.fetchedAt)
    throw invalidState('fetched', [], {
      zh: '令牌已被取走，请重新生成链接',
      en: 'The token was fetched before: have another link made',
    });
  const member = await members.get(scope, link.memberId, unit.session);
  if (link.role !== undefined && link.role !== member.role) throw noSuchLink();
  if (!member.isActive)
    throw invalidState('inactive', [], { zh: '成员已停用', en: 'The member is deactivated' });
  if (link.restsOn !== undefined && link.restsOn !== restsOn(member))
    throw invalidState('ended', [], {
      zh: '申请之后密码已更改，请重新生成链接',
      en: 'The password was changed since it was asked for: have another link made',
    });
  await links.setFetched(scope, linkId, now, unit.session);
  const { memberId, kind, expiresAt } = link;
  const sequence = member.sequence + 1;
  await members.save(scope, { ...member, sequence }, unit.session);
  unit.announce(scope, memberPasswordLinkFetched, {
    subject: memberId,
    sequence,
    data: { memberId, linkId, kind, at: now.toISOString() },
  });
  // The newest link is the one that works.
  await tokens.endAll(scope, { memberId, purpose: 'password-link' }, unit.session);
  const given = { prefix: 'pl_', memberId, expiresAt, restsOn: restsOn(member) };
  return { link, member, token: await tokens.make(scope, 'password-link', given, unit.session) };
}

export type ReadyLink = { readonly member: Member; readonly token: string; readonly passwordHash: string };

/** Who a token is of, and the hash of the password it is to have. Refuses (AUTH_003) one that is over; TENANT_SUSPENDED. */
export async function readyLink(
  { members, tenants, tokens, passwords }: LinkTools,
  { token, password, now }: { readonly token: string; readonly password: string; readonly now: Date },
): Promise<ReadyLink> {
  const known = await tokens.find('password-link', token, now);
  const member = known && (await members.findAnywhere(known.memberId));
  if (!member?.isActive || member.tenantId === PLATFORM_TENANT || known?.restsOn !== restsOn(member))
    throw over();
  if (!(await tenants.get(member.tenantId)).isActive) throw refuse('TENANT_SUSPENDED');
  const { username, tenantId } = member;
  return { member, token, passwordHash: await passwords.hash({ username, password }, tenantId) };
}

/** Sets the password, ends every session, and lets in who was closed by failures. Refuses (AUTH_003) a token that another request took, or of a password from before. */
export async function acceptLink(
  { members, tokens, records, failures, endSessions }: LinkTools,
  scope: TenantScope,
  { member, token, passwordHash }: ReadyLink,
  now: Date,
  unit: UnitOfWork,
): Promise<void> {
  const { id } = member;
  if (!(await tokens.take(scope, 'password-link', token, unit.session))) throw over();
  const current = await members.get(scope, id, unit.session);
  if (!current.isActive || current.passwordHash !== member.passwordHash) throw over();
  const { member: changed } = changeMember(current, { passwordHash }, now);
  await members.save(scope, changed, unit.session);
  await endSessions(scope, { memberId: id, now }, unit);
  unit.announce(scope, memberPasswordChanged, {
    subject: id,
    sequence: changed.sequence,
    data: passwordFactOf(changed, 'link'),
  });
  await failures.forget(ownKey(current));
  unit.afterCommit(() => records.members.forget(id));
}

/** A token is worth nothing with another password or role. */
const restsOn = ({ passwordHash, role }: Member): string =>
  digest('password', String(passwordHash), ...(role === 'member' ? [] : [role]));
const over = () =>
  refuse('AUTH_003', {
    text: { zh: '链接无效、已使用或已失效', en: 'This link is not valid, was used or has ended' },
  });
