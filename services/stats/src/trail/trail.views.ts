/** How the audit trail looks to a client. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type { getEventChain, listEvents } from '@membership/contracts/endpoints/stats/index';
import type { TrailEntry } from './trail-repository.ts';
import type { Chain } from './walk-chain.ts';

type EntryView = ItemOf<typeof listEvents>['results'][number];

export const entryView = ({ position, memberId, envelope }: TrailEntry): EntryView => ({
  id: envelope.id,
  position,
  type: envelope.type,
  time: new Date(envelope.time).toISOString(),
  subject: envelope.subject,
  sequence: envelope.sequence,
  member_id: memberId !== null && memberId > 0 ? memberId : null,
  actor: envelope.actor,
  source: envelope.source,
  request_id: envelope.correlationid,
  cause: envelope.causationid ?? null,
  data: envelope.data,
});

export const chainView = ({
  event,
  causes,
  effects,
  isComplete,
}: Chain): Omit<ItemOf<typeof getEventChain>, 'as_of'> => ({
  event: entryView(event),
  causes: causes.map(entryView),
  effects: effects.map(entryView),
  is_complete: isComplete,
});
