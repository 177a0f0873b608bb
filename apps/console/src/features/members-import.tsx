/** Members from a spreadsheet: looked at first, then added some at a time, with a word for each row. */
import { useUpload } from '../api/use-api.ts';
import { useSay, type Text } from '../preferences.ts';
import { MemberLink } from '../ui/links.tsx';
import { ManyPage } from '../ui/many/many-page.tsx';
import type { ReadyRow } from '../ui/many/find-members.ts';

const COLUMNS = [
  {
    name: 'username',
    label: { zh: '用户名', en: 'Username' },
    isRequired: true,
    written: {
      as: /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]*$/u,
      says: {
        zh: '只能包含文字、数字和 . _ @ + -，并以文字或数字开头',
        en: 'has only letters, digits and . _ @ + -, and begins with a letter or digit',
      },
    },
  },
  {
    name: 'email',
    label: { zh: '邮箱', en: 'E-mail' },
    isRequired: true,
    written: { as: /^[^\s@]+@[^\s@]+\.[^\s@]+$/, says: { zh: '不是有效的地址', en: 'is no address' } },
  },
  { name: 'display_name', label: { zh: '显示名称', en: 'Display name' } },
  { name: 'external_id', label: { zh: '外部编号', en: 'External id' } },
  {
    name: 'role',
    label: { zh: '角色', en: 'Role' },
    written: { as: /^(member|admin)$/, says: { zh: '应为 member 或 admin', en: 'is member or admin' } },
  },
  { name: 'password', label: { zh: '初始密码', en: 'First password' } },
] as const;
const LABELS: Readonly<Record<string, Text>> = Object.fromEntries(
  COLUMNS.map(({ name, label }) => [name, label]),
);
const lineOf = ({ cells }: ReadyRow): string => JSON.stringify(cells);

export function MembersImport() {
  const say = useSay();
  const upload = useUpload('/api/v1/members/import/', 'application/x-ndjson');
  return (
    <ManyPage
      title={{ zh: '导入成员', en: 'Import members' }}
      says={{
        zh: '已存在的用户名或邮箱会被拒绝，其余各行不受影响。没有密码的成员在设置密码之前不能登录，可在其页面发送邀请。',
        en: 'A username or e-mail that is there already is refused; the other rows are added all the same. Who has no password cannot log in before one is set: invite them from their page.',
      }}
      columns={COLUMNS}
      example={'username,email,display_name\nzhang_san,zhang@example.com,张三'}
      // A password takes a while to be kept safely.
      size={100}
      most={10_000}
      send={async (rows, _values, key) => {
        const { data } = await upload(rows.map(lineOf).join('\n'), key);
        return data.rows.map(({ status, username, member_id, errors }) => {
          const why = Object.entries(errors ?? {})
            .map(
              ([field, sentences]) => `${LABELS[field] ? say(LABELS[field]) : field}: ${sentences.join(' ')}`,
            )
            .join('; ');
          return status === 'created' && member_id !== null
            ? { isDone: true, says: <MemberLink id={member_id} name={username} /> }
            : { isDone: false, says: why, why };
        });
      }}
    />
  );
}
