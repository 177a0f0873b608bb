/** Plans of the platform: what a tenant that has one may do. */
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import type { Field } from '../ui/fields.ts';
import { ACTIONS, ListOf } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { LIMIT_NAMES, LIMITS, limitFields, type LimitName } from '../ui/tenant-limits.ts';
import { Code, Num } from '../ui/values.tsx';

const UNBOUND = { zh: '留空则不限', en: 'Empty: as many as it likes' };
const REQUESTS = { zh: '每天请求', en: 'Requests a day' };
const AT_ONCE = { zh: '同时请求', en: 'Requests at once' };
const NAME = { zh: '名称', en: 'Name' };
const CODE = { zh: '代码', en: 'Code' };
type Name = 'name' | `limits.${LimitName}` | 'requests_per_day' | 'concurrent_requests';
const FIELDS: readonly Field<Name>[] = [
  { name: 'name', label: NAME, isRequired: true },
  { name: 'requests_per_day', label: REQUESTS, kind: 'whole', min: 1, help: UNBOUND },
  { name: 'concurrent_requests', label: AT_ONCE, kind: 'whole', min: 1, help: UNBOUND },
  ...limitFields({ zh: '留空则为平台的默认值', en: 'Empty: the platform’s default' }),
];

export function TenantPlans() {
  const say = useSay();
  return (
    <Page
      title={{ zh: '租户套餐', en: 'Tenant plans' }}
      acts={
        <Act
          method="post"
          path="/api/v1/tenant-plans/"
          label={{ zh: '新建套餐', en: 'New plan' }}
          isMain
          fields={[{ name: 'code', label: CODE, isRequired: true }, ...FIELDS]}
        />
      }
    >
      <ListOf
        path="/api/v1/tenant-plans/"
        label={{ zh: '租户套餐', en: 'Tenant plans' }}
        rowKey={({ code }) => code}
        columns={[
          { title: NAME, sort: 'name', show: ({ name }) => name },
          { title: CODE, sort: 'code', show: ({ code }) => <Code text={code} /> },
          {
            title: { zh: '租户', en: 'Tenants' },
            isNumber: true,
            show: ({ tenant_count }) => <Num value={tenant_count} />,
          },
          {
            title: REQUESTS,
            isNumber: true,
            show: ({ requests_per_day }) => <Num value={requests_per_day} />,
          },
          {
            title: AT_ONCE,
            isNumber: true,
            show: ({ concurrent_requests }) => <Num value={concurrent_requests} />,
          },
          ...LIMIT_NAMES.map((name) => ({
            title: LIMITS[name],
            isNumber: true,
            show: ({ limits }: { limits: Readonly<Record<LimitName, number | null>> }) => (
              <Num value={limits[name]} />
            ),
          })),
          {
            title: ACTIONS,
            show: (plan) => (
              <>
                <Act
                  method="patch"
                  path="/api/v1/tenant-plans/{plan_code}/"
                  params={{ plan_code: plan.code }}
                  label={{ zh: '编辑', en: 'Edit' }}
                  isSmall
                  says={say({
                    zh: '一秒内对使用该套餐的所有租户生效。',
                    en: 'It holds for every tenant of the plan within a second.',
                  })}
                  initial={plan}
                  fields={FIELDS}
                />
                <Act
                  method="delete"
                  path="/api/v1/tenant-plans/{plan_code}/"
                  params={{ plan_code: plan.code }}
                  label={{ zh: '删除', en: 'Delete' }}
                  says={say({
                    zh: '套餐将被删除，不能再选择。',
                    en: 'The plan is gone then and cannot be chosen any more.',
                  })}
                  isSmall
                  isDanger
                  typed={plan.code}
                  cannot={
                    plan.tenant_count > 0 && {
                      zh: '仍有租户使用，请先为其更换套餐',
                      en: 'Tenants have it: give them another one first',
                    }
                  }
                />
              </>
            ),
          },
        ]}
      />
    </Page>
  );
}
