export type ExclusiveLock = { release(): void };
/** The process that holds the lock now, or null. */
export function lockHolder(path: string): { pid: number; host: string } | null;
/** Takes the lock if it is free; null when another process holds it. */
export function tryLock(path: string): ExclusiveLock | null;
/** Runs `work` while holding the lock; waits for whoever holds it and says so once through `onWait`. */
export function withLock<T>(
  path: string,
  work: () => Promise<T> | T,
  onWait?: (pid: number) => void,
): Promise<T>;
