// What a worker of the benchmark says to its parent: one answer a run.
export type Asked<Payload> = { readonly run: Payload };
export type Answered<Result> =
  | { readonly result: Result }
  | { readonly error: string }
  | { readonly ready: true };

/** The worker's side: runs what it is asked, one thing at a time, until its parent is gone. */
export function serveRuns<Payload, Result>(run: (payload: Payload) => Promise<Result>): void {
  const answer = (message: Answered<Result>): void => {
    process.send?.(message);
  };
  process.on('message', (asked: Asked<Payload>) => {
    run(asked.run).then(
      (result) => answer({ result }),
      (error: Error) => answer({ error: error.stack ?? error.message }),
    );
  });
  process.on('disconnect', () => process.exit(0));
  answer({ ready: true });
}
