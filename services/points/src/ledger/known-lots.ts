/**
 * The lots that are known of a member. They are read soonest end first and no further than they are needed: a spending of a
 * few points costs the same over ten lots as over ten thousand. Pure.
 */
import { bySoonestEnd, type Lot } from '../domain/lots.ts';

const PAGE = 50;
const GROWTH = 4;

export class KnownLots {
  readonly #lots = new Map<number, Lot>();
  /** Ids that were looked for and are no lot of the member. */
  readonly #absent = new Set<number>();
  #reach: Lot | null = null;
  #isWhole = false;
  #page = PAGE;
  #inOrder: readonly Lot[] | undefined;

  /** The last lot that was read in order; null: none yet. */
  get reach(): Lot | null {
    return this.#reach;
  }

  /** Whether all that hold points are known. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** How many are read next. */
  get page(): number {
    return this.#page;
  }

  get(id: number): Lot | undefined {
    return this.#lots.get(id);
  }

  isAbsent(id: number): boolean {
    return this.#absent.has(id);
  }

  /** Keeps a lot as a command has left it. */
  set(lot: Lot): void {
    this.#lots.set(lot._id, lot);
    this.#inOrder = undefined;
  }

  /** Takes in what was found in order after `reach`; `isWhole`: nothing comes after it. */
  readOn(found: readonly Lot[], isWhole: boolean): void {
    // What is known already may have changed since.
    for (const lot of found) if (!this.#lots.has(lot._id)) this.#lots.set(lot._id, lot);
    this.#reach = found.at(-1) ?? this.#reach;
    this.#isWhole = isWhole;
    this.#page *= GROWTH;
    this.#inOrder = undefined;
  }

  /** Takes in what was found of lots that were looked for by their ids. */
  found(ids: readonly number[], found: readonly Lot[]): void {
    for (const lot of found) if (!this.#lots.has(lot._id)) this.set(lot);
    for (const id of ids) if (!this.#lots.has(id)) this.#absent.add(id);
  }

  /** Soonest end first, with what a command has changed or made. Those up to `reach` are all there; what lies beyond is left out. */
  inOrder(changed: ReadonlyMap<number, Lot>): readonly Lot[] {
    this.#inOrder ??= this.#upToReach([...this.#lots.values()]);
    if (changed.size === 0) return this.#inOrder;
    const made = [...changed.values()].filter(({ _id }) => !this.#lots.has(_id));
    const known = this.#inOrder.map((lot) => changed.get(lot._id) ?? lot);
    return made.length === 0 ? known : this.#upToReach([...known, ...made]);
  }

  #upToReach(lots: Lot[]): readonly Lot[] {
    const inOrder = lots.sort(bySoonestEnd);
    if (this.#isWhole) return inOrder;
    const reach = this.#reach;
    return reach ? inOrder.filter((lot) => bySoonestEnd(lot, reach) <= 0) : [];
  }
}
