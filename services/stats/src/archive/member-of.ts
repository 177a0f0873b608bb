/** Whom an event is about, where it is about a member; a profile has its member's id. */
import type { Envelope } from '@membership/contracts/event';

export function memberOf({ data }: Pick<Envelope, 'data'>): number | null {
  const id = data.memberId ?? data.profileId;
  return Number.isSafeInteger(id) ? (id as number) : null;
}
