/** What can be done with a redemption, and in which of its states. */
import type { ItemOf } from '@membership/client';
import { useSay, type Text } from '../../preferences.ts';
import { Act } from '../../ui/act.tsx';
import { NEEDED_REASON } from '../../ui/fields.ts';
import { counted, writeNumber } from '../../ui/format.ts';

export const REDEMPTIONS = '/api/v1/member-system/admin/redemptions/';
export type Redemption = ItemOf<typeof REDEMPTIONS>;
export type RedemptionState = Redemption['status'];
/** In the order that a redemption goes through them. */
export const STATES = [
  'requested',
  'shipped',
  'completed',
  'cancelled',
] as const satisfies readonly RedemptionState[];

export type Step = 'ship' | 'complete' | 'cancel' | 'return';
/** Each with where it may be done, and why not elsewhere. */
export const STEPS: Readonly<
  Record<Step, { label: Text; from: readonly RedemptionState[]; isDanger?: true; cannot: Text }>
> = {
  ship: {
    label: { zh: '发货', en: 'Ship' },
    from: ['requested'],
    cannot: { zh: '只有处理中的可以发货', en: 'Only what was asked can be shipped' },
  },
  complete: {
    label: { zh: '完成', en: 'Complete' },
    from: ['requested', 'shipped'],
    cannot: { zh: '已经结束', en: 'It is over already' },
  },
  cancel: {
    label: { zh: '取消', en: 'Cancel' },
    from: ['requested', 'shipped'],
    isDanger: true,
    cannot: {
      zh: '已经结束；已完成的请用“退货”',
      en: 'It is over already; what was received can be taken back',
    },
  },
  return: {
    label: { zh: '退货', en: 'Take back' },
    from: ['completed'],
    isDanger: true,
    cannot: { zh: '只有已完成的可以退货', en: 'Only what was received can be taken back' },
  },
};
export const STEP_NAMES = Object.keys(STEPS) as Step[];
export const stepsFrom = (state: RedemptionState): Step[] =>
  STEP_NAMES.filter((step) => STEPS[step].from.includes(state));

type Shown = {
  readonly of: Redemption;
  /** Opened by something else, which is told when it closes. */
  readonly onClose?: () => void;
};

/** A button with its dialog, or the dialog alone. */
export function RedemptionAct({ step, ...shown }: Shown & { step: Step }) {
  const { label, from, isDanger = false, cannot } = STEPS[step];
  const { redemption_id, status } = shown.of;
  const common = {
    method: 'post',
    params: { redemption_id },
    label,
    isSmall: true,
    isDanger,
    cannot: !from.includes(status) && cannot,
    ...(shown.onClose ? { onClose: shown.onClose } : {}),
  } as const;
  const say = useSay();
  const { item_name, quantity, points_cost } = shown.of;
  if (step === 'ship')
    return (
      <Act
        {...common}
        path="/api/v1/member-system/admin/redemptions/{redemption_id}/ship/"
        says={say({
          zh: `${item_name} × ${quantity} 已寄出；成员可以看到运单号。`,
          en: `${item_name} × ${quantity} is on its way; the member sees the tracking code.`,
        })}
        fields={[{ name: 'tracking_code', label: { zh: '运单号', en: 'Tracking code' } }]}
      />
    );
  if (step === 'complete')
    return (
      <Act
        {...common}
        path="/api/v1/member-system/admin/redemptions/{redemption_id}/complete/"
        says={say({
          zh: `成员已收到 ${item_name} × ${quantity}。之后不能取消，只能退货。`,
          en: `The member has ${item_name} × ${quantity}. After that it cannot be cancelled, only taken back.`,
        })}
      />
    );
  if (step === 'cancel')
    return (
      <Act
        {...common}
        path="/api/v1/member-system/admin/redemptions/{redemption_id}/cancel/"
        says={
          <Undoes
            points={points_cost}
            zh={`${item_name} 库存加 ${quantity}，成员的限额恢复`}
            en={`${quantity} more of ${item_name} can be given, and ${quantity === 1 ? 'counts' : 'count'} no more against the member’s limit`}
          />
        }
        fields={[NEEDED_REASON]}
      />
    );
  return (
    <Act
      {...common}
      path="/api/v1/member-system/admin/redemptions/{redemption_id}/return/"
      says={
        <Undoes
          points={points_cost}
          zh={`成员的限额恢复；商品可再次兑换时，${item_name} 库存加 ${quantity}`}
          en={`it counts no more against the member’s limit; where it can be given again, ${counted(quantity, 'more is', 'more are')} there of ${item_name}`}
        />
      }
      initial={{ restock: true }}
      fields={[
        NEEDED_REASON,
        { name: 'restock', label: { zh: '商品可再次兑换', en: 'Can be given again' }, kind: 'switch' },
      ]}
    />
  );
}

/** What comes back with a redemption that is undone. */
function Undoes({ points, zh, en }: { points: number; zh: string; en: string }) {
  return useSay()({
    zh: `成员取回 ${writeNumber(points, 'zh')} 积分（期间已到期的再保留 30 天）；${zh}。之后不能恢复。`,
    en: `The member gets ${counted(points, 'point')} back (what ended meanwhile lasts 30 days more); ${en}. It is final.`,
  });
}
