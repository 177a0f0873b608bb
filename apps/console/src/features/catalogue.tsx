/** Products and their plans: what a licence is for, and under which conditions. */
import { Flex } from 'antd';
import { useAsk } from '../api/use-api.ts';
import { Act } from '../ui/act.tsx';
import type { Field } from '../ui/fields.tsx';
import { useProductChoices } from '../ui/choices.ts';
import { ACTIONS, ListOf, yesNo } from '../ui/list-of.tsx';
import { Page, Section } from '../ui/page.tsx';
import { Nothing, Whole } from '../ui/states.tsx';
import { Json, Num, State } from '../ui/values.tsx';

type ProductName = 'name' | 'version' | 'description' | 'is_active';
const PRODUCT: readonly Field<ProductName>[] = [
  { name: 'name', label: { zh: '名称', en: 'Name' }, isRequired: true },
  { name: 'version', label: { zh: '版本', en: 'Version' } },
  { name: 'description', label: { zh: '说明', en: 'Description' }, kind: 'long' },
  { name: 'is_active', label: { zh: '有效', en: 'Active' }, kind: 'switch' },
];
type PlanName = 'name' | 'description' | 'features' | 'default_limits' | 'policy' | 'is_active';
const PLAN: readonly Field<PlanName>[] = [
  { name: 'name', label: { zh: '名称', en: 'Name' }, isRequired: true },
  { name: 'description', label: { zh: '说明', en: 'Description' }, kind: 'long' },
  { name: 'features', label: { zh: '功能（JSON）', en: 'Features (JSON)' }, kind: 'json' },
  {
    name: 'default_limits',
    label: { zh: '默认限制（JSON）', en: 'Limits by default (JSON)' },
    kind: 'json',
    help: {
      zh: '如 {"max_activations":3,"expires_days":365}',
      en: 'Such as {"max_activations":3,"expires_days":365}',
    },
  },
  {
    name: 'policy',
    label: { zh: '策略（JSON）', en: 'Policy (JSON)' },
    kind: 'json',
    help: {
      zh: '如 {"grace_days":7,"validation_mode":"warn"}',
      en: 'Such as {"grace_days":7,"validation_mode":"warn"}',
    },
  },
  { name: 'is_active', label: { zh: '有效', en: 'Active' }, kind: 'switch' },
];

/** Products first; the plans stand under them, each list by itself. */
export function Catalogue() {
  const products = useProductChoices();
  return (
    <Page
      title={{ zh: '产品与套餐', en: 'Products and plans' }}
      acts={
        <>
          <Act
            method="post"
            path="/api/v1/products/"
            label={{ zh: '新建产品', en: 'New product' }}
            isMain
            initial={{ is_active: true }}
            fields={PRODUCT}
          />
          <Act
            method="post"
            path="/api/v1/plans/"
            label={{ zh: '新建套餐', en: 'New plan' }}
            initial={{ is_active: true }}
            fields={[
              {
                name: 'product_id',
                label: { zh: '产品', en: 'Product' },
                kind: 'choice',
                choices: products,
                isRequired: true,
              },
              ...PLAN,
            ]}
          />
        </>
      }
    >
      <ListOf
        path="/api/v1/products/"
        label={{ zh: '产品', en: 'Products' }}
        rowKey={({ id }) => id}
        filters={[
          { name: 'search', label: { zh: '名称', en: 'Name' } },
          { name: 'is_active', label: { zh: '有效', en: 'Active' }, choices: yesNo },
        ]}
        columns={[
          { title: { zh: '产品', en: 'Product' }, show: ({ name }) => name },
          { title: { zh: '版本', en: 'Version' }, show: ({ version }) => version },
          { title: { zh: '说明', en: 'Description' }, show: ({ description }) => description },
          {
            title: { zh: '状态', en: 'State' },
            show: ({ is_active }) => <State name={is_active ? 'active' : 'inactive'} />,
          },
          {
            title: ACTIONS,
            show: ({ id, name, version, description, is_active }) => (
              <>
                <Act
                  method="patch"
                  path="/api/v1/products/{id}/"
                  params={{ id }}
                  label={{ zh: '编辑', en: 'Edit' }}
                  isSmall
                  initial={{ name, version, description, is_active }}
                  fields={PRODUCT}
                />
                <Act
                  method="delete"
                  path="/api/v1/products/{id}/"
                  params={{ id }}
                  label={{ zh: '删除', en: 'Delete' }}
                  isSmall
                  isDanger
                  typed={name}
                />
              </>
            ),
          },
        ]}
        expanded={({ id }) => <PlansOf product={id} />}
      />
    </Page>
  );
}

function PlansOf({ product }: { product: number }) {
  const asked = useAsk('/api/v1/plans/', { params: { query: { product_id: product, page_size: 100 } } });
  return (
    <Whole of={asked}>
      {({ data: { results } }) =>
        results.length === 0 ? (
          <Nothing isFiltered={false} />
        ) : (
          <Flex vertical gap={8}>
            {results.map(({ id, name, description, features, default_limits, policy, is_active }) => (
              <Section
                key={id}
                title={{ zh: name, en: name }}
                extra={
                  <>
                    <State name={is_active ? 'active' : 'inactive'} />{' '}
                    <Num value={default_limits.max_activations} />
                    <Act
                      method="patch"
                      path="/api/v1/plans/{id}/"
                      params={{ id }}
                      label={{ zh: '编辑', en: 'Edit' }}
                      isSmall
                      initial={{ name, description, features, default_limits, policy, is_active }}
                      fields={PLAN}
                    />
                    <Act
                      method="delete"
                      path="/api/v1/plans/{id}/"
                      params={{ id }}
                      label={{ zh: '删除', en: 'Delete' }}
                      isSmall
                      isDanger
                      typed={name}
                    />
                  </>
                }
              >
                <Json value={{ features, default_limits, policy }} />
              </Section>
            ))}
          </Flex>
        )
      }
    </Whole>
  );
}
