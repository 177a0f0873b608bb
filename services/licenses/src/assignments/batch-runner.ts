/** Sees to it that a batch is begun as soon as it is there, not only when its job is due. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from '@membership/platform/job';

const AGAIN_MILLISECONDS = 200;
/** So often it asks while another run is busy; that one, or the schedule, does what is left. */
const TIMES = 50;

export class BatchRunner {
  #job: Job | undefined;
  #wanted = false;
  #running: Promise<void> | undefined;

  use(job: Job): void {
    this.#job = job;
  }

  /** There is a batch to be done. One that comes while a run is ending is not missed: the run is asked for again. */
  wake(): void {
    this.#wanted = true;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  async stop(): Promise<void> {
    const job = this.#job;
    this.#job = undefined;
    await job?.stop();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let times = 0; this.#wanted && this.#job && times < TIMES; times++) {
      this.#wanted = false;
      // A run that fails says so itself, and is made up for when the job is due.
      const result = await this.#job.runNow().catch(() => null);
      if (result?.outcome !== 'busy') continue;
      this.#wanted = true;
      await pause(AGAIN_MILLISECONDS, undefined, { ref: false });
    }
  }
}
