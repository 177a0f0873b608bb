/**
 * The seam of the statistics: a projector follows the archive by itself and makes figures of it. To add one, write a file
 * that makes a `Projector` and name it in `projectors.ts`.
 */
import type { ClientSession } from 'mongoose';
import type { Envelope } from '@membership/contracts/event';

/** Into which figures a batch is counted. */
export type Into = {
  /** Every figure carries it: another generation is counted while this one serves. */
  readonly generation: number;
  readonly session: ClientSession;
};

export type Projector = {
  /** One word; a generation is known by it, and so are metrics. */
  readonly name: string;
  /** By which rules it counts. A higher number makes its figures anew from the archive, and no other projector's. */
  readonly counting: number;
  /**
   * Adds a batch to the figures, in the transaction that moves the position on: each event once, in the order of the archive,
   * those of a tenant by one process at a time. It asks and writes once a collection, however many events there are, and
   * runs again from the start after a write conflict. Returns the events whose data their own schema refuses.
   */
  project(events: readonly Envelope[], into: Into): Promise<{ readonly unreadable: readonly Envelope[] }>;
  /** Every collection that it writes: figures are copied and removed by these (`stored-figures.ts`). */
  readonly collections: readonly string[];
};
