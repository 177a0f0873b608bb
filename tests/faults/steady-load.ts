/** Requests at a steady rate while something is done to the platform. */
import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MILLISECONDS = 5;

export type LoadReport = {
  readonly requests: number;
  /** That were answered with success. */
  readonly succeeded: number;
  /** That found nobody listening. */
  readonly unheard: number;
  /** Whose connection was reset. */
  readonly reset: number;
  /**
   * That were sent on a connection which had been answered on before and was closed in that instant, before they were read
   * (RFC 9112, section 9.3.1): any server that ends does so to a client that has not seen the close yet.
   */
  readonly crossed: number;
  /** What was no success, with the answer or the error. */
  readonly failures: readonly string[];
};

/** Why `fetch` failed; of a connection that was closed, what had gone over it. */
type Cause = { readonly code?: string; readonly socket?: { readonly bytesRead: number } };

/** Sends one request after the other until it is ended; `send` gets the number of each. */
export function underLoad(send: (number: number) => Promise<Response>): { end(): Promise<LoadReport> } {
  const failures: string[] = [];
  const sent: Promise<void>[] = [];
  let [succeeded, unheard, reset, crossed] = [0, 0, 0, 0];
  let isOver = false;
  const ask = async (number: number) => {
    try {
      const response = await send(number);
      const text = await response.text();
      if (response.ok) succeeded++;
      else failures.push(`${response.url}: ${response.status} ${text.slice(0, 200)}`);
    } catch (error) {
      const { message, cause } = error as Error & { cause?: Cause };
      if (cause?.code === 'ECONNREFUSED') unheard++;
      else if (cause?.code === 'ECONNRESET') reset++;
      else if (cause?.code === 'UND_ERR_SOCKET' && cause.socket && cause.socket.bytesRead > 0) crossed++;
      else failures.push(`${message} ${cause?.code ?? ''} ${JSON.stringify(cause?.socket ?? '')}`);
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
      return { requests: sent.length, succeeded, unheard, reset, crossed, failures };
    },
  };
}
