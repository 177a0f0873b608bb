/** One member: balance, levels, what it may do and why, what it holds, and what can be done for it. Each section fails by itself. */
import { useParams } from '@tanstack/react-router';
import { Alert, Flex, Progress, Table, Tabs } from 'antd';
import type { Member, Profile } from '@membership/client';
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { ASSIGNMENT_COLUMNS, assignmentDetails } from '../ui/assignments.tsx';
import {
  useLicenceChoices,
  useMemberLevelChoices,
  useTagChoices,
  useUserLevelChoices,
} from '../ui/choices.ts';
import { HOLDING_COLUMNS } from '../ui/holdings.tsx';
import { ListOf } from '../ui/list-of.tsx';
import { useListState } from '../ui/list-state.ts';
import { Facts, Page, Section } from '../ui/page.tsx';
import { RECORD_COLUMNS, recordDetails } from '../ui/records.tsx';
import { Whole } from '../ui/states.tsx';
import { Code, Moment, Num, orNothing, State } from '../ui/values.tsx';
import { choices } from '../ui/words.ts';

const REASON = { zh: '原因', en: 'Reason' };

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
  const say = useSay();
  const { search, change } = useListState();
  const { id } = member;
  const tabs = [
    { key: 'points', label: { zh: '积分', en: 'Points' }, children: <PointsTab id={id} /> },
    { key: 'permissions', label: { zh: '权限', en: 'Permissions' }, children: <PermissionsTab id={id} /> },
    { key: 'tags', label: { zh: '标签', en: 'Tags' }, children: <TagsTab id={id} /> },
    { key: 'licences', label: { zh: '许可证', en: 'Licences' }, children: <LicencesTab id={id} /> },
    { key: 'sessions', label: { zh: '会话', en: 'Sessions' }, children: <SessionsTab id={id} /> },
  ] as const;
  return (
    <Page
      title={member.display_name || member.username}
      acts={
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
      }
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
      <Tabs
        activeKey={tabs.find(({ key }) => key === search['tab'])?.key ?? 'points'}
        onChange={(tab) => void change({ tab })}
        destroyOnHidden
        items={tabs.map((tab) => ({ ...tab, label: say(tab.label) }))}
      />
    </Page>
  );
}

function PointsTab({ id }: { id: number }) {
  const say = useSay();
  const profile = useAsk('/api/v1/points/profiles/{id}/', { params: { path: { id } } });
  return (
    <Flex vertical gap={16}>
      <Whole of={profile}>
        {(found) => (
          <Section title={{ zh: '余额', en: 'Balance' }} extra={<PointsActs profile={found} />}>
            {!found.is_points_enabled && (
              <Alert
                type="warning"
                showIcon
                title={say({ zh: '该成员未启用积分', en: 'Points are not enabled for this member' })}
              />
            )}
            <Facts
              facts={[
                [
                  { zh: '可用', en: 'Available' },
                  <strong key="available">
                    <Num value={found.available_points} />
                  </strong>,
                ],
                [{ zh: '冻结', en: 'Frozen' }, <Num key="frozen" value={found.frozen_points} />],
                [{ zh: '总计', en: 'Total' }, <Num key="total" value={found.total_points} />],
                [{ zh: '待扣', en: 'Owed' }, <Num key="owed" value={found.owed_points} />],
                [{ zh: '积分倍数', en: 'Multiplier' }, found.points_multiplier],
                [
                  { zh: '用户等级', en: 'User level' },
                  <span key="level">
                    {found.current_level_info?.level_name ?? '–'}
                    {found.level_set_by_hand && (
                      <span className="faint"> {say({ zh: '（人工设置）', en: '(set by hand)' })}</span>
                    )}
                  </span>,
                ],
                [
                  { zh: '连续登录', en: 'Login streak' },
                  <Num key="streak" value={found.consecutive_login_days} />,
                ],
              ]}
            />
            <LevelProgress id={id} />
          </Section>
        )}
      </Whole>
      <Expiring id={id} />
      <Section title={{ zh: '积分记录', en: 'Records' }}>
        <ListOf
          path="/api/v1/points/points-records/"
          label={{ zh: '积分记录', en: 'Records' }}
          rowKey={({ id: record }) => record}
          query={{ member: id }}
          columns={RECORD_COLUMNS.slice(1)}
          expanded={recordDetails}
        />
      </Section>
    </Flex>
  );
}

