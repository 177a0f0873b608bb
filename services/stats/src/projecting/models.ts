/** What is stored of those who follow the archive. */

/** A counting of the archive by one projector. */
export type Generation = {
  _id: number;
  /** Absent: of a version that had none; it counted figures and boards together. */
  projector?: string;
  /** By which rules. Absent: 1. */
  counting?: number;
  /** In how many parts its tenants are counted, each of which knows how far it is (`Position`). */
  partitions?: number;
  /** When it held the whole archive for the first time: it serves since. */
  wholeAt?: Date;
  /** When another one of the same counting took its place. */
  replacedAt?: Date;
  /** When a process of its counting was there last. */
  seenAt?: Date;
  /** Events that it had of base figures when it began. */
  basedOn?: number;
  /** While it is copied from base figures: their generation, and how far the copy is. */
  base?: number;
  copied?: Copied;
  /** Of a version without projectors: how far it is. */
  countedTo?: number;
  /** The same: the time of the newest event in it. */
  asOf?: Date | null;
  /** Of a version that knew no positions: it serves until there is another. */
  isServing?: boolean;
};
/** How far a copy is: in which of the projector's collections, and behind which document. */
export type Copied = { readonly collection: number; readonly after: string | null };
/** How far a generation is with one of its parts of the tenants. */
export type Position = {
  _id: string;
  generation: number;
  /** It holds the tenants whose id, divided by `of`, leaves this. */
  partition: number;
  of: number;
  /** Position of the last event in it; everything of its tenants before is in it, too. */
  countedTo: number;
  events: number;
  /** The time of the newest event in it. */
  asOf: Date | null;
  /** It held everything for the first time. */
  isWhole?: true;
  /** Of base figures: they stand still while this generation is copied from them. */
  heldFor?: number;
};
