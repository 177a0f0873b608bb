/** What is done with a member as a person. */
import type { Member } from '@membership/client';
import { useSay } from '../../preferences.ts';
import { Act } from '../../ui/act.tsx';
import { choices } from '../../ui/words.ts';

export function MemberActs({ member }: { member: Member }) {
  const say = useSay();
  const { id } = member;
  return (
    <>
      <Act
        method="patch"
        path="/api/v1/members/{id}/"
        params={{ id }}
        label={{ zh: '编辑', en: 'Edit' }}
        initial={{
          email: member.email,
          display_name: member.display_name,
          role: member.role,
          external_id: member.external_id,
        }}
        fields={[
          { name: 'display_name', label: { zh: '显示名称', en: 'Display name' }, kind: 'long' },
          { name: 'email', label: { zh: '邮箱', en: 'E-mail' }, isRequired: true },
          { name: 'external_id', label: { zh: '外部编号', en: 'External id' } },
          {
            name: 'role',
            label: { zh: '角色', en: 'Role' },
            kind: 'choice',
            isRequired: true,
            choices: choices('member', 'admin'),
          },
        ]}
      />
      {member.is_active ? (
        <Act
          method="delete"
          path="/api/v1/members/{id}/"
          params={{ id }}
          label={{ zh: '停用', en: 'Deactivate' }}
          isDanger
          says={say({
            zh: '该成员的会话立即结束，不能再登录；数据保留，可以重新启用。',
            en: 'Its sessions end at once and it cannot log in. Its data stay, and it can be activated again.',
          })}
        />
      ) : (
        <Act
          method="patch"
          path="/api/v1/members/{id}/"
          params={{ id }}
          label={{ zh: '启用', en: 'Activate' }}
          sends={() => ({ is_active: true })}
        />
      )}
    </>
  );
}