/** Give and take: exact, with a reason. What is earned is multiplied, and says so. */
function PointsActs({ profile }: { profile: Profile }) {
  const say = useSay();
  const { id, available_points: available } = profile;
  const amount = {
    name: 'points_amount',
    label: { zh: '积分数', en: 'Points' },
    kind: 'whole',
    min: 1,
    isRequired: true,
  } as const;
  const cannot = !profile.is_points_enabled && {
    zh: '该成员未启用积分',
    en: 'Points are not enabled for this member',
  };
  return (
    <Flex wrap gap={8}>
      <Act
        method="post"
        path="/api/v1/points/profiles/{id}/adjust_points/"
        params={{ id }}
        label={{ zh: '给积分', en: 'Give points' }}
        isMain
        cannot={cannot}
        says={say({
          zh: `现有可用积分 ${available}。按填写的数量增加，不乘倍数。`,
          en: `${available} points are available now. Exactly what you write is added, without a multiplier.`,
        })}
        fields={[amount, { name: 'reason', label: REASON, kind: 'long', isRequired: true }]}
        done={{ zh: '积分已增加', en: 'The points are there' }}
      />
      <Act
        method="post"
        path="/api/v1/points/profiles/{id}/adjust_points/"
        params={{ id }}
        label={{ zh: '扣积分', en: 'Take points' }}
        cannot={cannot}
        fixed={{ is_negative: true }}
        says={say({
          zh: `现有可用积分 ${available}。按填写的数量扣除。`,
          en: `${available} points are available now. Exactly what you write is taken.`,
        })}
        fields={[amount, { name: 'reason', label: REASON, kind: 'long', isRequired: true }]}
        done={{ zh: '积分已扣除', en: 'The points are taken' }}
      />
      <Act
        method="post"
        path="/api/v1/points/profiles/{id}/earn_points/"
        params={{ id }}
        label={{ zh: '按规则获得', en: 'Earn' }}
        cannot={cannot}
        says={say({
          zh: `填写的数量乘以倍数 ${profile.points_multiplier}，受每日上限约束。`,
          en: `What you write is multiplied by ${profile.points_multiplier}, within the limits of the day.`,
        })}
        fields={[
          amount,
          { name: 'category', label: { zh: '类别', en: 'Category' }, isRequired: true },
          { name: 'reason', label: REASON, kind: 'long' },
          { name: 'expires_at', label: { zh: '有效期至', en: 'Ends' }, kind: 'instant' },
        ]}
      />
      <LevelActs id={id} />
    </Flex>
  );
}

/** Levels set by hand: they stay until somebody frees them. */
function LevelActs({ id }: { id: number }) {
  const say = useSay();
  const levels = useUserLevelChoices();
  const memberLevels = useMemberLevelChoices();
  return (
    <>
      <Act
        method="post"
        path="/api/v1/points/profiles/{id}/set_level/"
        params={{ id }}
        label={{ zh: '设置用户等级', en: 'Set the user level' }}
        says={say({
          zh: '人工设置的等级不随积分变化；留空则恢复按积分计算。',
          en: 'A level set by hand does not follow the points. Empty: it follows them again.',
        })}
        initial={{ level_id: null }}
        sends={({ level_id, reason }) => ({
          level_id: (level_id as number | undefined) ?? null,
          reason: reason as string,
        })}
        fields={[
          { name: 'level_id', label: { zh: '用户等级', en: 'User level' }, kind: 'choice', choices: levels },
          { name: 'reason', label: REASON, kind: 'long', isRequired: true },
        ]}
      />
      <Act
        method="post"
        path="/api/v1/member-system/levels/upgrade/"
        label={{ zh: '设置会员等级', en: 'Set the member level' }}
        fixed={{ user_id: id }}
        fields={[
          {
            name: 'target_level_id',
            label: { zh: '会员等级', en: 'Member level' },
            kind: 'choice',
            choices: memberLevels,
            isRequired: true,
          },
          { name: 'reason', label: REASON, kind: 'long' },
        ]}
      />
    </>
  );
}

function LevelProgress({ id }: { id: number }) {
  const say = useSay();
  const summary = useAsk('/api/v1/points/profiles/{id}/summary/', { params: { path: { id } } });
  return (
    <Whole of={summary}>
      {({ level_progress: { next_level, points_to_next, progress_percentage } }) =>
        next_level ? (
          <div style={{ marginTop: 12 }}>
            <span className="faint">
              {say({
                zh: `距离 ${next_level.name} 还差 ${points_to_next ?? 0} 积分`,
                en: `${points_to_next ?? 0} points to ${next_level.name}`,
              })}
            </span>
            <Progress
              percent={progress_percentage}
              size="small"
              aria-label={say({ zh: '升级进度', en: 'Progress to the next level' })}
            />
          </div>
        ) : null
      }
    </Whole>
  );
}

function Expiring({ id }: { id: number }) {
  const say = useSay();
  const asked = useAsk('/api/v1/points/profiles/{id}/expiring/', {
    params: { path: { id }, query: { days: 365 } },
  });
  return (
    <Section title={{ zh: '一年内到期', en: 'What ends within a year' }}>
      <Whole of={asked}>
        {({ by_day, without_end }) => (
          <>
            {by_day.length === 0 ? (
              <p className="faint">{say({ zh: '没有积分到期', en: 'No points end' })}</p>
            ) : (
              <Table
                size="small"
                rowKey="date"
                pagination={by_day.length > 10 ? { pageSize: 10, showSizeChanger: false } : false}
                dataSource={by_day}
                columns={[
                  { title: say({ zh: '日期', en: 'Date' }), dataIndex: 'date' },
                  {
                    title: say({ zh: '积分', en: 'Points' }),
                    align: 'right',
                    render: (_value, { points }) => <Num value={points} />,
                  },
                ]}
              />
            )}
            <p className="faint">
              {say({ zh: '长期有效', en: 'Without an end' })}: <Num value={without_end} />
            </p>
          </>
        )}
      </Whole>
    </Section>
  );
}

