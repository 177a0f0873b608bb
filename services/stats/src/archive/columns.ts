/** What of an event stands beside its text in the archive: entries are found by it. */
import { isDeepStrictEqual } from 'node:util';
import type { Envelope } from '@membership/contracts/event';
import { memberOf } from './member-of.ts';
import type { ArchivedEvent } from './models.ts';

/** Who caused an event, and by which event. */
export const askedOf = ({ actor, causationid }: Envelope) => ({
  actor,
  ...(causationid === undefined ? {} : { causeId: causationid }),
});

/** All that an event is found by, besides its tenant and its place. */
export const columnsOf = (event: Envelope) => ({
  type: event.type,
  time: new Date(event.time),
  memberId: memberOf(event),
  ...askedOf(event),
});

const COLUMNS = ['type', 'time', 'memberId', 'actor', 'causeId'] as const;
export type Columns = Pick<ArchivedEvent, (typeof COLUMNS)[number]>;

/** Names of the columns of an entry that say something else than its text, or say it as another type: entries are not found by that. */
export function columnsBesideText({ text, ...entry }: Columns & { readonly text: string }): string[] {
  const said: Columns = columnsOf(JSON.parse(text) as Envelope);
  return COLUMNS.filter((name) => !isDeepStrictEqual(entry[name] ?? null, said[name] ?? null));
}
