/** Size and age of the outbox as metrics, and the report of what is too old to be sent. */
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Outbox } from '../outbox.ts';

const EVERY_MS = 60_000;

export function outboxReport(
  outbox: Outbox,
  { tooOld, logger, metrics }: { tooOld: number; logger: Logger; metrics: Metrics },
): { whenDue(): Promise<void> } {
  let due = 0;
  let stale = 0;
  /** A scrape while the database is away keeps the last value. */
  const quietly = async (read: () => Promise<void>) => read().catch(() => undefined);
  metrics.gauge(
    'membership_outbox_rows',
    'Transactions whose facts wait to be published, a document each',
    [],
    (gauge) => quietly(async () => gauge.set(await outbox.size())),
  );
  metrics.gauge('membership_outbox_oldest_seconds', 'Age of the oldest fact that waits', [], (gauge) =>
    quietly(async () => gauge.set(await outbox.age())),
  );
  metrics.gauge(
    'membership_outbox_stale_rows',
    'Transactions older than 30 days: their facts are not sent, someone must look at them',
    [],
    (gauge) => gauge.set(stale),
  );
  return {
    async whenDue() {
      if (performance.now() < due) return;
      due = performance.now() + EVERY_MS;
      stale = await outbox.countTooOld();
      if (stale > 0)
        logger.error(
          { rows: stale, days: Math.round(tooOld / 86_400_000) },
          'the outbox holds facts too old to be sent: consumers may have forgotten whether they handled them',
        );
    },
  };
}
