/** Wires the service. */
import { keyOf } from '@membership/platform/http/context';
import { trustGateway } from '@membership/platform/http/trust-gateway';
import { startLogReader } from '@membership/platform/log-stream';
import type { ServiceContext, ServiceParts } from '@membership/platform/service';
import type { settings } from './config.ts';
import { ArchiveRepository } from './counting/archive-repository.ts';
import { countEvents } from './counting/count-events.ts';
import { CountersRepository, firstGeneration } from './counting/counters-repository.ts';
import { reportsRoutes } from './reports/reports.routes.ts';

/** Key of the stored offset. Another name would read the log from its start; the archive drops what is known. */
const READER = 'stats';

export function build({
  connection,
  transactions,
  settings: { INTERNAL_KEY },
  metrics,
  logger,
}: ServiceContext<typeof settings>): ServiceParts {
  const archive = new ArchiveRepository(connection);
  const counters = new CountersRepository(connection);
  const outcomes = metrics.counter(
    'membership_stats_events_total',
    'Events of the log by what became of them',
    ['outcome'],
  );
  return {
    implementations: reportsRoutes(counters),
    authenticate: trustGateway(keyOf(INTERNAL_KEY), 'stats'),
    migrations: [firstGeneration],
    async start(bus) {
      const reader = await startLogReader({
        bus,
        connection,
        transactions,
        name: READER,
        handle: async (events, { session }) => {
          const { fresh, repeated, unreadable } = await countEvents({ archive, counters }, events, session);
          outcomes.inc({ outcome: 'counted' }, fresh - unreadable.length);
          outcomes.inc({ outcome: 'repeated' }, repeated);
          outcomes.inc({ outcome: 'unreadable' }, unreadable.length);
          for (const { id, type, tenantid } of unreadable)
            logger.error(
              { eventId: id, type, tenantId: tenantid },
              'the data of an event is not what its type says: archived, not counted',
            );
        },
      });
      return () => reader.stop();
    },
  };
}
