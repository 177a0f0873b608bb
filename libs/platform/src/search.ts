/** Searching for what a person typed: as it is, anywhere, in any case; no pattern of theirs reaches the database. */

/** A pattern that finds a text literally. */
export const literally = (text: string): RegExp =>
  new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
