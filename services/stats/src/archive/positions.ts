/** Where an event stands in the archive: the order in which the log told them, over all tenants. */

/** A log that is made anew begins at 0 again: its entries come after those of the log before. */
const EPOCH = 2 ** 40;

/** The last entry of the log that has a position. */
export type Head = { readonly epoch: number; readonly offset: number };

/** Before everything. */
export const START = 0;
export const positionOf = (head: Head | null): number => (head ? head.epoch * EPOCH + head.offset : START);

/** What follows the head when entries of these offsets, in the order of the log, are archived: each after the one before. */
export function follow(
  head: Head | null,
  offsets: readonly number[],
): { readonly head: Head; readonly positions: readonly number[] } {
  const { epoch, offset } = head ?? { epoch: 1, offset: -1 };
  const [first = 0] = offsets;
  const next = first > offset ? epoch : epoch + 1;
  return {
    head: { epoch: next, offset: offsets.at(-1) ?? offset },
    positions: offsets.map((one) => positionOf({ epoch: next, offset: one })),
  };
}
