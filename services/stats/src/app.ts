/** Wires the service. */
import { tenantErased } from '@membership/contracts/events/gateway';
import { openCalls } from '@membership/platform/bus/calls';
import { pause } from '@membership/platform/wake';
import { rememberErased } from '@membership/platform/erased-tenants';
import { scheduleJob } from '@membership/platform/job';
import { trustGateway } from '@membership/platform/http/trust-gateway';
import { startLogReader } from '@membership/platform/log-stream';
import type { ServiceContext, ServiceParts } from '@membership/platform/service';
import type { statsSettings } from './config.ts';
import { archiveEvents } from './archive/archive-events.ts';
import {
  ArchiveRepository,
  placeArchive,
  READER,
  retiredIndexes,
  tellCauses,
} from './archive/archive-repository.ts';
import { MonthsRepository } from './archive/months-repository.ts';
import { eraseArchived, listErasures } from './erasures/erase-archived.ts';
import { exportsRoutes } from './exports/exports.routes.ts';
import { LiveFigures, PACE } from './live/live-figures.ts';
import { liveRoutes } from './live/live.routes.ts';
import { projectorsOf, type Rules } from './projectors.ts';
import type { BatchSize } from './projecting/batch-size.ts';
import { followArchive, type FollowingOptions } from './projecting/follow-archive.ts';
import { OutlivedGenerations } from './projecting/generations.ts';
import { keepBases, listBaseWork } from './projecting/keep-bases.ts';
import { nameOf, Shares } from './projecting/shares.ts';
import { ensureGenerations, listUntended, tendGenerations } from './projecting/tend-generations.ts';
import { leaderboardsRoutes } from './reports/leaderboards.routes.ts';
import { liabilityRoutes } from './reports/liability.routes.ts';
import { reportsRoutes } from './reports/reports.routes.ts';
import { retentionRoutes } from './reports/retention.routes.ts';
import { auditAnchorsRoutes } from './hash-chain/audit-anchors.routes.ts';
import { ChainRepository } from './hash-chain/chain-repository.ts';
import {
  anchorChains,
  extendChains,
  keepErasure,
  listWaiting,
  sealKeysAnew,
} from './hash-chain/extend-chains.ts';
import { summariesRoutes } from './reports/summaries.routes.ts';
import { TrailRepository } from './trail/trail-repository.ts';
import { trailRoutes } from './trail/trail.routes.ts';

/** How often is looked for erased members whose names the archive still tells. */
const ERASE_MILLISECONDS = 10_000;
/** How often is looked for generations that are missing, or that nobody needs. */
const TEND_MILLISECONDS = 10_000;

/** How often is looked for months to be closed, and for recounts that begin with a copy of what was closed. */
const BASE_MILLISECONDS = 60_000;

type Otherwise = {
  readonly rules?: Rules;
  readonly tendMilliseconds?: number;
  readonly chainMilliseconds?: number;
  readonly baseMilliseconds?: number;
  /** By which months are closed, instead of the database's clock. */
  readonly now?: () => Date;
  readonly follow?: Partial<FollowingOptions>;
  readonly pace?: typeof PACE;
};

/** What the process that archives calls those by that count. */
const ARCHIVED = 'archived';
/** How often the hash chains of the audit trails catch up with the archive. */
const CHAIN_MILLISECONDS = 5_000;

