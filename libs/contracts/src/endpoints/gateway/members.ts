/** Members and administrators of a tenant. */
import { z } from 'zod';
import { exactText, text } from '../../characters.ts';
import { emailAddress as email } from '../../email.ts';
import { endpoint } from '../../endpoint.ts';
import { byId, flag, ordering, pageQuery, search, shortText } from '../../schemas.ts';
import { both } from '../../text.ts';
import { memberView, newPassword, username } from './shapes.ts';

const role = z.enum(['member', 'admin'], {
  error: both('角色只能是 member 或 admin', 'Must be member or admin'),
});
const externalId = text().min(1).max(255).nullable();
const sample = {
  id: 3,
  username: 'john_doe',
  email: 'john_doe@acme.example',
  display_name: 'John Doe',
  role: 'member',
  is_active: true,
  external_id: null,
  joined_at: '2026-01-05T08:00:00.000Z',
  last_login_at: null,
  updated_at: '2026-01-05T08:00:00.000Z',
};
const members = { service: 'gateway', dialect: 'data', tag: 'Members', access: ['admin'] } as const;

/** A row of a new member: of `createMember`, and of an import, where the password may be set later. */
export const newMember = z.strictObject({
  username,
  email,
  password: newPassword,
  role: role.default('member'),
  display_name: shortText.optional(),
  external_id: externalId.optional(),
});
export const importedMember = newMember.extend({ password: newPassword.optional() });
export const IMPORT_MAXIMUM = 1_000;

export const listMembers = endpoint({
  ...members,
  name: 'listMembers',
  method: 'get',
  path: '/api/v1/members/',
  kind: 'list',
  summary: 'Members of the tenant',
  query: z.strictObject({
    ...pageQuery(20),
    role: role.optional(),
    is_active: flag.optional(),
    username: text().max(64).optional(),
    search: search.optional(),
    ordering: ordering(['username', 'joined_at'], '-joined_at'),
  }),
  response: memberView,
  examples: { response: sample },
});

export const createMember = endpoint({
  ...members,
  name: 'createMember',
  method: 'post',
  path: '/api/v1/members/',
  kind: 'object',
  status: 201,
  summary: 'Add a member or administrator',
  body: newMember,
  response: memberView,
  message: { zh: '成员创建成功', en: 'The member was added' },
  examples: {
    request: {
      username: 'john_doe',
      email: 'john_doe@acme.example',
      password: 'demo-pass-2026',
      display_name: 'John Doe',
    },
    response: sample,
  },
});

export const getMember = endpoint({
  ...members,
  name: 'getMember',
  method: 'get',
  path: '/api/v1/members/:id/',
  kind: 'object',
  summary: 'One member',
  params: byId,
  response: memberView,
  examples: { response: sample },
});

export const updateMember = endpoint({
  ...members,
  name: 'updateMember',
  method: 'patch',
  path: '/api/v1/members/:id/',
  kind: 'object',
  summary: 'Change a member; another role, password or `is_active: false` ends its sessions',
  description:
    'The last active administrator of a tenant can be demoted or deactivated by a platform administrator alone (409 CONFLICT). ' +
    'One’s own password is changed with `old_password`, as by `change-password`; failures are counted.',
  params: byId,
  body: z
    .strictObject({
      email,
      display_name: shortText,
      role,
      is_active: z.boolean(),
      external_id: externalId,
      password: newPassword,
      old_password: exactText().min(1).max(1024),
    })
    .partial(),
  response: memberView,
  message: { zh: '成员更新成功', en: 'The member was updated' },
  refusals: ['CONFLICT', 'RATE_LIMITED'],
  examples: { request: { role: 'admin' }, response: { ...sample, role: 'admin' } },
});

export const deactivateMember = endpoint({
  ...members,
  name: 'deactivateMember',
  method: 'delete',
  path: '/api/v1/members/:id/',
  kind: 'empty',
  summary:
    'Deactivate a member: within a second its tokens are worth nothing. `is_active: true` brings it back',
  params: byId,
  response: undefined,
  refusals: ['CONFLICT'],
});

export const importMembers = endpoint({
  ...members,
  name: 'importMembers',
  method: 'post',
  path: '/api/v1/members/import/',
  kind: 'object',
  summary: 'Import members from CSV or NDJSON, at most 1,000 rows',
  description:
    'CSV needs a header row with the fields of a new member (`text/csv`); NDJSON has one object a line (`application/x-ndjson`). ' +
    'Other types that spreadsheets send are taken as CSV, cells may be separated by commas, semicolons or tabs, blank rows are passed over. ' +
    'The file is UTF-8, or UTF-16 with its mark; another encoding is named by the request (`text/csv; charset=gb18030`). `encoding` says how it was read; what fits none is 400. ' +
    'One bad row does not undo the rest. A row without a password makes a member that cannot log in until it is given one.',
  accepts: [
    'text/csv',
    'application/csv',
    'application/vnd.ms-excel',
    'text/tab-separated-values',
    'application/x-ndjson',
    'application/ndjson',
  ],
  acceptsJson: false,
  bodyLimit: 1024 * 1024,
  body: z
    .string({
      error: both('请以 text/csv 或 application/x-ndjson 上传', 'Send text/csv or application/x-ndjson'),
    })
    .min(1),
  response: z.object({
    import_id: z.string(),
    encoding: z.string().meta({ description: 'In which the file was read, such as utf-8 or gb18030' }),
    total: z.int(),
    created: z.int(),
    failed: z.int(),
    rows: z.array(
      z.object({
        row: z.int().meta({ description: 'From 1, blank rows counted; a CSV’s header does not count' }),
        username: z.string().nullable(),
        status: z.enum(['created', 'failed']),
        member_id: z.int().nullable(),
        errors: z.record(z.string(), z.array(z.string())).nullable(),
      }),
    ),
  }),
  message: { zh: '导入完成', en: 'The import is done' },
  examples: {
    response: {
      import_id: '5f3c0a3e',
      encoding: 'utf-8',
      total: 2,
      created: 1,
      failed: 1,
      rows: [
        { row: 1, username: 'amy', status: 'created', member_id: 12, errors: null },
        {
          row: 2,
          username: 'john_doe',
          status: 'failed',
          member_id: null,
          errors: { username: ['该用户名已存在'] },
        },
      ],
    },
  },
});
