import type { Refusal } from '@membership/contracts/errors';
import { NEVER } from '../term.ts';
import {
  end,
  requireAllows,
  resume,
  statusAt,
  suspend,
  type Assignment,
  type AssignmentAction,
  type AssignmentStatus,
} from './assignment.ts';
import { anAssignment } from '../assignments/examples.ts';

const now = new Date('2026-03-01T00:00:00Z');
const step = { now, reason: 'why' };

describe('the state machine', () => {
  const allowed: Record<AssignmentStatus, AssignmentAction[]> = {
    assigned: ['activate', 'suspend', 'revoke'],
    active: ['activate', 'suspend', 'revoke'],
    suspended: ['resume', 'revoke'],
    revoked: [],
    expired: [],
  };
  const actions: AssignmentAction[] = ['activate', 'suspend', 'resume', 'revoke'];
  const steps = (Object.keys(allowed) as AssignmentStatus[]).flatMap((status) =>
    actions.map((action) => ({ status, action, isAllowed: allowed[status].includes(action) })),
  );

  test.each(steps)('$status: $action is allowed: $isAllowed', ({ status, action, isAllowed }) => {
    if (isAllowed) requireAllows(status, action);
    else
      expect(() => requireAllows(status, action)).toThrow(
        expect.objectContaining({
          code: 'INVALID_STATE',
          options: expect.objectContaining({
            details: { current_state: status, allowed_actions: allowed[status] },
          }),
        }),
      );
  });

  test('a refusal names the state and what it allows, in both languages', () => {
    try {
      requireAllows('suspended', 'activate');
    } catch (refusal) {
      expect((refusal as Refusal).sentence('zh')).toBe(
        '当前状态为 suspended，不允许此操作；允许的操作：resume、revoke',
      );
      expect((refusal as Refusal).sentence('en')).toBe(
        'The state is suspended, which does not allow this; it allows: resume, revoke',
      );
    }
    expect.hasAssertions();
  });
});

test.each<['assigned' | 'active']>([['assigned'], ['active']])(
  'suspended from %s, resumed to it',
  (status) => {
    const before: Assignment = anAssignment({ status, boundDevices: 2 });
    const suspended = suspend(before, step);
    expect(suspended).toMatchObject({
      status: 'suspended',
      isOpen: true,
      boundDevices: 2,
      sequence: before.sequence + 1,
      statusReason: 'why',
    });
    expect(resume(suspended, step)).toMatchObject({
      status,
      suspendedFrom: null,
      sequence: before.sequence + 2,
    });
  },
);

test('ending closes it and leaves no devices', () => {
  expect(
    end(anAssignment({ status: 'suspended', suspendedFrom: 'active', boundDevices: 3 }), 'revoked', step),
  ).toMatchObject({ status: 'revoked', isOpen: false, boundDevices: 0, suspendedFrom: null });
});

test('an end and a revoked licence count at their instant; what is final stays what it is', () => {
  const open = anAssignment({ status: 'active', expiresAt: now });
  expect(statusAt(open, { status: 'active' }, new Date(now.getTime() - 1))).toBe('active');
  expect(statusAt(open, { status: 'active' }, now)).toBe('expired');
  expect(statusAt({ ...open, expiresAt: NEVER }, { status: 'revoked' }, now)).toBe('revoked');
  expect(statusAt({ ...open, isOpen: false, status: 'revoked' }, { status: 'active' }, now)).toBe('revoked');
});
