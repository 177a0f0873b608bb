import type { Refusal } from '@membership/contracts/errors';
import type { Actor, TenantScope } from './scope.ts';
import { requireMember } from './scope.ts';

const as = (actor: Partial<Actor>) => ({ tenantId: 1, actor: { id: 7, ...actor } }) as unknown as TenantScope;

test('what is written for the caller itself is written for members of the tenant alone', () => {
  expect(requireMember(as({ role: 'member' }))).toBe(7);
  expect(requireMember(as({ role: 'admin' }))).toBe(7);
  for (const nobody of [as({ role: 'super' }), as({ role: 'internal', id: null })]) {
    let refusal: Refusal | undefined;
    try {
      requireMember(nobody);
    } catch (error) {
      refusal = error as Refusal;
    }
    expect([refusal?.code, refusal?.status]).toEqual(['PERM_001', 403]);
  }
});
