/** Licences given to members, and what can be done with one: as the list of all, and as a member's own. */
import type { AssignmentRow } from '@membership/client';
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { Act } from './act.tsx';
import { LICENCE, MEMBER, REASON } from './fields.ts';
import { ACTIONS, type Column } from './list-of.tsx';
import { MemberLink } from './links.tsx';
import { Facts } from './page.tsx';
import { Rows } from './rows.tsx';
import { StateActs } from './state-acts.tsx';
import { Whole } from './states.tsx';
import { Code, Moment, Num, orNothing, State } from './values.tsx';

/** Gives a licence to a member: to this one, or to whom one chooses. */
export function AssignLicence({ member }: { member?: number }) {
  const say = useSay();
  return (
    <Act
      method="post"
      path="/api/v1/license-assignments/"
      label={{ zh: '分配许可证', en: 'Assign a licence' }}
      isMain
      says={say({
        zh: '成员可在其设备上激活此许可证；括号中为剩余的名额。',
        en: 'The member can activate the licence on devices; in brackets are the slots that are left.',
      })}
      {...(member === undefined ? {} : { fixed: { member_id: member } })}
      fields={[...(member === undefined ? [MEMBER] : []), LICENCE, ...ASSIGNMENT_FIELDS]}
    />
  );
}
/** What else an assignment says, of one and of many. */
export const ASSIGNMENT_FIELDS = [
  {
    name: 'expires_days',
    label: { zh: '天数', en: 'Days' },
    kind: 'whole',
    min: 1,
    help: { zh: '留空则与许可证一致', en: 'Empty: as the licence' },
  },
  { name: 'assignment_reason', label: REASON.label, kind: 'long' },
] as const;

export const ASSIGNMENT_COLUMNS: readonly Column<AssignmentRow>[] = [
  {
    title: { zh: '成员', en: 'Member' },
    show: ({ member }) => <MemberLink id={member.id} name={member.username} />,
  },
  {
    title: { zh: '产品', en: 'Product' },
    show: ({ license }) => `${license.product_name} · ${license.plan_name}`,
  },
  { title: { zh: '许可证', en: 'Licence' }, show: ({ license }) => <Code text={license.license_key} /> },
  { title: { zh: '状态', en: 'State' }, show: ({ status }) => <State name={status} /> },
  {
    title: { zh: '设备', en: 'Devices' },
    isNumber: true,
    show: ({ license_quota }) => `${license_quota.current_activations} / ${license_quota.max_activations}`,
  },
  {
    title: { zh: '分配时间', en: 'Assigned' },
    sort: 'assigned_at',
    show: ({ assigned_at }) => <Moment at={assigned_at} />,
  },
  { title: { zh: '激活时间', en: 'Activated' }, show: ({ activated_at }) => <Moment at={activated_at} /> },
  {
    title: { zh: '有效期至', en: 'Ends' },
    sort: 'expires_at',
    show: ({ expires_at }) => <Moment at={expires_at} />,
  },
  {
    title: ACTIONS,
    show: ({ id, status }) => (
      <StateActs
        of="license-assignments"
        id={id}
        status={status}
        isOpen={status === 'assigned' || status === 'active'}
      />
    ),
  },
];

export const assignmentDetails = ({ id }: AssignmentRow) => <AssignmentDetails id={id} />;

/** Its devices, and how it is used. */
function AssignmentDetails({ id }: { id: number }) {
  const say = useSay();
  const asked = useAsk('/api/v1/license-assignments/{id}/', { params: { path: { id } } });
  return (
    <Whole of={asked}>
      {({ data }) => (
        <>
          <Facts
            facts={[
              [{ zh: '类型', en: 'Kind' }, <State key="kind" name={data.assignment_type} />],
              [{ zh: '原因', en: 'Reason' }, orNothing(data.assignment_reason)],
              [{ zh: '状态原因', en: 'Why it is so' }, orNothing(data.status_reason)],
              [
                { zh: '使用小时', en: 'Hours used' },
                <Num key="hours" value={data.usage_stats.total_usage_hours} />,
              ],
              [
                { zh: '最近 7 天', en: 'Last 7 days' },
                <Num key="week" value={data.usage_stats.last_7_days_usage} />,
              ],
            ]}
          />
          <Rows
            label={{ zh: '设备', en: 'Devices' }}
            rowKey="device_id"
            dataSource={data.device_bindings}
            locale={{ emptyText: say({ zh: '没有绑定设备', en: 'No device is bound' }) }}
            columns={[
              {
                title: say({ zh: '设备', en: 'Device' }),
                render: (_value, device) => device.device_name ?? device.device_id,
              },
              {
                title: say({ zh: '状态', en: 'State' }),
                render: (_value, device) => <State name={device.status} />,
              },
              {
                title: say({ zh: '绑定时间', en: 'Bound' }),
                render: (_value, device) => <Moment at={device.bound_at} />,
              },
              {
                title: say({ zh: '最近出现', en: 'Last seen' }),
                render: (_value, device) => <Moment at={device.last_seen_at} />,
              },
              {
                title: say({ zh: '操作', en: 'Actions' }),
                render: (_value, { device_id }) => (
                  <Act
                    method="post"
                    path="/api/v1/license-assignments/{id}/unbind-device/"
                    params={{ id }}
                    label={{ zh: '解绑', en: 'Unbind' }}
                    isSmall
                    isDanger
                    fixed={{ device_id }}
                    says={say({
                      zh: '设备让出名额，软件在该设备上失效。',
                      en: 'The device gives its slot back, and the software ends there.',
                    })}
                  />
                ),
              },
            ]}
          />
        </>
      )}
    </Whole>
  );
}
