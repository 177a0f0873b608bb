/** Points for many members at once: exactly as many as each row says. */
import { useWrite } from '../api/use-api.ts';
import { NEEDED_REASON } from '../ui/fields.ts';
import { ManyPage } from '../ui/many/many-page.tsx';
import { Signed } from '../ui/values.tsx';

const COLUMNS = [
  { name: 'member', label: { zh: '成员编号或用户名', en: 'Member id or username' }, isRequired: true },
  { name: 'points', label: { zh: '积分', en: 'Points' }, isRequired: true, isAmount: true },
  { name: 'note', label: { zh: '备注', en: 'Note' } },
] as const;

export function PointsMany() {
  const batch = useWrite('post', '/api/v1/member-system/admin/points/batch');
  return (
    <ManyPage
      title={{ zh: '批量积分', en: 'Points for many' }}
      says={{
        zh: '按所列数量给予或扣除，不乘倍数，不受每日上限限制。一行失败不影响其余各行；撤销需逐条取消记录。',
        en: 'Exactly what each row says is given or taken, without a multiplier or the limits of a day. A row that fails undoes no other; to undo one, cancel its record.',
      }}
      columns={COLUMNS}
      example={'john_doe,100,late parcel\n1002,50'}
      ofMembers
      fields={[
        {
          name: 'operation_type',
          label: { zh: '操作', en: 'What is done' },
          kind: 'choice',
          isRequired: true,
          choices: [
            { value: 'EARN', label: { zh: '给积分', en: 'Give points' } },
            { value: 'USE', label: { zh: '扣积分', en: 'Take points' } },
          ],
        },
        NEEDED_REASON,
      ]}
      initial={{ operation_type: 'EARN' }}
      size={200}
      most={10_000}
      send={async (rows, values, key) => {
        const users = rows.flatMap(({ member, cells: { points, note } }) =>
          member ? [{ user_id: member.id, points: Number(points), ...(note ? { note } : {}) }] : [],
        );
        const operation_type = values['operation_type'] === 'USE' ? 'USE' : 'EARN';
        const { data } = await batch.mutateAsync({
          body: { operation_type, reason: String(values['reason']), users },
          key,
        });
        const sign = operation_type === 'USE' ? -1 : 1;
        return data.results.map(({ status, points, error }) =>
          status === 'success'
            ? { isDone: true, says: <Signed value={sign * Math.abs(points)} /> }
            : { isDone: false, says: error?.message ?? status, why: error?.message ?? status },
        );
      }}
    />
  );
}
