/** Endpoints that the stats service answers. */
export * from './audit-anchors.ts';
export * from './events.ts';
export * from './export.ts';
export * from './growth.ts';
export * from './leaderboards.ts';
export * from './levels.ts';
export * from './liability.ts';
export * from './live.ts';
export * from './members.ts';
export * from './overview.ts';
export * from './points.ts';
export * from './retention.ts';
export * from './summaries.ts';
export { calendarDay, intervals, longestDays, type Interval } from './period.ts';
