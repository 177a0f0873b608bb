/** Endpoints that the licenses service answers. */
export * from './offline.ts';
export * from './products.ts';
export * from './plans.ts';
export * from './licenses.ts';
export * from './assignments.ts';
export * from './assignment-batches.ts';
export * from './reports.ts';
export * from './user-licenses.ts';
export * from './validation.ts';
export type { DeviceIdentity, RenewalStart } from './shared.ts';
