/** How long something lasts. What has no end ends at NEVER, so that "later than now" is one comparison and one index range. */
export const NEVER = new Date('9999-12-31T00:00:00.000Z');
export const DAY = 86_400_000;

export const endAfterDays = (start: Date, days: number): Date =>
  new Date(Math.min(start.getTime() + days * DAY, NEVER.getTime()));
export const earlierOf = (one: Date, other: Date): Date => (one <= other ? one : other);
/** An end is reached at its own instant. */
export const hasEnded = (end: Date, now: Date): boolean => end <= now;

/** The end as answers and events show it: null for what has none. */
export const endText = (end: Date): string | null => (end < NEVER ? end.toISOString() : null);
export const endOf = (given: Date | null): Date => (given === null ? NEVER : earlierOf(given, NEVER));

/** Whole days left, rounded down, not below 0; null without an end (spec/api.md, "Worked numbers"). */
export const daysLeft = (end: Date, now: Date): number | null =>
  end < NEVER ? Math.max(0, Math.floor((end.getTime() - now.getTime()) / DAY)) : null;
