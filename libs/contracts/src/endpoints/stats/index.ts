/** Endpoints that the stats service answers. */
export * from './overview.ts';
export * from './points.ts';
