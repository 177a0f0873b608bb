/** Proves a code of a second factor: looked at before the transaction, for failures are counted; taken in it, once. */
import { refuse } from '@membership/contracts/errors';
import type { Logger } from '@membership/platform/log';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { LoginFailureRepository } from './login-failure-repository.ts';
import { guess, provedBy } from './guess.ts';
import { addressKey, codeKey, ownKey } from './login-failures.ts';
import type { Passwords } from './passwords.ts';
import type { Member } from '../domain/member.ts';
import type { SecretBox, SealedSecret } from '../secrets/secret-box.ts';
import { openSecret } from './second-factor.ts';
import type { SecondFactor, SecondFactorRepository } from './second-factor-repository.ts';
import { recoveryHash, stepOf } from './totp.ts';

export type CodeTools = {
  readonly factors: SecondFactorRepository;
  readonly failures: LoginFailureRepository;
  readonly passwords: Pick<Passwords, 'inTurn'>;
  readonly box: SecretBox;
  readonly logger: Logger;
};
export type ShownCode = {
  readonly code: string;
  readonly address: string;
  readonly now: Date;
  /** Of the request: nothing is committed after it. */
  readonly deadline: number;
};
export type ProvenCode =
  | { readonly kind: 'step'; readonly step: number }
  | { readonly kind: 'recovery'; readonly hash: string };

export const wrongCode = () =>
  refuse('AUTH_001', {
    text: { zh: '验证码错误或已使用', en: 'The code is wrong, or was used before' },
  });

/** What a code of a member's factor is. Refuses (AUTH_001) one that fits nothing or was used; RATE_LIMITED after five of them. */
export function proveCode(
  tools: CodeTools,
  member: Member,
  { secret, lastStep, recoveryHashes }: SecondFactor,
  shown: ShownCode,
): Promise<ProvenCode> {
  return counted(tools, member, shown, () => {
    const hash = recoveryHash(member.id, shown.code);
    if (recoveryHashes.includes(hash)) return { kind: 'recovery', hash };
    const step = secret && stepOfSealed(tools, member, secret, shown);
    return step !== null && step > lastStep ? { kind: 'step', step } : null;
  });
}

/** The step of a code of a secret that is not on yet. Refuses as `proveCode` does. */
export const provePending = (
  tools: CodeTools,
  member: Member,
  secret: SealedSecret,
  shown: ShownCode,
): Promise<number> => counted(tools, member, shown, () => stepOfSealed(tools, member, secret, shown));

/** Takes a proven code. Refuses (AUTH_001) one that another request took in between. */
export async function takeCode(
  { factors }: Pick<CodeTools, 'factors'>,
  scope: TenantScope,
  memberId: number,
  proven: ProvenCode,
  { session }: UnitOfWork,
): Promise<void> {
  const isTaken =
    proven.kind === 'step'
      ? await factors.takeStep(scope, memberId, proven.step, session)
      : await factors.takeRecoveryCode(scope, memberId, proven.hash, session);
  if (!isTaken) throw wrongCode();
}

/** One look at a time of a member, each failure counted as a failed login and as a failed code. */
function counted<T>(
  { failures, passwords }: CodeTools,
  member: Member,
  { address, now }: ShownCode,
  look: () => T | null,
): Promise<T> {
  const keys = [codeKey(member.id), addressKey(address)];
  return passwords.inTurn(codeKey(member.id), async () =>
    provedBy(await guess(failures, { keys, besides: [ownKey(member)], now }, look), wrongCode),
  );
}

function stepOfSealed(
  { box, logger }: CodeTools,
  member: Member,
  sealed: SealedSecret,
  { code, now }: ShownCode,
): number | null {
  let secret: string;
  try {
    secret = openSecret(box, member, sealed);
  } catch (error) {
    logger.error(
      { err: error, memberId: member.id },
      'a second factor cannot be read (was WEBHOOK_SECRET_KEY changed?)',
    );
    throw refuse('SYS_002', { cause: error });
  }
  return stepOf(secret, code, now);
}
