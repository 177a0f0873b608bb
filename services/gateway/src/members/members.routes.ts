/** Members: doors. */
import * as contracts from '@membership/contracts/endpoints/gateway/members';
import { given } from '@membership/platform/given';
import {
  implement,
  implementWrite,
  reply,
  type Implementation,
  type RequestFacts,
} from '@membership/platform/http/implement';
import { operationOf, type FingerprintKeys } from '@membership/platform/idempotency';
import { sortOf } from '@membership/platform/sorting';
import { eraseMember, type EraseTools } from './erase-member.ts';
import { importMembers, type ImportTools } from './import-members.ts';
import { readRows } from './import-rows.ts';
import { createMember, updateMember } from './manage-members.ts';
import { readyPassword, type PasswordTools, type ReadyPassword } from './member-password.ts';
import { importView, memberView } from './members.views.ts';

const UTF8 = 'utf-8';
/** For whoever wonders later about a name that looks odd. */
const READ_OTHERWISE = {
  zh: '导入完成（文件按 {encoding} 编码读取）',
  en: 'The import is done (the file was read as {encoding})',
};
const SORT_FIELDS = { username: 'usernameKey', joined_at: 'joinedAt' };

export const membersRoutes = (
  tools: ImportTools & PasswordTools & EraseTools & { readonly fingerprintKeys: FingerprintKeys },
  address: (http: RequestFacts) => string,
): Implementation[] => [
  implement(
    contracts.listMembers,
    async ({ scope, query: { page, page_size: size, ordering, is_active: isActive, ...filter } }) => {
      const found = await tools.members.list(scope, { ...filter, isActive }, sortOf(ordering, SORT_FIELDS), {
        page,
        size,
      });
      return { ...found, items: found.items.map(memberView) };
    },
  ),
  implementWrite<typeof contracts.createMember, string>(
    contracts.createMember,
    async ({ scope, body, http, unit, prepared: passwordHash }) => {
      const { password: _password, display_name: displayName, external_id: externalId, ...names } = body;
      const member = { ...names, displayName, externalId, passwordHash };
      return memberView(await createMember(tools, scope, member, http.now, unit));
    },
    { prepare: ({ scope, body }) => tools.passwords.make(body, scope.tenantId) },
  ),
  implement(contracts.getMember, async ({ scope, params }) =>
    memberView(await tools.members.get(scope, params.id)),
  ),
  implementWrite<typeof contracts.updateMember, ReadyPassword>(
    contracts.updateMember,
    async ({ scope, params, body, http, unit, prepared: { passwordHash, own } }) => {
      const { display_name: displayName, external_id: externalId, is_active: isActive, email, role } = body;
      const changes = given({ email, role, displayName, externalId, isActive, passwordHash });
      return memberView(await updateMember(tools, scope, params.id, changes, http.now, unit, own));
    },
    {
      prepare: ({ scope, params, body, http }) =>
        readyPassword(
          tools,
          scope,
          { memberId: params.id, ...body },
          { address: address(http), now: http.now },
        ),
    },
  ),
  implementWrite(contracts.deactivateMember, async ({ scope, params, http, unit }) => {
    await updateMember(tools, scope, params.id, { isActive: false }, http.now, unit);
  }),
  implementWrite(contracts.eraseMember, async ({ scope, params, http, unit }) =>
    memberView(await eraseMember(tools, scope, params.id, http.now, unit)),
  ),
  implement(contracts.importMembers, async ({ scope, body, http }) => {
    const isCsv = !/ndjson/i.test(http.headers['content-type'] ?? '');
    const { encoding = UTF8 } = http.raw;
    const rows = readRows(body, { isCsv, maximum: contracts.IMPORT_MAXIMUM });
    const operation = operationOf(
      tools.fingerprintKeys,
      scope,
      http.headers['idempotency-key'] as string | undefined,
      'post',
      http.url.pathname,
      http.raw.body,
    );
    const report = await importMembers(tools, scope, rows, operation, http);
    return reply(
      { ...importView(report, http.language), encoding },
      {
        ...(encoding === UTF8 ? {} : { message: READ_OTHERWISE, params: { encoding } }),
        ...(report.isRepeated ? { headers: { 'idempotent-replayed': 'true' } } : {}),
      },
    );
  }),
];
