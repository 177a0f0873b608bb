/** Adding and changing members. */
import { invalid, invalidState, refuse, type FieldTexts } from '@membership/contracts/errors';
import {
  memberCreated,
  memberDeactivated,
  memberPasswordChanged,
  memberReactivated,
  memberUpdated,
} from '@membership/contracts/events/gateway';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { CallerRecords } from '../storage/records.ts';
import { requireStill, type ProvenChange } from '../sessions/change-password.ts';
import type { EndSessions } from '../sessions/end-sessions.ts';
import type { OneTimeTokenRepository } from '../credentials/one-time-token-repository.ts';
import type { Passwords } from '../credentials/passwords.ts';
import type { PasswordLinkRepository } from '../password-links/password-link-repository.ts';
import type { TenantRepository } from '../storage/tenant-repository.ts';
import {
  adminsOf,
  changeMember,
  memberStateOf,
  passwordFactOf,
  emailKey,
  isSameName,
  nameKey,
  type Member,
  type MemberChanges,
  type MemberFact,
} from '../domain/member.ts';
import type { MemberRepository, TakenNames } from '../storage/member-repository.ts';

export type MemberTools = {
  readonly members: MemberRepository;
  readonly tenants: TenantRepository;
  readonly ids: Ids;
  readonly passwords: Passwords;
  readonly records: CallerRecords;
  readonly endSessions: EndSessions;
  readonly tokens: Pick<OneTimeTokenRepository, 'endAll'>;
  readonly links: Pick<PasswordLinkRepository, 'endAll'>;
};
export type NewMember = {
  readonly username: string;
  readonly email: string;
  readonly role: 'member' | 'admin';
  readonly displayName?: string | undefined;
  readonly externalId?: string | null | undefined;
  readonly passwordHash: string | null;
};

const FACTS = {
  updated: memberUpdated,
  deactivated: memberDeactivated,
  reactivated: memberReactivated,
} as const satisfies Record<Exclude<MemberFact, 'password_changed'>, unknown>;

/** A new member's record. */
export const joining = (
  { username, email, role, displayName, externalId, passwordHash }: NewMember,
  { id, tenantId, now }: { id: number; tenantId: number; now: Date },
): Member => ({
  id,
  tenantId,
  username,
  email,
  displayName: displayName || username,
  role,
  isActive: true,
  externalId: externalId ?? null,
  passwordHash,
  passwordChangedAt: null,
  joinedAt: now,
  lastLoginAt: null,
  updatedAt: now,
  sequence: 1,
});

/** What of a new member's names is taken, by field; nothing when all are free. */
export function takenFields(
  { username, email, externalId }: Pick<NewMember, 'username' | 'email' | 'externalId'>,
  taken: TakenNames,
): FieldTexts {
  return {
    ...(taken.usernames.has(nameKey(username))
      ? { username: [{ zh: '该用户名已存在', en: 'This username is taken' }] }
      : {}),
    ...(taken.emails.has(emailKey(email))
      ? { email: [{ zh: '该邮箱已存在', en: 'This email is taken' }] }
      : {}),
    ...(externalId && taken.externalIds.has(externalId)
      ? { external_id: [{ zh: '该外部ID已存在', en: 'This external id is taken' }] }
      : {}),
  };
}

/** Adds a member. Refuses (400) a username, email or external id that the tenant has already. */
export async function createMember(
  { members, tenants, ids }: MemberTools,
  scope: TenantScope,
  command: NewMember,
  now: Date,
  unit: UnitOfWork,
): Promise<Member> {
  const names = {
    usernames: [command.username],
    emails: [command.email],
    externalIds: command.externalId ? [command.externalId] : [],
  };
  refuseFields(takenFields(command, await members.taken(scope, names, unit.session)));
  const member = joining(command, { id: await ids.next('members'), tenantId: scope.tenantId, now });
  await members.insert(scope, [member], unit.session);
  await tenants.count(
    scope.tenantId,
    { members: 1, admins: adminsOf(member), adminsAtLeast: 0 },
    unit.session,
  );
  unit.announce(scope, memberCreated, {
    subject: member.id,
    sequence: member.sequence,
    data: memberStateOf(member),
  });
  return member;
}

/**
 * Changes a member. Refuses (404) an unknown one, (400) an email or external id that is taken, (409 CONFLICT) taking the
 * last active administrator away, unless a platform administrator does it, (409 INVALID_STATE) an erased one.
 */
export async function updateMember(
  tools: MemberTools,
  scope: TenantScope,
  memberId: number,
  changes: MemberChanges,
  now: Date,
  unit: UnitOfWork,
  /** Of one's own password: what was proved before. */
  own?: ProvenChange,
): Promise<Member> {
  const { members, tenants, records } = tools;
  const current = await members.get(scope, memberId, unit.session);
  if (current.erasedAt) throw invalidState('erased', []);
  if (own) requireStill(current, own);
  await refuseTaken(tools, scope, current, changes, unit);
  const { member, facts, endsSessions, admins } = changeMember(current, changes, now);
  if (member === current) return current;
  const adminsAtLeast = scope.actor.role === 'super' ? 0 : 1;
  if (!(await tenants.count(scope.tenantId, { members: 0, admins, adminsAtLeast }, unit.session)))
    throw refuse('CONFLICT', {
      text: { zh: '租户至少需要一名有效的管理员', en: 'A tenant keeps at least one active administrator' },
    });
  await members.save(scope, member, unit.session);
  if (endsSessions) await tools.endSessions(scope, { memberId, now }, unit);
  if (facts.includes('deactivated')) {
    // Whoever is let in again later is let in by what is given then.
    await tools.tokens.endAll(scope, { memberId }, unit.session);
    await tools.links.endAll(scope, memberId, unit.session);
  }
  facts.forEach((fact, index) => {
    const about = { subject: member.id, sequence: current.sequence + index + 1 };
    if (fact === 'password_changed')
      unit.announce(scope, memberPasswordChanged, {
        ...about,
        data: passwordFactOf(member, memberId === scope.actor.id ? 'self' : 'administrator'),
      });
    else unit.announce(scope, FACTS[fact], { ...about, data: memberStateOf(member) });
  });
  unit.afterCommit(() => records.members.forget(memberId));
  return member;
}

async function refuseTaken(
  { members }: MemberTools,
  scope: TenantScope,
  current: Member,
  changes: MemberChanges,
  unit: UnitOfWork,
): Promise<void> {
  const email =
    changes.email !== undefined && !isSameName(changes.email, current.email) ? changes.email : undefined;
  const externalId =
    changes.externalId && changes.externalId !== current.externalId ? changes.externalId : undefined;
  if (email === undefined && externalId === undefined) return;
  const taken = await members.taken(
    scope,
    { usernames: [], emails: email ? [email] : [], externalIds: externalId ? [externalId] : [] },
    unit.session,
    current.id,
  );
  refuseFields(takenFields({ username: '', email: email ?? '', externalId }, taken));
}

function refuseFields(fields: FieldTexts): void {
  if (Object.keys(fields).length > 0) throw invalid(fields);
}
