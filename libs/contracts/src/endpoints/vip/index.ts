/** Endpoints that the vip service answers. */
export * from './tags.ts';
export * from './user-tags.ts';
