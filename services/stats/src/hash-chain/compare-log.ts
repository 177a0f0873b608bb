/**
 * Compares the archive with the broker's log, which whoever writes the statistics' database cannot write: what is newest, and was taken
 * out of the archive with its links and anchors, still stands there. Of an erased tenant everything is gone: the log has to tell
 * that it was erased. Reads only.
 */
import type { Connection } from 'mongoose';
import type { Envelope } from '@membership/contracts/event';
import { tenantErased } from '@membership/contracts/events/gateway';
import type { Bus } from '@membership/platform/bus';
import { listErased } from '@membership/platform/erased-tenants';
import { logEntries } from '@membership/platform/log-entries';
import { STREAM_OFFSETS, type StreamOffset } from '@membership/platform/log-stream';
import { collectionOf } from '@membership/platform/mongo/bounded-reads';
import { READER } from '../archive/archive-repository.ts';
import { digestOf, type Entry } from './link.ts';
import type { Fault } from './verify-chains.ts';

type Options = { readonly tenantId?: number | undefined; readonly onFault: (fault: Fault) => void };

/** Returns how many events were compared, and how many are missing or others. Throws where the log is not the one that was read. */
export async function compareLog(
  connection: Connection,
  bus: Bus,
  { tenantId, onFault }: Options,
): Promise<{ readonly compared: number; readonly faults: number }> {
  const reached = await collectionOf<StreamOffset>(connection, STREAM_OFFSETS).findOne({ _id: READER });
  if (!reached) throw new Error('The statistics have read nothing of the log yet.');
  let [compared, faults] = [0, 0];
  const report = (fault: Fault): void => {
    faults++;
    onFault(fault);
  };
  const erased = new Set(await listErased(connection));
  const gone = new Set<number>();
  const told = new Set<number>();
  for await (const entries of logEntries(bus, reached.offset)) {
    const events = entries.flatMap(({ event }) =>
      event && (tenantId === undefined || event.tenantid === tenantId) ? [event] : [],
    );
    compared += events.length;
    for (const { type, tenantid } of events) if (type === tenantErased.type) told.add(tenantid);
    for (const fault of await faultsOf(connection, events))
      if (erased.has(fault.tenantId)) gone.add(fault.tenantId);
      else report(fault);
  }
  for (const one of gone)
    if (!told.has(one))
      report({
        ...{ tenantId: one, number: null },
        found: 'its events are gone as if it were erased: the broker’s log tells of no erasure',
      });
  return { compared, faults };
}

async function faultsOf(connection: Connection, events: readonly Envelope[]): Promise<Fault[]> {
  const archived = await collectionOf<Entry>(connection, 'archive')
    .find({ _id: { $in: events.map(({ id }) => id) } })
    .toArray();
  const byId = new Map(archived.map((entry) => [entry._id, entry]));
  return events.flatMap((event) => {
    const entry = byId.get(event.id);
    const digest = digestOf({ type: event.type, text: JSON.stringify(event) });
    if (entry && entry.tenantId === event.tenantid && digestOf(entry) === digest) return [];
    const found = `event ${event.id} is ${entry ? 'another' : 'missing'}: the broker’s log has it`;
    return [{ tenantId: event.tenantid, number: null, found }];
  });
}
