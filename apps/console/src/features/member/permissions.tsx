/** What a member may do, and which source gives it. */
import { useAsk } from '../../api/use-api.ts';
import { useSay } from '../../preferences.ts';
import { Rows } from '../../ui/rows.tsx';
import { Whole } from '../../ui/states.tsx';

export function PermissionsTab({ id }: { id: number }) {
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
          <Rows
            label={{ zh: '权限', en: 'Permissions' }}
            rowKey="name"
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
