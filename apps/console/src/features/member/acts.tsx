/** What is done with a member as a person. */
import { Flex } from 'antd';
import type { Member } from '@membership/client';
import { useSay } from '../../preferences.ts';
import { Act } from '../../ui/act.tsx';
import { Facts } from '../../ui/page.tsx';
import { Secret } from '../../ui/secret.tsx';
import { Code, Moment } from '../../ui/values.tsx';
import { choices } from '../../ui/words.ts';

export function MemberActs({ member }: { member: Member }) {
  const say = useSay();
  const { id } = member;
  const isErased = member.username === `erased:${id}`;
  return (
    <>
      <Act
        method="patch"
        path="/api/v1/members/{id}/"
        params={{ id }}
        label={{ zh: '编辑', en: 'Edit' }}
        cannot={isErased && { zh: '已经抹除', en: 'It is erased' }}
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
          says={say({
            zh: '成员可以重新登录；停用时结束的会话不会恢复。',
            en: 'It can log in again; sessions that ended when it was deactivated stay ended.',
          })}
          cannot={isErased && { zh: '已经抹除', en: 'It is erased' }}
          sends={() => ({ is_active: true })}
        />
      )}
      <PasswordLink member={member} />
      {member.role === 'admin' && (
        <Act
          method="post"
          path="/api/v1/members/{id}/reset-second-factor/"
          params={{ id }}
          label={{ zh: '重置第二因素', en: 'Reset the second factor' }}
          isDanger
          typed={member.username}
          says={say({
            zh: '用于丢失验证器的管理员：其第二因素停用，所有会话结束。',
            en: 'For an administrator who has lost the authenticator: it is turned off, and every session of that one ends.',
          })}
        />
      )}
      <Act
        method="post"
        path="/api/v1/members/{id}/erase/"
        params={{ id }}
        label={{ zh: '抹除', en: 'Erase' }}
        isDanger
        typed={member.username}
        cannot={
          isErased
            ? { zh: '已经抹除', en: 'It is erased already' }
            : member.is_active && { zh: '请先停用', en: 'Deactivate it first' }
        }
        says={say({
          zh: '姓名、邮箱、外部编号、密码、地址、设备名称等个人数据被删除；积分、订单和统计的数字保留，只对应成员编号。',
          en: 'Names, e-mail, external id, password, addresses and names of devices go. Numbers of points, orders and statistics stay, under the id alone.',
        })}
      />
    </>
  );
}

/** A link by which a member chooses a password: an invitation, or a reset. The tenant's own mailer hears of it, or one hands it over. */
function PasswordLink({ member: { id, is_active } }: { member: Member }) {
  const say = useSay();
  return (
    <Act
      method="post"
      path="/api/v1/members/{id}/password-link/"
      params={{ id }}
      label={{ zh: '密码链接', en: 'Password link' }}
      cannot={!is_active && { zh: '该成员已停用', en: 'This member is deactivated' }}
      says={say({
        zh: '生成一个让成员设置密码的链接，之前的链接失效。租户的邮件系统会收到通知并发送；也可以在下一步取出令牌，自行转交。',
        en: 'Makes a link by which the member chooses a password; a link from before ends. The tenant’s mailer is told and sends it, or you take its token in the next step and hand it over.',
      })}
      after={({ data: { link_id, kind, expires_at } }) => (
        <Flex vertical gap={12} align="start">
          <Facts
            facts={[
              [
                { zh: '用途', en: 'What it is' },
                kind === 'invitation'
                  ? say({ zh: '邀请', en: 'Invitation' })
                  : say({ zh: '重置密码', en: 'Password reset' }),
              ],
              [{ zh: '有效期至', en: 'Ends' }, <Moment key="ends" at={expires_at} />],
              [{ zh: '链接编号', en: 'Link id' }, <Code key="id" text={link_id} />],
            ]}
          />
          <Act
            method="post"
            path="/api/v1/members/password-links/{link_id}/fetch/"
            params={{ link_id }}
            label={{ zh: '取出令牌', en: 'Take the token' }}
            says={say({
              zh: '令牌只能取出一次；取出后，邮件系统不能再取。',
              en: 'It can be taken once: after that the mailer cannot have it any more.',
            })}
            after={(link) => <Secret of={{ zh: '令牌', en: 'Token' }} text={link.data.token} />}
          />
        </Flex>
      )}
    />
  );
}
