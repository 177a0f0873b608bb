/**
 * Where requests wait that come while their process still starts: whoever was sent on by the end of its predecessor need
 * not be turned away for that moment. Bounded in number and time.
 */
import type { ServerResponse } from 'node:http';

export type WaitingRoomOptions = { readonly places: number; readonly milliseconds: number };
/** `go` passes a request on; `turnAway` answers that there is nobody to take it. Exactly one is called, or none when the client leaves. */
export type Guest = { readonly go: () => void; readonly turnAway: () => void };

export class WaitingRoom {
  readonly #options: WaitingRoomOptions;
  readonly #leave = new Map<Guest, () => void>();
  #state: 'waiting' | 'open' | 'closed' = 'waiting';

  constructor(options: WaitingRoomOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#leave.size;
  }

  /** Lets a request wait until the room is opened; turns it away where there is no place, when its time is over, or once the room is closed. */
  enter(response: ServerResponse, guest: Guest): void {
    if (this.#state === 'open') {
      guest.go();
      return;
    }
    if (this.#state === 'closed' || this.#leave.size >= this.#options.places) {
      guest.turnAway();
      return;
    }
    const leave = () => {
      clearTimeout(timer);
      response.off('close', leave);
      this.#leave.delete(guest);
    };
    const timer = setTimeout(() => {
      leave();
      guest.turnAway();
    }, this.#options.milliseconds);
    timer.unref();
    response.once('close', leave);
    this.#leave.set(guest, leave);
  }

  /** The process takes requests: all that wait go on, in the order in which they came, and so does whoever comes. */
  open(): void {
    this.#state = 'open';
    this.#empty(({ go }) => go());
  }

  /** The process will not take requests any more: all that wait are turned away, and so is whoever comes. */
  close(): void {
    this.#state = 'closed';
    this.#empty(({ turnAway }) => turnAway());
  }

  #empty(how: (guest: Guest) => void): void {
    for (const [guest, leave] of this.#leave) {
      leave();
      how(guest);
    }
  }
}
