/** Wires the service. */
import { scheduleJob } from '@membership/platform/job';
import { trustGateway } from '@membership/platform/http/trust-gateway';
import { startLogReader } from '@membership/platform/log-stream';
import type { ServiceContext, ServiceParts } from '@membership/platform/service';
import type { statsSettings } from './config.ts';
import { ArchiveRepository, placeArchive, tellCauses } from './counting/archive-repository.ts';
import { countWhenDue, ensureGeneration } from './counting/count-archive.ts';
import { countEvents } from './counting/count-events.ts';
import { CountersRepository } from './counting/counters-repository.ts';
import { Generations, RULES } from './counting/generations.ts';
import { eraseArchived } from './erasures/erase-archived.ts';
import { exportsRoutes } from './exports/exports.routes.ts';
import { LiveFigures, PACE } from './live/live-figures.ts';
import { liveRoutes } from './live/live.routes.ts';
import { leaderboardsRoutes } from './reports/leaderboards.routes.ts';
import { reportsRoutes } from './reports/reports.routes.ts';
import { auditAnchorsRoutes } from './hash-chain/audit-anchors.routes.ts';
import { ChainRepository } from './hash-chain/chain-repository.ts';
import { anchorChains, extendChains } from './hash-chain/extend-chains.ts';
import { TrailRepository } from './trail/trail-repository.ts';
import { trailRoutes } from './trail/trail.routes.ts';

/** Key of the stored offset. Another name would read the log from its start; the archive drops what is known. */
const READER = 'stats';
/** How often is looked for erased members whose names the archive still tells. */
const ERASE_MILLISECONDS = 10_000;
/** How often is looked for generations of this version's that do not hold the whole archive. */
const COUNT_MILLISECONDS = 10_000;

/** How often the hash chains of the audit trails catch up with the archive. */
const CHAIN_MILLISECONDS = 5_000;

/** Other rules and another pace are for tests alone. */
export function build(
  {
    connection,
    transactions,
    settings: { LIVE_LISTENERS_PER_TENANT },
    secret,
    metrics,
    logger,
  }: ServiceContext<typeof statsSettings>,
  {
    rules = RULES,
    countMilliseconds = COUNT_MILLISECONDS,
    chainMilliseconds = CHAIN_MILLISECONDS,
    pace = PACE,
  } = {},
): ServiceParts {
  const archive = new ArchiveRepository(connection);
  const counters = new CountersRepository(connection);
  const generations = new Generations(connection, rules);
  const parts = { archive, counters, generations, transactions };
  const outcomes = metrics.counter(
    'membership_stats_events_total',
    'Events of the log by what became of them',
    ['outcome'],
  );
  const trail = new TrailRepository(archive);
  const chains = new ChainRepository(connection, archive);
  const chainParts = { connection, chains, secret: secret('INTERNAL_KEY') };
  const live = new LiveFigures({
    counters,
    generations,
    trail,
    logger,
    most: LIVE_LISTENERS_PER_TENANT,
    pace,
  });
  metrics.gauge('membership_stats_listeners', 'Connections that follow figures', [], (gauge) =>
    gauge.set(live.size),
  );
  return {
    implementations: [
      ...reportsRoutes({ counters, generations }),
      ...trailRoutes({ counters, generations, trail }),
      ...exportsRoutes({ counters, generations, trail }),
      ...liveRoutes(live),
      ...leaderboardsRoutes({ counters, generations }),
      ...auditAnchorsRoutes(chains),
    ],
    authenticate: trustGateway(secret('INTERNAL_KEY'), 'stats'),
    migrations: [placeArchive, tellCauses],
    async start(bus) {
      await ensureGeneration(parts);
      const counting = scheduleJob({
        connection,
        logger,
        metrics,
        // Each version's own: one must not keep another from counting.
        name: `stats-count-${rules.counting}`,
        every: countMilliseconds,
        run: () => countWhenDue(parts),
      });
      const reader = await startLogReader({
        bus,
        connection,
        transactions,
        name: READER,
        handle: async (events, { session, unit, offsets }) => {
          const { fresh, repeated, unreadable, isCounted } = await countEvents(
            parts,
            events,
            offsets,
            session,
          );
          // Once they are counted for good: the transaction may run again.
          unit.afterCommit(() => {
            if (!isCounted) counting.runNow().catch(() => undefined);
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
      const chaining = scheduleJob({
        connection,
        logger,
        metrics,
        name: 'stats-hash-chain',
        every: chainMilliseconds,
        run: async () => (await extendChains(chainParts)) || (await anchorChains(chainParts, new Date())),
      });
      return async () => {
        await live.stop();
        await chaining.stop();
        await erasing.stop();
        await counting.stop();
        await reader.stop();
      };
    },
  };
}
