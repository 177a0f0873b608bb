/** What the tests of applications speak of. */
import type { ServiceKit } from '@membership/platform/testing/service-kit';

let nextTenant = 100;
/** A tenant of a test's own: its administrator, a member, and an administrator of another tenant. */
export function aTenantOf(kit: ServiceKit) {
  const tenantId = nextTenant++;
  return {
    tenantId,
    admin: kit.as({ role: 'admin', tenantId, userId: 3, name: 'admin_cms' }),
    member: kit.as({ role: 'member', tenantId, userId: 9, name: 'john_doe' }),
    stranger: kit.as({ role: 'admin', tenantId: tenantId + 100_000, userId: 4 }),
  };
}

/** The body of seed 004, "创建新应用". */
export const seedRequest = {
  name: '我的应用',
  code: 'my-app',
  description: '这是一个测试应用',
  current_version: '1.0.0',
  status: 'development' as const,
  website: 'https://example.com',
  contact_email: 'contact@example.com',
  owner: '张三',
  team: '开发团队',
  tags: ['测试', '开发'],
};
export const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
/** What an answer to a write has besides the seed's fields. */
export const besides = { id: expect.any(Number), created_at: time, updated_at: time };
