/** Endpoints that the gateway service answers. */
export * from './api-keys.ts';
export * from './auth.ts';
export * from './browser-sessions.ts';
export * from './clients.ts';
export * from './dead-letters.ts';
export * from './external-issuers.ts';
export * from './members.ts';
export * from './password-links.ts';
export * from './platform.ts';
export * from './second-factor.ts';
export * from './secrets.ts';
export * from './sessions.ts';
export * from './tenant-plans.ts';
export * from './tenants.ts';
export * from './token-keys.ts';
export * from './webhook-deliveries.ts';
export * from './webhook-endpoints.ts';
