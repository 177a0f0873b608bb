/** Redemptions: what must be sent, and what becomes of it. */
import { Act } from '../ui/act.tsx';
import { REASON } from '../ui/fields.ts';
import { ACTIONS, ListOf } from '../ui/list-of.tsx';
import { MemberLink } from '../ui/links.tsx';
import { Facts, Page } from '../ui/page.tsx';
import { Code, Moment, Num, orNothing, State } from '../ui/values.tsx';
import { choices } from '../ui/words.ts';

export function Redemptions() {
  return (
    <Page title={{ zh: '兑换', en: 'Redemptions' }}>
      <ListOf
        path="/api/v1/member-system/admin/redemptions/"
        label={{ zh: '兑换', en: 'Redemptions' }}
        sizeIs="limit"
        rowKey={({ redemption_id }) => redemption_id}
        filters={[
          {
            name: 'status',
            label: { zh: '状态', en: 'State' },
            choices: choices('requested', 'shipped', 'completed', 'cancelled'),
          },
          { name: 'user_id', label: { zh: '成员', en: 'Member' }, kind: 'member' },
        ]}
        columns={[
          { title: { zh: '编号', en: 'Id' }, show: ({ redemption_id }) => <Code text={redemption_id} /> },
          { title: { zh: '成员', en: 'Member' }, show: ({ user_id }) => <MemberLink id={user_id} /> },
          {
            title: { zh: '商品', en: 'Item' },
            show: ({ item_name, quantity }) => `${item_name} × ${quantity}`,
          },
          {
            title: { zh: '积分', en: 'Points' },
            isNumber: true,
            show: ({ points_cost }) => <Num value={points_cost} />,
          },
          { title: { zh: '状态', en: 'State' }, show: ({ status }) => <State name={status} /> },
          { title: { zh: '时间', en: 'Asked' }, show: ({ created_at }) => <Moment at={created_at} /> },
          {
            title: ACTIONS,
            show: ({ redemption_id, status }) => {
              const isOver = (status === 'completed' || status === 'cancelled') && {
                zh: '已经结束',
                en: 'It is over already',
              };
              return (
                <>
                  <Act
                    method="post"
                    path="/api/v1/member-system/admin/redemptions/{redemption_id}/ship/"
                    params={{ redemption_id }}
                    label={{ zh: '发货', en: 'Ship' }}
                    isSmall
                    cannot={
                      status !== 'requested' && {
                        zh: '只有处理中的可以发货',
                        en: 'Only what was asked can be shipped',
                      }
                    }
                    fields={[{ name: 'tracking_code', label: { zh: '运单号', en: 'Tracking code' } }]}
                  />
                  <Act
                    method="post"
                    path="/api/v1/member-system/admin/redemptions/{redemption_id}/complete/"
                    params={{ redemption_id }}
                    label={{ zh: '完成', en: 'Complete' }}
                    isSmall
                    cannot={isOver}
                  />
                  <Act
                    method="post"
                    path="/api/v1/member-system/admin/redemptions/{redemption_id}/cancel/"
                    params={{ redemption_id }}
                    label={{ zh: '取消', en: 'Cancel' }}
                    isSmall
                    isDanger
                    cannot={isOver}
                    fields={[{ ...REASON, isRequired: true }]}
                  />
                  <Act
                    method="post"
                    path="/api/v1/member-system/admin/redemptions/{redemption_id}/return/"
                    params={{ redemption_id }}
                    label={{ zh: '退货', en: 'Take back' }}
                    isSmall
                    isDanger
                    cannot={
                      status !== 'completed' && {
                        zh: '只有已完成的可以退货',
                        en: 'Only what was received can be taken back',
                      }
                    }
                    initial={{ restock: true }}
                    fields={[
                      { name: 'reason', label: { zh: '原因', en: 'Reason' }, kind: 'long', isRequired: true },
                      {
                        name: 'restock',
                        label: { zh: '商品可再次兑换', en: 'Can be given again' },
                        kind: 'switch',
                      },
                    ]}
                  />
                </>
              );
            },
          },
        ]}
        expanded={({ delivery_address, tracking_code, reason, estimated_delivery }) => (
          <Facts
            facts={[
              [
                { zh: '收件人', en: 'To' },
                delivery_address ? `${delivery_address.name} · ${delivery_address.phone}` : '–',
              ],
              [{ zh: '地址', en: 'Address' }, orNothing(delivery_address?.address)],
              [{ zh: '运单号', en: 'Tracking code' }, orNothing(tracking_code)],
              [{ zh: '预计送达', en: 'Expected' }, orNothing(estimated_delivery)],
              [{ zh: '原因', en: 'Reason' }, orNothing(reason)],
            ]}
          />
        )}
      />
    </Page>
  );
}
