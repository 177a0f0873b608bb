/** Endpoints that the points service answers. */
export * from './ledger.ts';
export * from './levels.ts';
export * from './profiles.ts';
export * from './rules.ts';
