/** The first platform administrator, made at the start from the settings while there is none. */
import type { Ids } from '@membership/platform/ids';
import type { Logger } from '@membership/platform/log';
import { isDuplicateKey } from '@membership/platform/transaction-failures';
import { scopeOfJob } from '@membership/platform/scope';
import type { Transactions } from '@membership/platform/transaction';
import type { Passwords } from '../credentials/passwords.ts';
import { PLATFORM_TENANT, type Member } from '../domain/member.ts';
import type { MemberRepository } from '../storage/member-repository.ts';

type Tools = {
  readonly members: MemberRepository;
  readonly ids: Ids;
  readonly passwords: Passwords;
  readonly transactions: Transactions;
  readonly logger: Logger;
};

/** Makes it, unless there is one. Several replicas may start at once: one makes it, the others find it. */
export async function ensureSuper(
  { members, ids, passwords, transactions, logger }: Tools,
  given: { username: string | undefined; password: string | undefined },
  now: Date,
): Promise<void> {
  const { password } = given;
  const username = given.username?.normalize('NFC');
  if (username === undefined || password === undefined || (await members.hasSuper())) return;
  const passwordHash = await passwords.hash({ username, password }, PLATFORM_TENANT);
  const scope = scopeOfJob(PLATFORM_TENANT, 'gateway', 'first-super');
  try {
    const isMade = await transactions.run(async (unit) => {
      if (await members.hasSuper(unit.session)) return false;
      const member: Member = {
        id: await ids.next('members'),
        tenantId: PLATFORM_TENANT,
        username,
        email: `${username}@platform.invalid`,
        displayName: username,
        role: 'super',
        isActive: true,
        externalId: null,
        passwordHash,
        passwordChangedAt: null,
        joinedAt: now,
        lastLoginAt: null,
        updatedAt: now,
        sequence: 0,
      };
      await members.insert(scope, [member], unit.session);
      return true;
    });
    if (isMade) logger.info({ username }, 'the first platform administrator was made');
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}
