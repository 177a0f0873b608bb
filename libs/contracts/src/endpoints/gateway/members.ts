/** Members and administrators of a tenant. */
import { z } from 'zod';
import { exactText, text } from '../../characters.ts';
import { emailAddress as email } from '../../email.ts';
import { endpoint } from '../../endpoint.ts';
import { byId, flag, idsFilter, ordering, pageQuery, search, shortText } from '../../schemas.ts';
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
  summary: { zh: '租户的成员列表', en: 'Members of the tenant' },
  query: z.strictObject({
    ...pageQuery(20),
    ids: idsFilter.optional(),
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
  summary: { zh: '新增成员或管理员', en: 'Add a member or administrator' },
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
  summary: { zh: '成员详情', en: 'One member' },
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
  summary: {
    zh: '修改成员；变更角色、密码或设置 `is_active: false` 会结束其会话',
    en: 'Change a member; another role, password or `is_active: false` ends its sessions',
  },
  description: {
    zh: '租户最后一名在用的管理员只能由平台管理员降级或停用（409 CONFLICT）。修改自己的密码需要 `old_password`，与 `change-password` 相同；失败会计数。',
    en:
      'The last active administrator of a tenant can be demoted or deactivated by a platform administrator alone (409 CONFLICT). ' +
      'One’s own password is changed with `old_password`, as by `change-password`; failures are counted.',
  },
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
  refusals: ['CONFLICT', 'INVALID_STATE', 'RATE_LIMITED'],
  examples: { request: { role: 'admin' }, response: { ...sample, role: 'admin' } },
});

export const deactivateMember = endpoint({
  ...members,
  name: 'deactivateMember',
  method: 'delete',
  path: '/api/v1/members/:id/',
  kind: 'empty',
  summary: {
    zh: '停用成员：其令牌在一秒内作废，密码链接随即失效。`is_active: true` 可重新启用',
    en: 'Deactivate a member: within a second its tokens are worth nothing, its password links end. `is_active: true` brings it back',
  },
  description: {
    zh: '停用只关闭登录：积分、标签和许可证保留，商店、服务和规则为其记录的积分照常计入（迟到的订单和退款也不会丢失），但不能再向其授予标签或分配许可证。要停止积分变动，请将其积分档案的 `is_points_enabled` 设为 `false`。',
    en: 'It closes the door, not the account: points, tags and licences stay, and what shops, services and rules tell of the member goes on counting, so that no late order or refund is lost; tags and licences are not given to it any more. To stop its points, set `is_points_enabled` of its profile to `false`.',
  },
  params: byId,
  response: undefined,
  refusals: ['CONFLICT', 'INVALID_STATE'],
});

export const eraseMember = endpoint({
  ...members,
  name: 'eraseMember',
  method: 'post',
  path: '/api/v1/members/:id/erase/',
  kind: 'action',
  summary: {
    zh: '抹除成员的个人数据；不可恢复',
    en: 'Erase a member’s personal data; nothing brings it back',
  },
  description: {
    zh: '成员须先停用（否则409 INVALID_STATE）。用户名、邮箱、显示名称、外部ID和密码随即删除，原用户名和邮箱可重新使用；其他服务随事件 `member.erased` 删除各自保存的个人数据（昵称、生日、偏好、收货地址、设备名称与指纹、署名、归档事件中的姓名）。积分、订单和统计的数字保留，只对应成员ID。重复请求得到相同的响应；之后不能再修改该成员。',
    en: 'The member has been deactivated before (else 409 INVALID_STATE). Username, email, display name, external id and password go at once, and the names are free again; with the event `member.erased` the other services remove what they keep of the person (nickname, birthday, preferences, delivery addresses, names and fingerprints of devices, names under feedback and articles, names in archived events). Numbers of points, orders and statistics stay, under the member’s id alone. Asked again it answers the same; the member can be changed no more.',
  },
  params: byId,
  body: z.strictObject({}),
  response: memberView,
  message: { zh: '成员的个人数据已抹除', en: 'The member’s personal data is erased' },
  refusals: ['INVALID_STATE'],
  examples: {
    request: {},
    response: {
      ...sample,
      ...{ username: 'erased:3', email: 'erased:3@erased.invalid', display_name: '', is_active: false },
    },
  },
});

const IMPORT_LINES =
  '{"username":"amy","email":"amy@acme.example","password":"a-long-pass-2026","display_name":"Amy"}\n';
export const importMembers = endpoint({
  ...members,
  name: 'importMembers',
  method: 'post',
  path: '/api/v1/members/import/',
  kind: 'object',
  summary: {
    zh: '从 CSV 或 NDJSON 导入成员，最多1,000行',
    en: 'Import members from CSV or NDJSON, at most 1,000 rows',
  },
  description: {
    zh: 'CSV 需要表头，列名为新成员的字段（`text/csv`）；NDJSON 每行一个对象（`application/x-ndjson`）。电子表格软件使用的其他类型按 CSV 处理，单元格可用逗号、分号或制表符分隔，空行和列之后的空单元格跳过。文件为 UTF-8，或带标记的 UTF-16；其他编码由请求指明（`text/csv; charset=gb18030`）。`encoding` 说明按何种编码读取；都不符合则返回400。一行有误不影响其余各行。没有密码的行生成的成员，在设置密码之前不能登录。',
    en:
      'CSV needs a header row with the fields of a new member (`text/csv`); NDJSON has one object a line (`application/x-ndjson`). ' +
      'Other types that spreadsheets send are taken as CSV, cells may be separated by commas, semicolons or tabs, blank rows, and blank cells behind the columns, are passed over. ' +
      'The file is UTF-8, or UTF-16 with its mark; another encoding is named by the request (`text/csv; charset=gb18030`). `encoding` says how it was read; what fits none is 400. ' +
      'One bad row does not undo the rest. A row without a password makes a member that cannot log in until it is given one.',
  },
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
  // A thousand passwords are hashed one after the other.
  timeoutSeconds: 300,
  body: z
    .string({
      error: both('请以 text/csv 或 application/x-ndjson 上传', 'Send text/csv or application/x-ndjson'),
    })
    .min(1),
  response: z.object({
    import_id: z.string(),
    encoding: z.string().meta({
      description: both(
        '读取文件所用的编码，例如 utf-8 或 gb18030',
        'In which the file was read, such as utf-8 or gb18030',
      ),
    }),
    total: z.int(),
    created: z.int(),
    failed: z.int(),
    rows: z.array(
      z.object({
        row: z.int().meta({
          description: both(
            '从1开始，空行计入；CSV 的表头不计',
            'From 1, blank rows counted; a CSV’s header does not count',
          ),
        }),
        username: z.string().nullable(),
        status: z.enum(['created', 'failed']),
        member_id: z.int().nullable(),
        errors: z.record(z.string(), z.array(z.string())).nullable(),
      }),
    ),
  }),
  message: { zh: '导入完成', en: 'The import is done' },
  examples: {
    request: 'username,email,password,display_name\namy,amy@acme.example,a-long-pass-2026,Amy\n',
    files: {
      'text/tab-separated-values':
        'username\temail\tpassword\tdisplay_name\namy\tamy@acme.example\ta-long-pass-2026\tAmy\n',
      'application/x-ndjson': IMPORT_LINES,
      'application/ndjson': IMPORT_LINES,
    },
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
