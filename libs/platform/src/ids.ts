/** Integer ids in blocks (HiLo): one majority write hands a process a block, so there is no hot counter. Ids tell no order. */
import type { Connection } from 'mongoose';

export type Ids = {
  /** The next id of a collection. */
  next(name: string): Promise<number>;
  /** `count` ids of a collection. */
  take(name: string, count: number): Promise<number[]>;
};

type Block = { next: number; end: number; refill: Promise<void> | undefined };

/** Ids of one database. Blocks are taken outside the business transaction; an unused rest is lost when the process ends. */
export function idsOf(connection: Connection, blockSize = 1_000): Ids {
  const blocks = new Map<string, Block>();
  const refill = async (name: string, block: Block): Promise<void> => {
    const row = await connection
      .collection<{ _id: string; next: number }>('hilo')
      .findOneAndUpdate(
        { _id: name },
        { $inc: { next: blockSize } },
        { upsert: true, returnDocument: 'after', writeConcern: { w: 'majority' } },
      );
    if (!row) throw new Error(`no id block for ${name}`);
    block.next = row.next - blockSize + 1;
    block.end = row.next + 1;
  };
  const take = async (name: string, count: number): Promise<number[]> => {
    let block = blocks.get(name);
    if (!block) blocks.set(name, (block = { next: 0, end: 0, refill: undefined }));
    const taken: number[] = [];
    while (taken.length < count) {
      while (block.next < block.end && taken.length < count) taken.push(block.next++);
      if (taken.length === count) break;
      const current = block;
      current.refill ??= refill(name, current).finally(() => {
        current.refill = undefined;
      });
      await current.refill;
    }
    return taken;
  };
  return { take, next: async (name) => (await take(name, 1))[0] as number };
}
