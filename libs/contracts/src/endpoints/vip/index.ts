/** Endpoints that the vip service answers. */
export * from './overview.ts';
export * from './purchases.ts';
export * from './tags.ts';
export * from './user-tags.ts';
