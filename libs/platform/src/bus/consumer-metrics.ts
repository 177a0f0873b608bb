/** What a consumer tells Prometheus. */
import type { ConfirmChannel } from 'amqplib';
import type { Envelope } from '@membership/contracts/event';
import type { Metrics } from '../metrics.ts';

/** What is counted and timed of consuming. */
export function measuresOf(metrics: Metrics) {
  const consumed = metrics.counter(
    'membership_events_consumed_total',
    'Events that came, by what became of them',
    ['type', 'outcome'],
  );
  const lag = metrics.histogram(
    'membership_consumer_lag_seconds',
    'From the event to the end of its handling',
    ['type'],
    [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5, 30, 300],
  );
  const held = metrics.counter('membership_consumer_held_total', 'Attempts that waited for the database');
  return {
    count: (type: string, outcome: 'handled' | 'duplicate' | 'retried' | 'dead' | 'ignored') =>
      consumed.inc({ type, outcome }),
    lag: ({ type, time }: Envelope) =>
      lag.observe({ type }, Math.max(0, (Date.now() - Date.parse(time)) / 1_000)),
    held: () => held.inc(),
  };
}

/** How many events are parked, asked of the broker at each scrape. */
export function deadLetterGauge(
  metrics: Metrics,
  channel: { current(): ConfirmChannel | null },
  queue: string,
): void {
  metrics.gauge('membership_dead_letters', 'Events that are parked', [], async (gauge) => {
    const found = await channel
      .current()
      ?.checkQueue(queue)
      .catch(() => undefined);
    if (found) gauge.set(found.messageCount);
  });
}
