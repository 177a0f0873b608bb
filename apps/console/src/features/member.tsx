/** One member: who it is, and a tab for each thing that it has. Each section fails by itself. */
import { useParams } from '@tanstack/react-router';
import type { Member } from '@membership/client';
import { useAsk } from '../api/use-api.ts';
import { Facts, Page } from '../ui/page.tsx';
import { Whole } from '../ui/states.tsx';
import { Code, Moment, orNothing, State } from '../ui/values.tsx';
import { Views } from '../ui/views.tsx';
import { MemberActs } from './member/acts.tsx';
import { HistoryTab } from './member/history.tsx';
import { HoldsTab } from './member/holds.tsx';
import { LicencesTab } from './member/licences.tsx';
import { PermissionsTab } from './member/permissions.tsx';
import { PointsTab } from './member/points.tsx';
import { SessionsTab } from './member/sessions.tsx';
import { StatementTab } from './member/statement.tsx';
import { TagsTab } from './member/tags.tsx';

export function MemberPage() {
  const id = Number((useParams({ strict: false }) as { id?: string }).id);
  const member = useAsk('/api/v1/members/{id}/', { params: { path: { id } } });
  if (!member.data)
    return (
      <Page title={{ zh: '成员', en: 'Member' }}>
        <Whole of={member}>{() => null}</Whole>
      </Page>
    );
  return <MemberOf member={member.data.data} />;
}

function MemberOf({ member }: { member: Member }) {
  const { id } = member;
  const views = [
    { key: 'points', label: { zh: '积分', en: 'Points' }, children: <PointsTab id={id} /> },
    { key: 'statement', label: { zh: '对账单', en: 'Statement' }, children: <StatementTab id={id} /> },
    { key: 'holds', label: { zh: '冻结', en: 'Holds' }, children: <HoldsTab id={id} /> },
    { key: 'permissions', label: { zh: '权限', en: 'Permissions' }, children: <PermissionsTab id={id} /> },
    { key: 'tags', label: { zh: '标签', en: 'Tags' }, children: <TagsTab id={id} /> },
    { key: 'licences', label: { zh: '许可证', en: 'Licences' }, children: <LicencesTab id={id} /> },
    { key: 'sessions', label: { zh: '会话', en: 'Sessions' }, children: <SessionsTab id={id} /> },
    { key: 'history', label: { zh: '事件', en: 'History' }, children: <HistoryTab id={id} /> },
  ] as const;
  return (
    <Page
      title={member.display_name || member.username}
      acts={<MemberActs member={member} />}
      about={
        <Facts
          facts={[
            [{ zh: '用户名', en: 'Username' }, member.username],
            [{ zh: '编号', en: 'Id' }, <Code key="id" text={String(id)} />],
            [{ zh: '邮箱', en: 'E-mail' }, member.email],
            [{ zh: '外部编号', en: 'External id' }, orNothing(member.external_id)],
            [{ zh: '角色', en: 'Role' }, <State key="role" name={member.role} />],
            [
              { zh: '状态', en: 'State' },
              <State key="state" name={member.is_active ? 'active' : 'inactive'} />,
            ],
            [{ zh: '加入时间', en: 'Joined' }, <Moment key="joined" at={member.joined_at} />],
            [{ zh: '最近登录', en: 'Last login' }, <Moment key="login" at={member.last_login_at} />],
          ]}
        />
      }
    >
      <Views of={views} />
    </Page>
  );
}