/** Other rules and another pace are for tests alone. */
export function build(
  {
    connection,
    transactions,
    settings: { LIVE_LISTENERS_PER_TENANT, PROJECTOR_PARTITIONS },
    secret,
    metrics,
    logger,
  }: ServiceContext<typeof statsSettings>,
  {
    rules = {},
    tendMilliseconds = TEND_MILLISECONDS,
    chainMilliseconds = CHAIN_MILLISECONDS,
    baseMilliseconds = BASE_MILLISECONDS,
    now,
    follow = {},
    pace = PACE,
  }: Otherwise = {},
): ServiceParts {
  const archive = new ArchiveRepository(connection);
  const { figures, boards, retention, liability, followers } = projectorsOf(connection, {
    partitions: PROJECTOR_PARTITIONS,
    rules,
  });
  const owns = followers.map(({ generations }) => generations.own);
  const parts = { archive, transactions, outlived: new OutlivedGenerations(connection) };
  const counted = metrics.counter(
    'membership_stats_base_events_total',
    'Events of closed months counted into the figures that recounts start from',
    ['projector'],
  );
  const baseParts = {
    ...{ ...parts, months: new MonthsRepository(connection, archive), logger, counted },
    sizes: new Map<string, BatchSize>(),
  };
  const outcomes = metrics.counter(
    'membership_stats_events_total',
    'Events of the log by what became of them',
    ['outcome'],
  );
  const trail = new TrailRepository(archive);
  const chains = new ChainRepository(connection, archive);
  const chainParts = { connection, chains, secret: secret('INTERNAL_KEY'), logger };
  const live = new LiveFigures({
    ...figures,
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
      ...reportsRoutes(figures),
      ...summariesRoutes(figures),
      ...retentionRoutes({ ...figures, retention }),
      ...liabilityRoutes({ ...figures, liability }),
      ...trailRoutes({ ...figures, trail }),
      ...exportsRoutes({ ...figures, boards, retention, liability, trail, chains }),
      ...liveRoutes(live),
      ...leaderboardsRoutes({ ...figures, boards }),
      ...auditAnchorsRoutes(chains),
    ],
    authenticate: trustGateway(secret('INTERNAL_KEY'), 'stats'),
    migrations: [placeArchive, tellCauses],
    retiredIndexes,
    eraseTenant: (tenantId) => chains.forget(tenantId),
    async start(bus) {
      await ensureGenerations(parts, followers);
      // Before anything more is read: a new service begins with a month that holds nothing.
      await baseParts.months.close(now?.());
      const shares = new Shares({ connection, logger, owns, onChange: () => following.changed() });
      const following = followArchive({
        ...parts,
        ...{ followers, shares, metrics, logger, ...follow },
      });
      shares.join();
      const calls = openCalls(bus, ARCHIVED, () => following.archived());
      const tending = scheduleJob({
        connection,
        logger,
        metrics,
        // Each version's own: one must not keep another from looking after its generations.
        name: `stats-generations-${owns.map(nameOf).join('-')}`,
        every: tendMilliseconds,
        waiting: () => listUntended(parts, followers),
        run: () => tendGenerations(parts, followers),
      });
      const basing = scheduleJob<string>({
        connection,
        logger,
        metrics,
        // Each version's own, as above.
        name: `stats-bases-${owns.map(nameOf).join('-')}`,
        every: baseMilliseconds,
        waiting: () => listBaseWork(baseParts, followers, now?.()),
        run: async ({ signal, failures }) => {
          const began = performance.now();
          const done = await keepBases(baseParts, followers, { failures, now: now?.() });
          // Half of the time is left to those who answer and archive.
          if (done > 0) await pause(performance.now() - began, signal);
          return done;
        },
      });
      const reader = await startLogReader({
        bus,
        connection,
        transactions,
        name: READER,
        handle: async (events, { session, unit, offsets }) => {
          const { archived, repeated, committed } = await archiveEvents(archive, events, offsets, session);
          for (const { type, tenantid: tenantId, id: eventId } of events) {
            if (type !== tenantErased.type) continue;
            await keepErasure(chainParts, { tenantId, eventId }, session);
            await rememberErased(connection, tenantId, session);
          }
          // Once they are archived for good: the transaction may run again.
          unit.afterCommit(() => {
            const position = committed();
            if (position !== null) {
              following.archived(position);
              if (shares.areSeveral()) calls.call();
            }
            outcomes.inc({ outcome: 'archived' }, archived);
            outcomes.inc({ outcome: 'repeated' }, repeated);
          });
        },
      });
      const erasing = scheduleJob({
        connection,
        logger,
        metrics,
        name: 'stats-erasures',
        every: ERASE_MILLISECONDS,
        waiting: () => listErasures(connection).limit(1).toArray(),
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
        waiting: () => listWaiting(chainParts, new Date()),
        run: async () =>
          (await sealKeysAnew(chainParts)) +
          ((await extendChains(chainParts)) || (await anchorChains(chainParts, new Date()))),
      });
      return async () => {
        await live.stop();
        await chaining.stop();
        await erasing.stop();
        await basing.stop();
        await tending.stop();
        await reader.stop();
        await calls.close();
        await following.stop();
        await shares.leave();
      };
    },
  };
}
