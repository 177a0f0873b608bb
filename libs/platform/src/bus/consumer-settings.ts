/** How a consumer shares out its work. */
export type ConsumerSettings = {
  /** Messages that the broker hands out ahead. */
  readonly prefetch: number;
  /** Messages that share a transaction at most. */
  readonly batch: number;
  /** Milliseconds of handling after which a transaction takes no further message: MongoDB ends those that last. */
  readonly batchTime: number;
  /**
   * Milliseconds for which messages are held while the database is away; then they are given back to the broker, which would
   * take them away after half an hour (`consumer_timeout`), and nothing is consumed until it is back.
   */
  readonly holdTime: number;
  /** Milliseconds that a start waits for the broker before it goes on without. */
  readonly startTimeout: number;
  /** Milliseconds that a stop gives to what is in hand. */
  readonly stopTimeout: number;
};
export const USUAL_SETTINGS: ConsumerSettings = {
  prefetch: 200,
  batch: 100,
  batchTime: 1_000,
  holdTime: 30_000,
  startTimeout: 3_000,
  stopTimeout: 10_000,
};
