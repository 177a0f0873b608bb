/** Chooses a member by name, e-mail or id, as one types; or who did something: a member, another system or a service. */
import { Select } from 'antd';
import { useMemberName } from '../api/member-names.ts';
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { useTyped } from './use-typed.ts';

/** What is offered is told apart by its end. */
export const OFFERED_WIDTH = 360;

const SERVICES = ['gateway', 'points', 'vip', 'licenses', 'applications', 'stats'] as const;

/** As the trail's filter takes it. */
const ACTOR = /^(user|client|system|anonymous):[^\s\p{Cc}]{1,120}$/u;

/** Members that fit what is typed, and the one that is chosen already. What is over is looked for among all. */
function useFoundMembers(chosen: number | undefined, among: 'active' | 'all') {
  const { typed, search, onSearch } = useTyped();
  const { data, isFetching } = useAsk(
    '/api/v1/members/',
    {
      params: {
        query: {
          page_size: 20,
          ...(among === 'active' ? { is_active: true } : {}),
          ...(search ? { search } : {}),
        },
      },
    },
    { keepsLast: true },
  );
  const name = useMemberName(chosen);
  const found = (data?.data.results ?? []).map((member) => ({
    id: member.id,
    label: `${member.display_name || member.username} (${member.username}, #${member.id})`,
  }));
  const isAmong = chosen === undefined || found.some(({ id }) => id === chosen);
  const members = isAmong ? found : [{ id: chosen, label: `${name ?? ''} (#${chosen})`.trim() }, ...found];
  return { members, isFetching, typed, onSearch };
}

export function MemberPicker({
  id,
  label,
  width,
  value,
  onChange,
}: {
  id?: string;
  /** Where no field says what it is for, in a filter: it may be cleared, and finds members that are deactivated, too. */
  label?: string;
  width?: number;
  value?: number | undefined;
  onChange?: (value: number | undefined) => void;
}) {
  const say = useSay();
  const { members, isFetching, onSearch } = useFoundMembers(value, label ? 'all' : 'active');
  return (
    <Select<number>
      {...(id ? { id } : {})}
      {...(label ? { 'aria-label': label, allowClear: true } : {})}
      {...(width ? { style: { width }, popupMatchSelectWidth: OFFERED_WIDTH } : {})}
      showSearch={{ filterOption: false, onSearch }}
      value={value ?? null}
      onChange={(chosen) => onChange?.(chosen)}
      loading={isFetching}
      placeholder={label ?? say({ zh: '输入用户名、邮箱或名称', en: 'Username, e-mail or name' })}
      options={members.map((member) => ({ value: member.id, label: member.label }))}
    />
  );
}

/** Who did something, as the audit trail names it: `user:12`, `client:shop`, `system:points`. */
export function ActorPicker({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  const say = useSay();
  const chosen = /^user:(\d+)$/.exec(value ?? '')?.[1];
  const { members, isFetching, typed, onSearch } = useFoundMembers(
    chosen ? Number(chosen) : undefined,
    'all',
  );
  const clients = useAsk('/api/v1/clients/', { params: { query: { page_size: 100 } } });
  const others = (options: readonly { value: string; label: string }[]) =>
    options.filter((one) => one.label.toLowerCase().includes(typed.trim().toLowerCase()));
  const groups = [
    {
      label: say({ zh: '成员', en: 'Members' }),
      options: members.map((member) => ({ value: `user:${member.id}`, label: member.label })),
    },
    {
      label: say({ zh: '服务客户端', en: 'Service clients' }),
      options: others(
        (clients.data?.data.results ?? []).map(({ client_id, name }) => ({
          value: `client:${client_id}`,
          label: `${name} (${client_id})`,
        })),
      ),
    },
    {
      label: say({ zh: '平台自身', en: 'The platform itself' }),
      options: others(SERVICES.map((service) => ({ value: `system:${service}`, label: service }))),
    },
  ];
  const written = typed.trim();
  const isOffered = groups.some(({ options }) => options.some((one) => one.value === written));
  // API keys, webhooks and platform administrators, whom no list here has.
  if (ACTOR.test(written) && !isOffered)
    groups.unshift({
      label: say({ zh: '如所输入', en: 'As typed' }),
      options: [{ value: written, label: written }],
    });
  return (
    <Select<string>
      aria-label={label}
      allowClear
      style={{ width: 240 }}
      popupMatchSelectWidth={OFFERED_WIDTH}
      showSearch={{ filterOption: false, onSearch }}
      value={value ?? null}
      onChange={onChange}
      loading={isFetching}
      placeholder={label}
      options={groups.filter(({ options }) => options.length > 0)}
    />
  );
}
