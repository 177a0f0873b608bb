/** Tags that members hold, and what can be done with one: as the list of all, and as a member's own. */
import type { UserTag } from '@membership/client';
import { useSay } from '../preferences.ts';
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
  const say = useSay();
  const tags = useTagChoices();
  return (
    <Act
      method="post"
      path="/api/v1/vip/user-tags/grant/"
      label={{ zh: '授予标签', en: 'Grant a tag' }}
      isMain
      says={say({
        zh: '标签立即生效，不扣积分。已持有该标签的成员得到续期。',
        en: 'It counts at once and costs no points. Who has the tag already gets it renewed.',
      })}
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

function HoldingActs({ holding: { id, status, expires_at } }: { holding: UserTag }) {
  const say = useSay();
  return (
    <>
      <Act
        method="post"
        path="/api/v1/vip/user-tags/{id}/renew/"
        params={{ id }}
        label={{ zh: '续期', en: 'Renew' }}
        isSmall
        says={
          expires_at === null ? (
            say({
              zh: '此标签没有到期时间，续期后仍然没有。',
              en: 'It has no end, and renewed it has none either.',
            })
          ) : (
            <>
              {say({ zh: '现到期时间：', en: 'It ends at present: ' })}
              <Moment at={expires_at} />
              {say({
                zh: '。天数从到期时间起算，已过期的从现在起算。',
                en: '. The days are added to that; where it has passed, to now.',
              })}
            </>
          )
        }
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
