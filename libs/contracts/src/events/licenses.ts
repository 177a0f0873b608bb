/** Facts of the licences service. Each carries the whole state that it changes. */
import { z } from 'zod';
import { defineEvent } from '../event.ts';

const id = z.int().positive();
const instant = z.iso.datetime().nullable();
const productState = z.object({
  productId: id,
  name: z.string(),
  version: z.string(),
  applicationId: id.nullable(),
  isActive: z.boolean(),
});
const planState = z.object({
  planId: id,
  productId: id,
  name: z.string(),
  features: z.record(z.string(), z.unknown()),
  isActive: z.boolean(),
});
/** `licenseKey` never stands in an event: it opens the software. */
const licenseState = z.object({
  licenseId: id,
  productId: id,
  planId: id,
  applicationId: id.nullable(),
  maxActivations: z.int().positive(),
  status: z.enum(['active', 'revoked', 'expired']),
  expiresAt: instant,
});
const assignmentState = z.object({
  assignmentId: id,
  memberId: id,
  licenseId: id,
  productId: id,
  planId: id,
  applicationId: id.nullable(),
  productName: z.string(),
  planName: z.string(),
  status: z.enum(['assigned', 'active', 'suspended', 'revoked', 'expired']),
  assignedAt: z.iso.datetime(),
  activatedAt: instant,
  expiresAt: instant,
  reason: z.string().nullable(),
});
const deviceState = z.object({
  assignmentId: id,
  licenseId: id,
  memberId: id,
  deviceId: z.string(),
  boundDevices: z.int().min(0),
});

const product = { producer: 'licenses', aggregate: 'product', data: productState } as const;
const plan = { producer: 'licenses', aggregate: 'plan', data: planState } as const;
const license = { producer: 'licenses', aggregate: 'license', data: licenseState } as const;
const assignment = { producer: 'licenses', aggregate: 'assignment', data: assignmentState } as const;
const device = { producer: 'licenses', aggregate: 'assignment', data: deviceState } as const;

export const productCreated = defineEvent('product.created.v1', {
  ...product,
  description: 'A product was added.',
});
export const productUpdated = defineEvent('product.updated.v1', {
  ...product,
  description: 'A product was changed.',
});
export const productDeleted = defineEvent('product.deleted.v1', {
  ...product,
  description: 'A product was retired.',
});
export const planCreated = defineEvent('plan.created.v1', { ...plan, description: 'A plan was added.' });
export const planUpdated = defineEvent('plan.updated.v1', { ...plan, description: 'A plan was changed.' });
export const planDeleted = defineEvent('plan.deleted.v1', { ...plan, description: 'A plan was retired.' });
export const licenseIssued = defineEvent('license.issued.v1', {
  ...license,
  description: 'A licence was issued.',
});
export const licenseUpdated = defineEvent('license.updated.v1', {
  ...license,
  description: 'The limits of a licence changed; its open assignments end with it at the latest.',
});
export const licenseRevoked = defineEvent('license.revoked.v1', {
  ...license,
  description: 'A licence was revoked, its assignments with it.',
});
export const licenseExpired = defineEvent('license.expired.v1', {
  ...license,
  description: 'A licence reached its end.',
});
export const licenseKeyRotated = defineEvent('license.key_rotated.v1', {
  ...license,
  description: 'A licence got a new key.',
});
export const assignmentCreated = defineEvent('assignment.created.v1', {
  ...assignment,
  description: 'A licence was assigned to a member.',
});
export const assignmentActivated = defineEvent('assignment.activated.v1', {
  ...assignment,
  description: 'The first device was bound: once in the life of an assignment.',
});
export const assignmentSuspended = defineEvent('assignment.suspended.v1', {
  ...assignment,
  description: 'An assignment was suspended; its devices stay bound.',
});
export const assignmentResumed = defineEvent('assignment.resumed.v1', {
  ...assignment,
  description: 'A suspended assignment went back to what it was.',
});
export const assignmentRevoked = defineEvent('assignment.revoked.v1', {
  ...assignment,
  description: 'An assignment was revoked; final, its devices are unbound.',
});
export const assignmentExpired = defineEvent('assignment.expired.v1', {
  ...assignment,
  description: 'An assignment reached its end; final, its devices are unbound.',
});
export const deviceBound = defineEvent('device.bound.v1', {
  ...device,
  description: 'A device took a slot. `boundDevices` counts the licence’s devices afterwards.',
});
export const licenseUsageReported = defineEvent('license.usage_reported.v1', {
  producer: 'licenses',
  aggregate: 'assignment',
  data: z.object({
    assignmentId: id,
    licenseId: id,
    memberId: id,
    productId: id,
    planId: id,
    deviceId: z.string(),
    /** The interval as it stands after what was reported was joined with what it touches. */
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime(),
    addedSeconds: z.int().positive(),
    /** Of the assignment, in all. */
    usedSeconds: z.int().min(0),
  }),
  description:
    'A device reported usage that was not known yet. `addedSeconds` is what it added; a repeated report adds nothing and is not announced.',
});
export const deviceUnbound = defineEvent('device.unbound.v1', {
  ...device,
  description:
    'A device gave its slot back. One that was unbound while a licence file of it lasted does so when that file ends.',
});
