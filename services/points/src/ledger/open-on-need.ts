/**
 * Commands of members whose profiles may not be there yet. Nobody asks before: nearly all are there. Where one is not, it is
 * made, and the command submitted again.
 */
import type { GroupCommit } from '@membership/platform/group-commit';
import type { Command } from './command.ts';
import type { ProfileOpening } from './profile-opening.ts';
import type { Outcome } from './outcome.ts';
import { NoProfile } from './refusals.ts';

export type Submitting = Pick<GroupCommit<Command, Outcome>, 'submit'>;

/** Refuses (BIZ_001) a member that does not exist, and whatever the ledger refuses. */
export const openingOnNeed = (group: Submitting, opening: ProfileOpening): Submitting => ({
  async submit(ticket) {
    try {
      return await group.submit(ticket);
    } catch (error) {
      if (!(error instanceof NoProfile)) throw error;
      await opening.ensure(ticket.scope, ticket.command.memberId);
      return group.submit(ticket);
    }
  },
});
