/** Things for specs: an assignment and a licence with nothing special about them. */
import { NEVER } from '../term.ts';
import type { License } from '../domain/license.ts';
import type { Assignment } from '../domain/assignment.ts';

const then = new Date('2026-01-01T00:00:00Z');

export const anAssignment = (fields: Partial<Assignment> = {}): Assignment => ({
  _id: 1,
  tenantId: 1,
  memberId: 10,
  licenseId: 5,
  productId: 2,
  planId: 3,
  status: 'assigned',
  isOpen: true,
  suspendedFrom: null,
  type: 'direct',
  assignedAt: then,
  activatedAt: null,
  lastUsedAt: null,
  expiresAt: NEVER,
  ownExpiresAt: NEVER,
  reason: null,
  notes: null,
  statusReason: null,
  maxConcurrentDevices: null,
  boundDevices: 0,
  usedSeconds: 0,
  sequence: 1,
  updatedAt: then,
  ...fields,
});

export const aLicense = (fields: Partial<License> = {}): License => ({
  _id: 5,
  tenantId: 1,
  productId: 2,
  planId: 3,
  licenseKey: 'ABC-DEF-GHI',
  maxActivations: 10,
  boundDevices: 0,
  openAssignments: 1,
  status: 'active',
  expiresAt: NEVER,
  notes: '',
  revokedAt: null,
  revokeReason: null,
  isRemoved: false,
  sequence: 1,
  createdAt: then,
  updatedAt: then,
  ...fields,
});
