/** Requests at a steady rate while something is done to the platform. */
import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MILLISECONDS = 5;

export type LoadReport = {
  readonly requests: number;
  /** The numbers of those that were answered with success. */
  readonly succeeded: readonly number[];
  /** That found nobody listening. */
  readonly unheard: number;
  /** Whose connection was reset. */
  readonly reset: number;
  /** What was no success, with the answer or the error. */
  readonly failures: readonly string[];
};

/** Sends one request after the other until it is ended; `send` gets the number of each. */
export function underLoad(send: (number: number) => Promise<Response>): { end(): Promise<LoadReport> } {
  const failures: string[] = [];
  const sent: Promise<void>[] = [];
  const succeeded: number[] = [];
  let [unheard, reset] = [0, 0];
  let isOver = false;
  const ask = async (number: number) => {
    try {
      const response = await send(number);
      const text = await response.text();
      if (response.ok) succeeded.push(number);
      else failures.push(`${response.url}: ${response.status} ${text.slice(0, 200)}`);
    } catch (error) {
      const { message, cause } = error as Error & { cause?: { code?: string } };
      if (cause?.code === 'ECONNREFUSED') unheard++;
      else if (cause?.code === 'ECONNRESET') reset++;
      else failures.push(`${message} ${cause?.code ?? ''}`);
    }
  };
  const sending = (async () => {
    for (let number = 0; !isOver; number++) {
      sent.push(ask(number));
      await pause(EVERY_MILLISECONDS);
    }
  })();
  return {
    async end() {
      isOver = true;
      await sending;
      await Promise.all(sent);
      return { requests: sent.length, succeeded, unheard, reset, failures };
    },
  };
}
