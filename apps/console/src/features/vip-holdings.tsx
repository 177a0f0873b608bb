/** Who holds which tag, and who loses it soon. */
import { useAsk } from '../api/use-api.ts';
import { forFilter, useTagChoices } from '../ui/choices.ts';
import { GrantTag, HOLDING_COLUMNS } from '../ui/holdings.tsx';
import { ToPage } from '../ui/links.tsx';
import { ListOf } from '../ui/list-of.tsx';
import { Facts, Page } from '../ui/page.tsx';
import { Whole } from '../ui/states.tsx';
import { Num } from '../ui/values.tsx';
import { choices } from '../ui/words.ts';

export function VipHoldings() {
  const tags = useTagChoices();
  const summary = useAsk('/api/v1/vip/summary/', {});
  return (
    <Page
      title={{ zh: '标签持有', en: 'Holdings' }}
      acts={
        <>
          <ToPage path="vip/many" label={{ zh: '批量授予', en: 'Grant to many' }} />
          <GrantTag />
        </>
      }
      about={
        <Whole of={summary}>
          {({ vip_members, expiring_in_7_days, by_status }) => (
            <Facts
              facts={[
                [{ zh: 'VIP 成员', en: 'VIP members' }, <Num key="vip" value={vip_members} />],
                [
                  { zh: '7 天内到期', en: 'End within 7 days' },
                  <Num key="soon" value={expiring_in_7_days} />,
                ],
                [{ zh: '宽限期', en: 'In grace' }, <Num key="grace" value={by_status.grace} />],
                [{ zh: '已暂停', en: 'Suspended' }, <Num key="suspended" value={by_status.suspended} />],
              ]}
            />
          )}
        </Whole>
      }
    >
      <ListOf
        path="/api/v1/vip/user-tags/"
        label={{ zh: '标签持有', en: 'Holdings' }}
        rowKey={({ id }) => id}
        columns={HOLDING_COLUMNS}
        filters={[
          { name: 'member', label: { zh: '成员', en: 'Member' }, kind: 'member' },
          {
            name: 'tag',
            label: { zh: '标签', en: 'Tag' },
            choices: forFilter(tags),
          },
          {
            name: 'status',
            label: { zh: '状态', en: 'State' },
            choices: choices('active', 'grace', 'suspended', 'expired', 'revoked'),
          },
          { name: 'expires_before', label: { zh: '到期早于', en: 'Ends before' }, kind: 'day' },
        ]}
      />
    </Page>
  );
}
