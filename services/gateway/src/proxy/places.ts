/**
 * Places at a service: as many requests as it gets connections. A holder (a tenant; an address without one) has a part of
 * them at most, so that answers that are read slowly leave places to the others; what finds none waits in its holder's
 * line, and lines take turns. Lines are bounded: what finds no room is refused, which is nobody's failure.
 */
import type { ServerResponse } from 'node:http';
import { refuse, type Refusal } from '@membership/contracts/errors';
import { ClientGone } from './upstream-failure.ts';

export type PlacesOptions = {
  readonly places: number;
  /** Places that one holder may have at a time. */
  readonly perHolder: number;
  /** Requests that may wait; of one holder half of them. */
  readonly waiting: number;
};
/** Gives a place back. Further calls do nothing. */
export type Release = () => void;
type Waiting = { readonly begin: () => void };
type Holder = { held: number; readonly line: Set<Waiting> };

export class Places {
  readonly #options: PlacesOptions;
  readonly #holders = new Map<string | number, Holder>();
  /** Holders with somebody in line, in the order of their turns. */
  readonly #turns = new Set<Holder>();
  #held = 0;
  #waiting = 0;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** A place, at once while there is one; else after a wait that `signal`'s signal ends. Refuses (SYS_002) where too many wait. */
  take(key: string | number, signal: () => AbortSignal): Release | Promise<Release> {
    let holder = this.#holders.get(key);
    if (!holder) this.#holders.set(key, (holder = { held: 0, line: new Set() }));
    if (this.#mayHold(holder)) return this.#hold(key, holder);
    if (this.#waiting >= this.#options.waiting || holder.line.size >= Math.ceil(this.#options.waiting / 2)) {
      this.#forget(key, holder);
      throw crowded();
    }
    return this.#wait(key, holder, signal());
  }

  #mayHold({ held }: Holder): boolean {
    return this.#held < this.#options.places && held < this.#options.perHolder;
  }

  #hold(key: string | number, holder: Holder): Release {
    this.#held++;
    holder.held++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#held--;
      holder.held--;
      this.#next();
      this.#forget(key, holder);
    };
  }

  #wait(key: string | number, holder: Holder, signal: AbortSignal): Promise<Release> {
    return new Promise((done, failed) => {
      const leave = () => {
        signal.removeEventListener('abort', ended);
        this.#waiting--;
        holder.line.delete(waiting);
        if (holder.line.size === 0) this.#turns.delete(holder);
      };
      const ended = () => {
        leave();
        this.#forget(key, holder);
        failed(signal.reason);
      };
      const waiting: Waiting = {
        begin: () => {
          leave();
          done(this.#hold(key, holder));
        },
      };
      this.#waiting++;
      holder.line.add(waiting);
      this.#turns.add(holder);
      if (signal.aborted) ended();
      else signal.addEventListener('abort', ended);
    });
  }

  /** Whose turn it is among those who may hold another place. */
  #next(): void {
    for (const holder of this.#turns) {
      if (!this.#mayHold(holder)) continue;
      const [first] = holder.line;
      this.#turns.delete(holder);
      this.#turns.add(holder);
      first?.begin();
      return;
    }
  }

  #forget(key: string | number, holder: Holder): void {
    if (holder.held === 0 && holder.line.size === 0) this.#holders.delete(key);
  }
}

/** A wait for a place. `over` is said when there is one, or none will come. */
export type Wait = { readonly signal: AbortSignal; over(): void };
/** Ends a wait when nobody waits for an answer any more, or when it has lasted too long. */
export function waitOf(response: ServerResponse, milliseconds: number): Wait {
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(crowded()), milliseconds).unref();
  const gone = () => ended.abort(new ClientGone());
  response.once('close', gone);
  return {
    signal: ended.signal,
    over() {
      clearTimeout(timer);
      response.off('close', gone);
    },
  };
}

/** Where too many wait already. */
export const crowded = (): Refusal =>
  refuse('SYS_002', {
    text: { zh: '等待处理的请求过多，请稍后再试', en: 'Too many requests wait for this service; try again' },
    headers: { 'retry-after': '1' },
  });
