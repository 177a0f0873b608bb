/** Hands out ids that were taken before the decisions of a batch, for what they make. Pure. */
import { Needs, type IdName } from './needs.ts';

type Mark = Readonly<Record<IdName, number>>;

export class ReservedIds {
  readonly #ids: Record<IdName, number[]> = { records: [], holds: [] };
  #used: Mark = { records: 0, holds: 0 };
  #mark: Mark = this.#used;

  add(name: IdName, ids: readonly number[]): void {
    this.#ids[name].push(...ids);
  }

  next(name: IdName): number {
    const used = this.#used[name];
    const id = this.#ids[name][used];
    // Who has used many may go on to: each time twice as many.
    if (id === undefined) throw new Needs({ kind: 'ids', name, count: 2 * (used - this.#mark[name]) + 1 });
    this.#used = { ...this.#used, [name]: used + 1 };
    return id;
  }

  /** Makes sure of so many at once. */
  require(name: IdName, count: number): void {
    const left = this.#ids[name].length - this.#used[name];
    if (left < count) throw new Needs({ kind: 'ids', name, count: count - left });
  }

  /** What is used from here on comes back when the command is not kept. */
  mark(): void {
    this.#mark = this.#used;
  }

  rewind(): void {
    this.#used = this.#mark;
  }
}
