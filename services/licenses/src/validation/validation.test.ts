import { aLicense, anAssignment } from '../assignments/examples.ts';
import { NO_POLICY } from '../domain/product.ts';
import { verdictOn } from './validation.ts';

const now = new Date('2026-03-10T00:00:00Z');
const ended = { expiresAt: new Date('2026-03-08T00:00:00Z') };
const on = (
  license = {},
  { policy = NO_POLICY, boundTo, isTenantActive = true }: Partial<Parameters<typeof verdictOn>[0]> = {},
) => {
  const { code, action } = verdictOn({
    license: aLicense(license),
    policy,
    isTenantActive,
    boundTo,
    now,
  });
  return `${code} ${action}`;
};
const warns = { policy: { ...NO_POLICY, validationMode: 'warn' as const } };
const grace = (graceDays: number) => ({ policy: { ...NO_POLICY, graceDays } });

test.each([
  ['in order', on(), 'VALID allow'],
  ['its end is its first instant without', on({ expiresAt: now }), 'EXPIRED block'],
  ['one millisecond before its end', on({ expiresAt: new Date(now.getTime() + 1) }), 'VALID allow'],
  ['ended', on(ended), 'EXPIRED block'],
  ['ended, the plan warns', on(ended, warns), 'EXPIRED warn'],
  ['inside the grace', on(ended, grace(3)), 'IN_GRACE warn'],
  ['the grace ends at its own instant', on(ended, grace(2)), 'EXPIRED block'],
  ['in grace no device is asked for', on(ended, { ...grace(3), boundTo: [] }), 'IN_GRACE warn'],
  ['revoked, also where the plan warns', on({ status: 'revoked' }, warns), 'REVOKED block'],
  ['the tenant is suspended', on({}, { isTenantActive: false }), 'TENANT_SUSPENDED block'],
  ['a device that is bound nowhere', on({}, { boundTo: [] }), 'NOT_ACTIVATED block'],
  ['a bound device', on({}, { boundTo: [anAssignment({ status: 'active' })] }), 'VALID allow'],
  [
    'its assignment is suspended',
    on({}, { boundTo: [anAssignment({ status: 'suspended' })] }),
    'SUSPENDED block',
  ],
  [
    'its assignment has ended',
    on({}, { boundTo: [anAssignment({ status: 'active', ...ended })] }),
    'NOT_ACTIVATED block',
  ],
  [
    'one of two assignments is active',
    on({}, { boundTo: [anAssignment({ status: 'suspended' }), anAssignment({ _id: 2, status: 'active' })] }),
    'VALID allow',
  ],
])('%s', (_name, told, expected) => expect(told).toBe(expected));
