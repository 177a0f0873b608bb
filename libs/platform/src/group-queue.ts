/** What waits for a group commit: bounded, tenants in turn, and nothing that waited for longer than it may. */
import type { TenantScope } from './scope.ts';

export type Queued = {
  readonly scope: TenantScope;
  /** On the clock of `performance.now()`: refused then when it has not begun. */
  readonly beginBy: number;
  /** Whether nobody waits for the answer any more. */
  readonly isGone?: (() => boolean) | undefined;
};

/** Waiting items of one tenant in the order in which they came. */
export class GroupQueue<Item extends Queued> {
  readonly #maximum: number;
  /** In the order of their turns. */
  readonly #tenants = new Map<number, Item[]>();
  #size = 0;

  /** A tenant may have half of the places, so that there is room for others. */
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether there is no place for another item of this tenant. */
  isFullFor({ tenantId }: TenantScope): boolean {
    const mine = this.#tenants.get(tenantId)?.length ?? 0;
    return this.#size >= this.#maximum || mine >= Math.ceil(this.#maximum / 2);
  }

  add(item: Item): void {
    const { tenantId } = item.scope;
    const mine = this.#tenants.get(tenantId);
    if (mine) mine.push(item);
    else this.#tenants.set(tenantId, [item]);
    this.#size++;
  }

  /** Takes the next items, one of each tenant in turn; those that may not go yet stay where they are. */
  take(maximum: number, mayGo: (item: Item) => boolean): Item[] {
    const taken: Item[] = [];
    const turns = [...this.#tenants].map(([tenantId, items]) => ({
      tenantId,
      items,
      at: 0,
      stay: [] as Item[],
    }));
    for (let left = turns; left.length > 0 && taken.length < maximum; )
      left = left.filter((turn) => {
        if (taken.length === maximum) return false;
        while (turn.at < turn.items.length) {
          const item = turn.items[turn.at++] as Item;
          if (mayGo(item)) {
            taken.push(item);
            return true;
          }
          turn.stay.push(item);
        }
        return false;
      });
    for (const { tenantId, items, at, stay } of turns) {
      if (at === 0) continue;
      // Whoever had a turn goes behind those that had none.
      this.#tenants.delete(tenantId);
      const rest = [...stay, ...items.slice(at)];
      if (rest.length > 0) this.#tenants.set(tenantId, rest);
    }
    this.#size -= taken.length;
    return taken;
  }

  /** Takes out what nobody waits for any more, or what cannot begin in time. */
  takeOver(now: number): Item[] {
    return this.take(this.#size, (item) => item.beginBy <= now || item.isGone?.() === true);
  }
}
