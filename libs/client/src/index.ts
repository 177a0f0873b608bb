/** A typed client of the membership platform: every path of its OpenAPI document, tokens that renew themselves, safe repetition. */
export type * from './api.generated.ts';
export { createMembershipClient, type ClientOptions, type MembershipClient } from './client.ts';
export { MembershipError, must } from './errors.ts';
export { items, type ItemOf } from './items.ts';
export type { Credentials, Tokens } from './session.ts';
