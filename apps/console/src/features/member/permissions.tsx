/** What a member may do, and which source gives it. */
import type { ReactNode } from 'react';
import { useAsk, type Answer } from '../../api/use-api.ts';
import { useSay } from '../../preferences.ts';
import { permissionName } from '../../ui/permission-names.ts';
import { Rows } from '../../ui/rows.tsx';
import { Whole } from '../../ui/states.tsx';
import { orNothing, YesNo } from '../../ui/values.tsx';

const PATH = '/api/v1/points/profiles/{id}/permissions/';
type Explained = Answer<typeof PATH>;
/** A level and a tag give these under another name. */
const GIVEN_AS: Readonly<Record<string, string>> = { can_view_exclusive_content: 'exclusive_content_access' };

export function PermissionsTab({ id }: { id: number }) {
  const say = useSay();
  const asked = useAsk(PATH, { params: { path: { id } } });
  return (
    <Whole of={asked}>
      {(found) => (
        <Rows
          label={{ zh: '权限', en: 'Permissions' }}
          rowKey="name"
          dataSource={Object.entries(found.effective_permissions).map(([name, value]) => ({ name, value }))}
          columns={[
            {
              title: say({ zh: '权限', en: 'Permission' }),
              render: (_value, { name }) => <PermissionName name={name} />,
            },
            {
              title: say({ zh: '结果', en: 'In effect' }),
              render: (_value, { value }) => (
                <strong>
                  <Given value={value} />
                </strong>
              ),
            },
            {
              title: say({ zh: '基础', en: 'Base' }),
              render: (_value, { name, value }) => <OfBase found={found} name={name} value={value} />,
            },
            {
              title: say({ zh: '等级', en: 'Level' }),
              render: (_value, { name }) => <Given value={ofLevel(found, name)} />,
            },
            ...Object.keys(found.vip_tag_permissions).map((tag) => ({
              title: tag,
              render: (_value: unknown, { name }: { name: string }) => (
                <Given value={ofTag(found, tag, name)} />
              ),
            })),
          ]}
        />
      )}
    </Whole>
  );
}

/** In the words of whoever reads, and as the API calls it. */
function PermissionName({ name }: { name: string }) {
  const say = useSay();
  const words = permissionName(name);
  if (!words) return <span className="mono">{name}</span>;
  return (
    <>
      {say(words)} <span className="mono faint">{name}</span>
    </>
  );
}

/** What every member has, and what follows from who it is. */
function OfBase({ found, name, value }: { found: Explained; name: string; value: unknown }): ReactNode {
  const say = useSay();
  if (name === 'can_manage_points') return say({ zh: '管理员', en: 'Administrator' });
  if (name === 'can_earn_points' || name === 'can_spend_points')
    return say(
      value === true
        ? { zh: '已启用积分', en: 'Points are enabled' }
        : { zh: '未启用积分', en: 'Points are not enabled' },
    );
  return <Given value={found.base_permissions[name]} />;
}

// A points service of before, while the platform is updated, does not send how quotas come about.
const ofLevel = ({ quota_calculation, level_permissions }: Explained, name: string): unknown =>
  quota_calculation?.[name]?.level_quota ??
  level_permissions[name] ??
  level_permissions[GIVEN_AS[name] ?? name];

/** What a tag adds to, or multiplies. */
function ofTag({ quota_calculation, vip_tag_permissions }: Explained, tag: string, name: string): unknown {
  const factor = quota_calculation?.[name]?.multipliers[tag];
  if (factor !== undefined) return `× ${factor}`;
  const gives = vip_tag_permissions[tag] ?? {};
  const bonus = gives['discount_rate_bonus'];
  if (name === 'discount_rate') return typeof bonus === 'number' ? `+ ${bonus}` : undefined;
  return gives[name] ?? gives[GIVEN_AS[name] ?? name];
}

function Given({ value }: { value: unknown }): ReactNode {
  if (typeof value === 'boolean') return <YesNo value={value} />;
  return orNothing(typeof value === 'string' ? value : JSON.stringify(value ?? undefined));
}
