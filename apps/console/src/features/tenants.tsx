/** Tenants, for the platform administrator: whose data the other pages show is chosen here. */
import { Link } from '@tanstack/react-router';
import { Flex } from 'antd';
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { useTenantPlanChoices } from '../ui/choices.ts';
import type { Field } from '../ui/fields.ts';
import { ACTIONS, ListOf, yesNo } from '../ui/list-of.tsx';
import { Facts, Page } from '../ui/page.tsx';
import { Secret } from '../ui/secret.tsx';
import { LIMIT_NAMES, LIMITS, limitFields, type LimitName } from '../ui/tenant-limits.ts';
import { Code, Moment, Num, orNothing, State } from '../ui/values.tsx';

const ADDRESS = { zh: '租户代码', en: 'Code' };
const PLAN = { zh: '套餐', en: 'Plan' };
const HOSTS = { zh: '自有域名', en: 'Hosts of its own' };
const PAGES_OF_ONE = [
  { path: 'developers/usage', label: { zh: '套餐与用量', en: 'Plan and usage' } },
  { path: 'developers/security', label: { zh: '允许的网页来源', en: 'Allowed origins' } },
] as const;
type Name = 'name' | 'timezone' | 'plan' | 'hosts' | `limits.${LimitName}`;

export function Tenants() {
  const say = useSay();
  const plans = useTenantPlanChoices();
  const fields: readonly Field<Name>[] = [
    { name: 'name', label: { zh: '名称', en: 'Name' }, isRequired: true },
    { name: 'timezone', label: { zh: '时区', en: 'Time zone' }, isRequired: true },
    { name: 'plan', label: PLAN, kind: 'choice', choices: plans },
    {
      name: 'hosts',
      label: HOSTS,
      kind: 'lines',
      help: {
        zh: '每行一个，如 members.example.com；须已指向本平台',
        en: 'One a line, such as members.example.com; they lead to the platform',
      },
    },
    ...limitFields({ zh: '留空则为套餐的限额', en: 'Empty: the plan’s' }),
  ];
  return (
    <Page
      title={{ zh: '租户', en: 'Tenants' }}
      acts={
        <Act
          method="post"
          path="/api/v1/tenants/"
          label={{ zh: '新建租户', en: 'New tenant' }}
          isMain
          initial={{ timezone: 'Asia/Shanghai' }}
          fields={[
            {
              name: 'code',
              label: ADDRESS,
              isRequired: true,
              help: {
                zh: '小写字母、数字和 -，以后不能更改',
                en: 'Small letters, digits and -; it cannot be changed later',
              },
            },
            { name: 'name', label: { zh: '名称', en: 'Name' }, isRequired: true },
            {
              name: 'timezone',
              label: { zh: '时区', en: 'Time zone' },
              help: { zh: '日期按此计算，如 Asia/Shanghai', en: 'Its days are counted in it: Europe/Berlin' },
            },
          ]}
          after={({ data }) => (
            <Secret of={{ zh: 'Webhook 密钥', en: 'Webhook secret' }} text={data.webhook_secret} />
          )}
        />
      }
    >
      <ListOf
        path="/api/v1/tenants/"
        label={{ zh: '租户', en: 'Tenants' }}
        rowKey={({ id }) => id}
        filters={[
          { name: 'search', label: { zh: '代码、名称', en: 'Code, name' } },
          { name: 'is_active', label: { zh: '有效', en: 'Active' }, choices: yesNo },
        ]}
        columns={[
          {
            title: { zh: '名称', en: 'Name' },
            show: ({ code, name }) => <Link to={`/t/${code}/overview`}>{name}</Link>,
          },
          { title: ADDRESS, sort: 'code', show: ({ code }) => <Code text={code} /> },
          {
            title: { zh: '状态', en: 'State' },
            show: ({ is_active }) => <State name={is_active ? 'active' : 'suspended'} />,
          },
          {
            title: { zh: '成员', en: 'Members' },
            isNumber: true,
            show: ({ member_count }) => <Num value={member_count} />,
          },
          { title: { zh: '时区', en: 'Time zone' }, show: ({ timezone }) => timezone },
          { title: PLAN, show: ({ plan }) => orNothing(plan) },
          {
            title: { zh: '创建时间', en: 'Created' },
            sort: 'created_at',
            show: ({ created_at }) => <Moment at={created_at} />,
          },
          {
            title: ACTIONS,
            show: ({ id, code, is_active, ...tenant }) => (
              <>
                <Act
                  method="patch"
                  path="/api/v1/tenants/{id}/"
                  params={{ id }}
                  label={{ zh: '编辑', en: 'Edit' }}
                  isSmall
                  initial={tenant}
                  fields={fields}
                />
                {is_active ? (
                  <Act
                    method="post"
                    path="/api/v1/tenants/{id}/suspend/"
                    params={{ id }}
                    label={{ zh: '停用', en: 'Suspend' }}
                    says={say({
                      zh: '一秒内该租户的任何人都不能再调用，直到恢复。',
                      en: 'Within a second nobody of the tenant may call, until it is resumed.',
                    })}
                    isSmall
                    isDanger
                    typed={code}
                  />
                ) : (
                  <Act
                    method="post"
                    path="/api/v1/tenants/{id}/resume/"
                    params={{ id }}
                    label={{ zh: '恢复', en: 'Resume' }}
                    isSmall
                  />
                )}
              </>
            ),
          },
        ]}
        expanded={({ code, hosts, limits, cell }) => (
          <>
            <Facts
              facts={[
                [HOSTS, orNothing(hosts.join(', '))],
                ...LIMIT_NAMES.map(
                  (name) => [LIMITS[name], <Num key={name} value={limits[name]} />] as const,
                ),
                [{ zh: '分区', en: 'Cell' }, orNothing(cell)],
              ]}
            />
            <Flex gap={16} wrap>
              {PAGES_OF_ONE.map(({ path, label }) => (
                <Link key={path} to={`/t/${code}/${path}`}>
                  {say(label)}
                </Link>
              ))}
            </Flex>
          </>
        )}
      />
    </Page>
  );
}
