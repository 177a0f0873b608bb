/** A member of a tenant: rules and shape. Platform administrators are the members of tenant 0. */
import type { UserRole } from '@membership/contracts/claims';
import { emailSpelling } from '@membership/contracts/email';

export type Member = {
  readonly id: number;
  readonly tenantId: number;
  readonly username: string;
  readonly email: string;
  readonly displayName: string;
  readonly role: UserRole;
  readonly isActive: boolean;
  /** What an external issuer calls it. */
  readonly externalId: string | null;
  /** Null: cannot log in until it is given one. */
  readonly passwordHash: string | null;
  readonly passwordChangedAt: Date | null;
  readonly joinedAt: Date;
  readonly lastLoginAt: Date | null;
  readonly updatedAt: Date;
  /** Facts announced about it so far. */
  readonly sequence: number;
  /** When its personal data was erased. Absent: never. */
  readonly erasedAt?: Date;
};
export const PLATFORM_TENANT = 0;

/** In one form and in lower case, which is more than one where upper case is one: `ς` and `σ`, `ß` and `ss`. */
const lowerCased = (name: string): string => name.normalize('NFKC').toLowerCase().normalize('NFKC');

/**
 * Names are compared in one form and case, as Unicode folds it: nobody is `John` beside `john`, `STRASSE` beside `straße`,
 * `ΣΩΚΡΆΤΗΣ` beside `Σωκράτης`. The dotless `ı` has an upper case that is another letter's, and is none of it.
 */
export const nameKey = (name: string): string =>
  lowerCased(name)
    .replace(/[^ı]+/gu, (part) => part.toUpperCase().toLowerCase())
    .replaceAll('ς', 'σ')
    .normalize('NFKC');

/** Finds each key in lower case that is not folded, and few others. (The letters themselves: MongoDB's patterns know no \u.) */
export const FOLDED_OTHERWISE = new RegExp('\u0345|[ßς\u1c80-\u1c88\u1f80-\u1fff]', 'u');

/** Addresses are compared in the one spelling of their domain. */
export const emailKey = (email: string): string => nameKey(emailSpelling(email));

/**
 * Under which keys a name may stand: a version before compared lower case, and where two of a tenant would have become one
 * each still has the key of then.
 */
export const nameKeys = (name: string): string[] => [...new Set([nameKey(name), lowerCased(name)])];
export const emailKeys = (email: string): string[] => nameKeys(emailSpelling(email));
/** Whether two names were one already to that version. */
export const isSameName = (one: string, other: string): boolean => lowerCased(one) === lowerCased(other);

export type MemberChanges = Partial<
  Pick<Member, 'email' | 'displayName' | 'role' | 'isActive' | 'externalId' | 'passwordHash'>
>;
export type MemberFact = 'updated' | 'deactivated' | 'reactivated' | 'password_changed';
export type ChangedMember = {
  readonly member: Member;
  /** In this order, each with the next sequence. */
  readonly facts: readonly MemberFact[];
  /** Another role or password, or deactivated: what was given out before counts no more. */
  readonly endsSessions: boolean;
  /** Active administrators more (1) or fewer (-1). */
  readonly admins: -1 | 0 | 1;
};

const isActiveAdmin = ({ role, isActive }: Pick<Member, 'role' | 'isActive'>): boolean =>
  role === 'admin' && isActive;
/** Active administrators that a member counts for. */
export const adminsOf = (member: Pick<Member, 'role' | 'isActive'>): 0 | 1 => (isActiveAdmin(member) ? 1 : 0);

/** A member after a change, and what follows from it. A change that changes nothing announces nothing. */
export function changeMember(member: Member, changes: MemberChanges, now: Date): ChangedMember {
  const changed: Member = { ...member, ...changes };
  const isDescribedAnew = (['email', 'displayName', 'role', 'externalId'] as const).some(
    (field) => changed[field] !== member[field],
  );
  const hasNewPassword = changed.passwordHash !== member.passwordHash;
  const facts: MemberFact[] = [];
  if (isDescribedAnew) facts.push('updated');
  if (changed.isActive !== member.isActive) facts.push(changed.isActive ? 'reactivated' : 'deactivated');
  if (hasNewPassword) facts.push('password_changed');
  return {
    member:
      facts.length > 0
        ? {
            ...changed,
            passwordChangedAt: hasNewPassword ? now : member.passwordChangedAt,
            updatedAt: now,
            sequence: member.sequence + facts.length,
          }
        : member,
    facts,
    endsSessions: hasNewPassword || changed.role !== member.role || (member.isActive && !changed.isActive),
    admins: (adminsOf(changed) - adminsOf(member)) as -1 | 0 | 1,
  };
}

/** What is left of a member: its id, and names that nobody can choose. */
export const erasedMember = (member: Member, now: Date): Member => ({
  ...member,
  username: `erased:${member.id}`,
  email: `erased:${member.id}@erased.invalid`,
  displayName: '',
  role: 'member',
  isActive: false,
  externalId: null,
  passwordHash: null,
  lastLoginAt: null,
  updatedAt: now,
  erasedAt: now,
  sequence: member.sequence + 1,
});

/** What the fact of another password says: who set it and when, nothing of the password. */
export const passwordFactOf = (
  { id, passwordChangedAt, updatedAt }: Member,
  by: 'self' | 'administrator' | 'link',
) => ({
  memberId: id,
  by,
  at: (passwordChangedAt ?? updatedAt).toISOString(),
});

/** The state that its events carry. */
export const memberStateOf = ({
  id,
  username,
  email,
  displayName,
  role,
  isActive,
  externalId,
  joinedAt,
}: Member) => ({
  memberId: id,
  username,
  email,
  displayName,
  role,
  isActive,
  externalId,
  joinedAt: joinedAt.toISOString(),
});
