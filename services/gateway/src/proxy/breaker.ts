/** A breaker for one service: while the service fails, calls are refused at once instead of waiting for it. */
import CircuitBreaker from 'opossum';
import { refuse, type Refusal } from '@membership/contracts/errors';
import { UpstreamFailure, type Outcome } from './upstream-failure.ts';

export type BreakerState = 'closed' | 'open' | 'half_open';
export type BreakerOptions = {
  readonly name: string;
  readonly resetMilliseconds: number;
  readonly onChange?: (state: BreakerState) => void;
};

const FAILURES_AT_LEAST = 5;
const WINDOW_MILLISECONDS = 10_000;

type Work = () => Promise<Outcome>;

export class Breaker {
  readonly #circuit: CircuitBreaker<[Work], unknown>;
  readonly #reset: number;
  #openedAt = 0;
  #isHeldOpen = false;
  #isTrying = false;

  constructor({ name, resetMilliseconds, onChange }: BreakerOptions) {
    this.#reset = resetMilliseconds;
    this.#circuit = new CircuitBreaker<[Work], unknown>((work: Work) => work(), {
      name,
      // Each endpoint has a limit of its own, kept by the transport.
      timeout: false,
      resetTimeout: resetMilliseconds,
      rollingCountTimeout: WINDOW_MILLISECONDS,
      rollingCountBuckets: 10,
      rollingPercentilesEnabled: false,
      volumeThreshold: FAILURES_AT_LEAST,
      errorThresholdPercentage: 50,
      // What the client did wrong, or broke off, says nothing about the service.
      errorFilter: (error: unknown) => !(error instanceof UpstreamFailure),
    });
    this.#circuit.on('open', () => {
      this.#openedAt = Date.now();
      onChange?.('open');
    });
    this.#circuit.on('halfOpen', () => onChange?.('half_open'));
    this.#circuit.on('close', () => onChange?.('closed'));
  }

  get state(): BreakerState {
    if (this.#isHeldOpen) return 'open';
    if (this.#circuit.halfOpen) return 'half_open';
    return this.#circuit.opened ? 'open' : 'closed';
  }

  /** Runs work unless the breaker is open. Refuses with SYS_002 and when to come again. */
  async run(work: Work): Promise<void> {
    // While the looks fail no request is spent on a try: it would only wait.
    if (this.#isHeldOpen || this.#circuit.opened || this.#isTrying) throw this.#refusal();
    if (this.#circuit.halfOpen) await this.#try(work);
    else await this.#circuit.fire(work);
  }

  /** One request decides, by an answer or a failure; a client that leaves or sends nothing decides nothing, and the next one tries. */
  async #try(work: Work): Promise<void> {
    this.#isTrying = true;
    try {
      if ((await work()) === 'answered') this.#circuit.close();
    } catch (error) {
      if (error instanceof UpstreamFailure) this.#circuit.open();
      throw error;
    } finally {
      this.#isTrying = false;
    }
  }

  /** The service was looked at and does not live: opened without waiting for requests to fail. */
  holdOpen(): void {
    if (this.#isHeldOpen) return;
    this.#isHeldOpen = true;
    if (!this.#circuit.opened) this.#circuit.open();
  }

  /** The service lives again. Closes what a look had opened; what requests opened, a request must close. */
  release(): void {
    if (!this.#isHeldOpen) return;
    this.#isHeldOpen = false;
    this.#circuit.close();
  }

  close(): void {
    this.#circuit.shutdown();
  }

  #refusal(): Refusal {
    const seconds = Math.max(1, Math.ceil((this.#openedAt + this.#reset - Date.now()) / 1000));
    return refuse('SYS_002', { headers: { 'retry-after': String(seconds) } });
  }
}
