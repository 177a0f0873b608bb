/** For tests that count on one day: none ends while a file of them runs. */
import { setTimeout as pause } from 'node:timers/promises';
import { dayOf, plusDays, startOfDay } from '../calendar.ts';

/** Longer than a file of tests takes, shorter than a hook may. */
const CLEAR = 120_000;

/** Milliseconds until a zone's day, and with it perhaps its month and year, is not about to end. */
export function untilClear(zone: string, now: Date): number {
  const left = startOfDay(zone, plusDays(dayOf(zone, now), 1)).getTime() - now.getTime();
  return left < CLEAR ? left : 0;
}

/** Waits for the next day of a zone when this one is about to end; nearly always not at all. */
export async function clearOfMidnight(zone: string): Promise<void> {
  const milliseconds = untilClear(zone, new Date());
  // Timers count by another clock than days do.
  if (milliseconds > 0) await pause(milliseconds + 100);
}