function PermissionsTab({ id }: { id: number }) {
  const say = useSay();
  const asked = useAsk('/api/v1/points/profiles/{id}/permissions/', { params: { path: { id } } });
  return (
    <Whole of={asked}>
      {({ base_permissions, level_permissions, vip_tag_permissions, effective_permissions }) => {
        const sources = [
          { name: say({ zh: '基础', en: 'Base' }), of: base_permissions },
          { name: say({ zh: '等级', en: 'Level' }), of: level_permissions },
          ...Object.entries(vip_tag_permissions).map(([name, of]) => ({ name, of })),
        ];
        return (
          <Table
            size="small"
            rowKey="name"
            pagination={false}
            scroll={{ x: 'max-content' }}
            dataSource={Object.entries(effective_permissions).map(([name, value]) => ({ name, value }))}
            columns={[
              { title: say({ zh: '权限', en: 'Permission' }), dataIndex: 'name' },
              {
                title: say({ zh: '结果', en: 'In effect' }),
                render: (_value, row) => <strong>{String(row.value)}</strong>,
              },
              ...sources.map((source) => ({
                title: source.name,
                render: (_value: unknown, row: { name: string }) => {
                  const given = source.of[row.name];
                  return given === undefined ? <span className="faint">–</span> : JSON.stringify(given);
                },
              })),
            ]}
          />
        );
      }}
    </Whole>
  );
}

function TagsTab({ id }: { id: number }) {
  const tags = useTagChoices();
  return (
    <Flex vertical gap={12}>
      <Flex>
        <Act
          method="post"
          path="/api/v1/vip/user-tags/grant/"
          label={{ zh: '授予标签', en: 'Grant a tag' }}
          isMain
          fixed={{ member_id: id }}
          fields={[
            {
              name: 'tag_id',
              label: { zh: '标签', en: 'Tag' },
              kind: 'choice',
              choices: tags,
              isRequired: true,
            },
            { name: 'duration_days', label: { zh: '天数', en: 'Days' }, kind: 'whole', min: 1 },
            { name: 'reason', label: REASON, kind: 'long' },
          ]}
        />
      </Flex>
      <ListOf
        path="/api/v1/vip/user-tags/"
        label={{ zh: '用户标签', en: 'Tags' }}
        rowKey={({ id: tag }) => tag}
        query={{ member: id }}
        columns={HOLDING_COLUMNS.slice(1)}
      />
    </Flex>
  );
}

function LicencesTab({ id }: { id: number }) {
  const licences = useLicenceChoices();
  return (
    <Flex vertical gap={12}>
      <Flex>
        <Act
          method="post"
          path="/api/v1/license-assignments/"
          label={{ zh: '分配许可证', en: 'Assign a licence' }}
          isMain
          fixed={{ member_id: id }}
          fields={[
            {
              name: 'license_id',
              label: { zh: '许可证', en: 'Licence' },
              kind: 'choice',
              choices: licences,
              isRequired: true,
            },
            { name: 'expires_days', label: { zh: '天数', en: 'Days' }, kind: 'whole', min: 1 },
            { name: 'assignment_reason', label: REASON, kind: 'long' },
          ]}
        />
      </Flex>
      <ListOf
        path="/api/v1/license-assignments/"
        label={{ zh: '许可证分配', en: 'Assignments' }}
        rowKey={({ id: assignment }) => assignment}
        query={{ member_id: id }}
        columns={ASSIGNMENT_COLUMNS.slice(1)}
        expanded={assignmentDetails}
      />
    </Flex>
  );
}

function SessionsTab({ id }: { id: number }) {
  return (
    <ListOf
      path="/api/v1/members/{id}/sessions/"
      label={{ zh: '会话', en: 'Sessions' }}
      rowKey={({ id: session }) => session}
      params={{ id }}
      columns={[
        { title: { zh: '开始', en: 'Began' }, show: ({ created_at }) => <Moment at={created_at} /> },
        {
          title: { zh: '最近刷新', en: 'Last refreshed' },
          show: ({ refreshed_at }) => <Moment at={refreshed_at} />,
        },
        { title: { zh: '到期', en: 'Ends' }, show: ({ expires_at }) => <Moment at={expires_at} /> },
        {
          title: { zh: '操作', en: 'Actions' },
          show: ({ id: session_id }) => (
            <Act
              method="delete"
              path="/api/v1/members/{id}/sessions/{session_id}/"
              params={{ id, session_id }}
              label={{ zh: '结束', en: 'End' }}
              isSmall
              isDanger
            />
          ),
        },
      ]}
    />
  );
}
