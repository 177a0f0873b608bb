/** Endpoints that the points service answers. */
export * from './batch.ts';
export * from './activities.ts';
export * from './benefits.ts';
export * from './holds.ts';
export * from './ledger.ts';
export * from './levels.ts';
export * from './member-levels.ts';
export * from './member-points.ts';
export * from './member-profile.ts';
export * from './profiles.ts';
export * from './quotas.ts';
export * from './redemptions.ts';
export * from './rule-events.ts';
export * from './rules.ts';
export * from './settings.ts';
export * from './statements.ts';
export * from './webhooks.ts';
