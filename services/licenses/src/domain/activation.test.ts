import { Refusal } from '@membership/contracts/errors';
import { aLicense, anAssignment } from '../assignments/examples.ts';
import type { Assignment } from './assignment.ts';
import type { License } from './license.ts';
import { ActivationBatch } from './activation.ts';
import type { Device } from './device.ts';

const now = new Date('2026-03-01T00:00:00Z');
const info = (deviceId: string) => ({
  deviceId,
  deviceName: null,
  hardwareFingerprint: null,
  osName: null,
  osVersion: null,
});
const boundBefore = (deviceId: string): Device => ({
  ...info(deviceId),
  _id: `1:1:${deviceId}`,
  tenantId: 1,
  assignmentId: 1,
  licenseId: 5,
  memberId: 10,
  deviceName: 'Old',
  boundAt: new Date(0),
  lastSeenAt: new Date(0),
});
const batch = (
  assignments: Assignment[] = [anAssignment()],
  license: License = aLicense(),
  devices: Device[] = [],
) => new ActivationBatch(assignments, [license], devices);
const activate = (
  on: ActivationBatch,
  deviceId: string,
  { assignmentId = 1, memberId = 10, tenantId = 1 } = {},
) => on.decide(tenantId, { assignmentId, memberId, device: info(deviceId), now });
const codeOf = (result: unknown) => (result instanceof Refusal ? result.code : 'ok');

test('the first device activates: two facts, so the sequence moves by two; the next one by one', () => {
  const on = batch();
  expect(activate(on, 'a')).toMatchObject({
    isNew: true,
    isFirst: true,
    assignment: { status: 'active', activatedAt: now, boundDevices: 1, sequence: 3 },
    license: { boundDevices: 1 },
  });
  expect(activate(on, 'b')).toMatchObject({
    isNew: true,
    isFirst: false,
    assignment: { activatedAt: now, boundDevices: 2, sequence: 4 },
    license: { boundDevices: 2 },
  });
});

test('an assignment that was active before is not activated again', () => {
  const before = new Date(0);
  expect(activate(batch([anAssignment({ status: 'active', activatedAt: before })]), 'a')).toMatchObject({
    isFirst: false,
    assignment: { activatedAt: before, sequence: 2 },
  });
});

test('the same device again takes nothing, whether it was bound before or in this batch', () => {
  const on = batch(
    [anAssignment({ status: 'active', activatedAt: now, boundDevices: 1 })],
    aLicense({ boundDevices: 1, maxActivations: 1 }),
    [boundBefore('a')],
  );
  expect(activate(on, 'a')).toMatchObject({
    isNew: false,
    assignment: { boundDevices: 1, sequence: 1 },
    license: { boundDevices: 1 },
    device: { deviceName: 'Old', lastSeenAt: now },
  });
  expect([on.changedLicenses.size, on.boundDevices.size, on.seenDevices.size]).toEqual([0, 0, 1]);
  const fresh = batch();
  activate(fresh, 'a');
  expect(activate(fresh, 'a')).toMatchObject({ isNew: false, license: { boundDevices: 1 } });
  expect([fresh.boundDevices.size, fresh.seenDevices.size]).toEqual([1, 0]);
});

test.each([
  [0, 'ok'],
  [9, 'ok'],
  [10, 'BIZ_002'],
])('with %i of 10 slots taken: %s', (boundDevices, expected) => {
  expect(codeOf(activate(batch([anAssignment()], aLicense({ boundDevices })), 'a'))).toBe(expected);
});

test('each item sees those before it: the slots go to the first, over all assignments of the licence', () => {
  const on = batch([anAssignment(), anAssignment({ _id: 2, memberId: 11 })], aLicense({ maxActivations: 3 }));
  const results = [1, 2, 1, 2, 1].map((assignmentId, index) =>
    codeOf(activate(on, `d${index}`, { assignmentId, memberId: assignmentId + 9 })),
  );
  expect(results).toEqual(['ok', 'ok', 'ok', 'BIZ_002', 'BIZ_002']);
  expect(on.changedLicenses.get(5)?.boundDevices).toBe(3);
});

test('the cap of the assignment: the last that fits, and one more', () => {
  const on = batch([anAssignment({ maxConcurrentDevices: 1 })]);
  expect([codeOf(activate(on, 'a')), codeOf(activate(on, 'b')), codeOf(activate(on, 'a'))]).toEqual([
    'ok',
    'BIZ_002',
    'ok',
  ]);
});

test.each<[string, Partial<Assignment>, Partial<License>, object, string]>([
  ['somebody else’s', {}, {}, { memberId: 11 }, 'BIZ_001'],
  ['another tenant’s', {}, {}, { tenantId: 2 }, 'BIZ_001'],
  ['unknown', {}, {}, { assignmentId: 9 }, 'BIZ_001'],
  ['suspended', { status: 'suspended' }, {}, {}, 'INVALID_STATE'],
  ['revoked', { status: 'revoked', isOpen: false }, {}, {}, 'INVALID_STATE'],
  ['at its end', { expiresAt: now }, {}, {}, 'INVALID_STATE'],
  ['of a revoked licence', {}, { status: 'revoked' }, {}, 'INVALID_STATE'],
  ['of a licence at its end', {}, { expiresAt: now }, {}, 'INVALID_STATE'],
])('%s is refused and changes nothing', (_name, assignment, license, caller, code) => {
  const on = batch([anAssignment(assignment)], aLicense(license));
  expect(codeOf(activate(on, 'a', caller))).toBe(code);
  expect(on.changedAssignments.size + on.changedLicenses.size + on.boundDevices.size).toBe(0);
});
