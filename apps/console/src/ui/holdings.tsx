/** Tags that members hold, and what can be done with one: as the list of all, and as a member's own. */
import type { UserTag } from '@membership/client';
import { Act } from './act.tsx';
import { MEMBER, REASON } from './fields.ts';
import { useTagChoices } from './choices.ts';
import { ACTIONS, type Column } from './list-of.tsx';
import { MemberLink } from './links.tsx';
import { StateActs } from './state-acts.tsx';
import { Moment, Num, orNothing, State, YesNo } from './values.tsx';

/** For how long a tag is given. */
export const DAYS = {
  name: 'duration_days',
  label: { zh: '天数', en: 'Days' },
  kind: 'whole',
  min: 1,
  help: { zh: '留空则为默认天数', en: 'Empty: the days of the tag' },
} as const;

/** Gives a tag to a member: to this one, or to whom one chooses. */
export function GrantTag({ member }: { member?: number }) {
  const tags = useTagChoices();
  return (
    <Act
      method="post"
      path="/api/v1/vip/user-tags/grant/"
      label={{ zh: '授予标签', en: 'Grant a tag' }}
      isMain
      {...(member === undefined ? {} : { fixed: { member_id: member } })}
      fields={[
        ...(member === undefined ? [MEMBER] : []),
        { name: 'tag_id', label: { zh: '标签', en: 'Tag' }, kind: 'choice', choices: tags, isRequired: true },
        DAYS,
        REASON,
      ]}
    />
  );
}

function HoldingActs({ holding: { id, status } }: { holding: UserTag }) {
  return (
    <>
      <Act
        method="post"
        path="/api/v1/vip/user-tags/{id}/renew/"
        params={{ id }}
        label={{ zh: '续期', en: 'Renew' }}
        isSmall
        fields={[DAYS, REASON]}
        cannot={status === 'revoked' && { zh: '已撤销的不能续期', en: 'It is revoked' }}
      />
      <StateActs
        of="vip/user-tags"
        id={id}
        status={status}
        isOpen={status === 'active' || status === 'grace'}
      />
    </>
  );
}

export const HOLDING_COLUMNS: readonly Column<UserTag>[] = [
  {
    title: { zh: '成员', en: 'Member' },
    show: ({ member_id, member_info }) => <MemberLink id={member_id} name={member_info.username} />,
  },
  { title: { zh: '标签', en: 'Tag' }, show: ({ tag_info }) => `${tag_info.tag_icon} ${tag_info.tag_name}` },
  { title: { zh: '状态', en: 'State' }, show: ({ status }) => <State name={status} /> },
  {
    title: { zh: '授予时间', en: 'Granted' },
    sort: 'granted_at',
    show: ({ granted_at }) => <Moment at={granted_at} />,
  },
  {
    title: { zh: '有效期至', en: 'Ends' },
    sort: 'expires_at',
    show: ({ expires_at }) => <Moment at={expires_at} />,
  },
  {
    title: { zh: '剩余天数', en: 'Days left' },
    isNumber: true,
    show: ({ vip_status }) => <Num value={vip_status.days_until_expiry} />,
  },
  { title: { zh: '自动续期', en: 'Auto-renewal' }, show: ({ auto_renew }) => <YesNo value={auto_renew} /> },
  { title: { zh: '原因', en: 'Reason' }, show: ({ reason }) => orNothing(reason) },
  { title: ACTIONS, show: (holding) => <HoldingActs holding={holding} /> },
];
