/** How members look to a client. */
import type { Language } from '@membership/contracts/text';
import type { ImportReport } from './import-members.ts';
import type { Member } from '../domain/member.ts';

export const memberView = ({
  id,
  username,
  email,
  displayName,
  role,
  isActive,
  externalId,
  joinedAt,
  lastLoginAt,
  updatedAt,
}: Member) => ({
  id,
  username,
  email,
  display_name: displayName,
  role: role === 'admin' ? ('admin' as const) : ('member' as const),
  is_active: isActive,
  external_id: externalId,
  joined_at: joinedAt.toISOString(),
  last_login_at: lastLoginAt?.toISOString() ?? null,
  updated_at: updatedAt.toISOString(),
});

export function importView({ importId, rows }: ImportReport, language: Language) {
  const created = rows.filter((row) => row.errors === null).length;
  return {
    import_id: importId,
    total: rows.length,
    created,
    failed: rows.length - created,
    rows: rows.map(({ row, username, memberId, errors }) => ({
      row,
      username,
      status: errors === null ? ('created' as const) : ('failed' as const),
      member_id: memberId,
      errors:
        errors &&
        Object.fromEntries(
          Object.entries(errors).map(([field, texts]) => [field, texts.map((text) => text[language])]),
        ),
    })),
  };
}
