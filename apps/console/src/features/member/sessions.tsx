/** Where a member is logged in. */
import { useSay } from '../../preferences.ts';
import { Act } from '../../ui/act.tsx';
import { ACTIONS, ListOf } from '../../ui/list-of.tsx';
import { Moment } from '../../ui/values.tsx';

export function SessionsTab({ id }: { id: number }) {
  const say = useSay();
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
          title: ACTIONS,
          show: ({ id: session_id }) => (
            <Act
              method="delete"
              path="/api/v1/members/{id}/sessions/{session_id}/"
              params={{ id, session_id }}
              label={{ zh: '结束', en: 'End' }}
              says={say({
                zh: '其刷新令牌立即失效，访问令牌在一秒内作废；其他会话不受影响。',
                en: 'Its refresh token stops working at once, its access tokens within a second; other sessions go on.',
              })}
              isSmall
              isDanger
            />
          ),
        },
      ]}
    />
  );
}
