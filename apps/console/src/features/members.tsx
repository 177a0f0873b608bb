/** Members: who is this? Found as one types, and added. */
import { Act } from '../ui/act.tsx';
import { ListOf, yesNo } from '../ui/list-of.tsx';
import { MemberLink, ToPage } from '../ui/links.tsx';
import { Page } from '../ui/page.tsx';
import { Moment, orNothing, State } from '../ui/values.tsx';
import { choices } from '../ui/words.ts';

export function Members() {
  return (
    <Page
      title={{ zh: '成员', en: 'Members' }}
      acts={
        <>
          <ToPage path="members/import" label={{ zh: '导入', en: 'Import' }} />
          <Act
            method="post"
            path="/api/v1/members/"
            label={{ zh: '添加成员', en: 'Add a member' }}
            isMain
            initial={{ role: 'member' }}
            fields={[
              { name: 'username', label: { zh: '用户名', en: 'Username' }, isRequired: true },
              { name: 'email', label: { zh: '邮箱', en: 'E-mail' }, isRequired: true },
              {
                name: 'password',
                label: { zh: '初始密码', en: 'First password' },
                kind: 'secret',
                isRequired: true,
              },
              { name: 'display_name', label: { zh: '显示名称', en: 'Display name' } },
              {
                name: 'external_id',
                label: { zh: '外部编号', en: 'External id' },
                help: { zh: '您自己的系统中的编号', en: 'What your own system calls this person' },
              },
              {
                name: 'role',
                label: { zh: '角色', en: 'Role' },
                kind: 'choice',
                isRequired: true,
                choices: choices('member', 'admin'),
              },
            ]}
          />
        </>
      }
    >
      <ListOf
        path="/api/v1/members/"
        label={{ zh: '成员', en: 'Members' }}
        rowKey={({ id }) => id}
        filters={[
          { name: 'search', label: { zh: '用户名、邮箱、名称', en: 'Username, e-mail, name' } },
          { name: 'role', label: { zh: '角色', en: 'Role' }, choices: choices('member', 'admin') },
          { name: 'is_active', label: { zh: '有效', en: 'Active' }, choices: yesNo },
        ]}
        columns={[
          {
            title: { zh: '用户名', en: 'Username' },
            sort: 'username',
            show: ({ id, username }) => <MemberLink id={id} name={username} />,
          },
          { title: { zh: '名称', en: 'Name' }, show: ({ display_name }) => orNothing(display_name) },
          { title: { zh: '邮箱', en: 'E-mail' }, show: ({ email }) => email },
          { title: { zh: '角色', en: 'Role' }, show: ({ role }) => <State name={role} /> },
          {
            title: { zh: '状态', en: 'State' },
            show: ({ is_active }) => <State name={is_active ? 'active' : 'inactive'} />,
          },
          {
            title: { zh: '加入时间', en: 'Joined' },
            sort: 'joined_at',
            show: ({ joined_at }) => <Moment at={joined_at} />,
          },
          {
            title: { zh: '最近登录', en: 'Last login' },
            show: ({ last_login_at }) => <Moment at={last_login_at} />,
          },
        ]}
      />
    </Page>
  );
}
