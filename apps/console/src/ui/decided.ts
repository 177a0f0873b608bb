/** Whether anybody knows what became of an act. */
import { MembershipError } from '@membership/client';

/** The platform has answered what became of it; a lost answer or OUTCOME_UNKNOWN leaves that open. */
export const isDecided = (error: unknown): boolean =>
  error instanceof MembershipError
    ? error.status < 500 && error.status !== 408
    : error instanceof Error && error.name === 'SessionOver';
