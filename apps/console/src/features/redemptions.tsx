/** Redemptions: what must be sent, and what becomes of it. */
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { NEEDED_REASON } from '../ui/fields.ts';
import { ACTIONS, ListOf } from '../ui/list-of.tsx';
import { MemberLink } from '../ui/links.tsx';
import { Facts, Page } from '../ui/page.tsx';
import { Code, Moment, Num, orNothing, State } from '../ui/values.tsx';
import { choices } from '../ui/words.ts';

/** What comes back with a redemption that is undone. */
function Undoes({ points, zh, en }: { points: number; zh: string; en: string }) {
  const say = useSay();
  return (
    <>
      {say({ zh: '成员取回 ', en: 'The member gets ' })}
      <Num value={points} />
      {say({
        zh: ` 积分（期间已到期的再保留 30 天）；${zh}。之后不能恢复。`,
        en: ` points back (what ended meanwhile lasts 30 days more); ${en}. It is final.`,
      })}
    </>
  );
}

export function Redemptions() {
  const say = useSay();
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
            show: ({ redemption_id, status, points_cost, item_name, quantity }) => {
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
                    says={say({
                      zh: `${item_name} × ${quantity} 已寄出；成员可以看到运单号。`,
                      en: `${item_name} × ${quantity} is on its way; the member sees the tracking code.`,
                    })}
                    fields={[{ name: 'tracking_code', label: { zh: '运单号', en: 'Tracking code' } }]}
                  />
                  <Act
                    method="post"
                    path="/api/v1/member-system/admin/redemptions/{redemption_id}/complete/"
                    params={{ redemption_id }}
                    label={{ zh: '完成', en: 'Complete' }}
                    isSmall
                    cannot={isOver}
                    says={say({
                      zh: `成员已收到 ${item_name} × ${quantity}。之后不能取消，只能退货。`,
                      en: `The member has ${item_name} × ${quantity}. After that it cannot be cancelled, only taken back.`,
                    })}
                  />
                  <Act
                    method="post"
                    path="/api/v1/member-system/admin/redemptions/{redemption_id}/cancel/"
                    params={{ redemption_id }}
                    label={{ zh: '取消', en: 'Cancel' }}
                    isSmall
                    isDanger
                    cannot={
                      status === 'completed'
                        ? { zh: '已完成的请用“退货”', en: 'It was received: take it back instead' }
                        : isOver
                    }
                    says={
                      <Undoes
                        points={points_cost}
                        zh={`${item_name} 库存加 ${quantity}，成员的限额恢复`}
                        en={`${quantity} more of ${item_name} can be given, and count no more against the member’s limit`}
                      />
                    }
                    fields={[NEEDED_REASON]}
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
                    says={
                      <Undoes
                        points={points_cost}
                        zh={`成员的限额恢复；商品可再次兑换时，${item_name} 库存加 ${quantity}`}
                        en={`it counts no more against the member’s limit; where it can be given again, there are ${quantity} more of ${item_name}`}
                      />
                    }
                    initial={{ restock: true }}
                    fields={[
                      NEEDED_REASON,
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
