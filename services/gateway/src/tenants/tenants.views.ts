/** How a tenant looks to a client. */
import type { Tenant } from '../domain/tenant.ts';
import { limitsView } from '../plans/limits.views.ts';

export const tenantView = ({
  id,
  code,
  name,
  timezone,
  locale,
  isActive,
  limits,
  cell,
  plan = null,
  hosts = [],
  memberCount,
  createdAt,
  updatedAt,
  erasedAt,
}: Tenant) => ({
  id,
  code,
  name,
  timezone,
  locale,
  is_active: isActive,
  limits: limitsView(limits),
  cell,
  plan,
  hosts: [...hosts],
  member_count: memberCount,
  created_at: createdAt.toISOString(),
  updated_at: updatedAt.toISOString(),
  erased_at: erasedAt?.toISOString() ?? null,
});
