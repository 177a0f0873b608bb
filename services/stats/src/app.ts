/** Wires the service. */
import { keyOf } from '@membership/platform/http/context';
import { scheduleJob } from '@membership/platform/job';
import { trustGateway } from '@membership/platform/http/trust-gateway';
import { startLogReader } from '@membership/platform/log-stream';
import type { ServiceContext, ServiceParts } from '@membership/platform/service';
import type { settings } from './config.ts';
import { ArchiveRepository } from './counting/archive-repository.ts';
import { countEvents } from './counting/count-events.ts';
import { CountersRepository } from './counting/counters-repository.ts';
import { firstGeneration, Generations } from './counting/generations.ts';
import { recountWhenDue } from './counting/recount.ts';
import { eraseArchived } from './erasures/erase-archived.ts';
import { reportsRoutes } from './reports/reports.routes.ts';

/** Key of the stored offset. Another name would read the log from its start; the archive drops what is known. */
const READER = 'stats';
/** How often is looked for erased members whose names the archive still tells. */
const ERASE_MILLISECONDS = 10_000;
/** How often is looked for a recount to be made or to go on. */
const RECOUNT_MILLISECONDS = 60_000;

export function build({
  connection,
  transactions,
  settings: { INTERNAL_KEY },
  metrics,
  logger,
}: ServiceContext<typeof settings>): ServiceParts {
  const archive = new ArchiveRepository(connection);
  const counters = new CountersRepository(connection);
  const generations = new Generations(connection);
  const outcomes = metrics.counter(
    'membership_stats_events_total',
    'Events of the log by what became of them',
    ['outcome'],
  );
  return {
    implementations: reportsRoutes({ counters, generations }),
    authenticate: trustGateway(keyOf(INTERNAL_KEY), 'stats'),
    migrations: [firstGeneration],
    async start(bus) {
      const reader = await startLogReader({
        bus,
        connection,
        transactions,
        name: READER,
        handle: async (events, { session, unit }) => {
          const { fresh, repeated, unreadable } = await countEvents(
            { archive, counters, generations },
            events,
            session,
          );
          // Once they are counted for good: the transaction may run again.
          unit.afterCommit(() => {
            outcomes.inc({ outcome: 'counted' }, fresh - unreadable.length);
            outcomes.inc({ outcome: 'repeated' }, repeated);
            outcomes.inc({ outcome: 'unreadable' }, unreadable.length);
            for (const { id, type, tenantid } of unreadable)
              logger.error(
                { eventId: id, type, tenantId: tenantid },
                'the data of an event is not what its type says: archived, not counted',
              );
          });
        },
      });
      const recount = scheduleJob({
        connection,
        logger,
        metrics,
        name: 'stats-recount',
        every: RECOUNT_MILLISECONDS,
        run: () => recountWhenDue({ archive, counters, generations, transactions }),
      });
      const erasing = scheduleJob({
        connection,
        logger,
        metrics,
        name: 'stats-erasures',
        every: ERASE_MILLISECONDS,
        run: async ({ signal }) => {
          await eraseArchived(connection, signal, new Date());
          return 0;
        },
      });
      return async () => {
        await erasing.stop();
        await recount.stop();
        await reader.stop();
      };
    },
  };
}
