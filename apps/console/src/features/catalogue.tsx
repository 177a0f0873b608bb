/** Products and their plans: what a licence is for, and under which conditions. */
import { Flex } from 'antd';
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { FieldFacts } from '../ui/field-facts.tsx';
import type { Field } from '../ui/fields.ts';
import { useProductChoices } from '../ui/choices.ts';
import { ACTIONS, ListOf, yesNo } from '../ui/list-of.tsx';
import { Page, Section } from '../ui/page.tsx';
import { Nothing, Whole } from '../ui/states.tsx';
import { Num, State } from '../ui/values.tsx';

type ProductName = 'name' | 'version' | 'description' | 'is_active';
const PRODUCT: readonly Field<ProductName>[] = [
  { name: 'name', label: { zh: '名称', en: 'Name' }, isRequired: true },
  { name: 'version', label: { zh: '版本', en: 'Version' } },
  { name: 'description', label: { zh: '说明', en: 'Description' }, kind: 'long' },
  { name: 'is_active', label: { zh: '有效', en: 'Active' }, kind: 'switch' },
];
type PlanName = 'name' | 'description' | 'features' | 'default_limits' | 'policy' | 'is_active';
/** What the heading of a plan has no room for. */
const PLAN_DETAIL: readonly PlanName[] = ['features', 'default_limits', 'policy'];
const PLAN: readonly Field<PlanName>[] = [
  { name: 'name', label: { zh: '名称', en: 'Name' }, isRequired: true },
  { name: 'description', label: { zh: '说明', en: 'Description' }, kind: 'long' },
  {
    name: 'features',
    label: { zh: '功能', en: 'Features' },
    kind: 'pairs',
    of: ['switch', 'number', 'text', 'json'],
    help: {
      zh: '您的软件读取的名称，如 max_projects',
      en: 'Names that your software reads, such as max_projects',
    },
  },
  {
    name: 'default_limits',
    label: { zh: '默认限制', en: 'Limits by default' },
    kind: 'group',
    fields: [
      { name: 'max_activations', label: { zh: '激活数', en: 'Activations' }, kind: 'whole', min: 1 },
      {
        name: 'max_concurrent_devices',
        label: { zh: '每人设备数', en: 'Devices of a member' },
        kind: 'whole',
        min: 1,
        help: { zh: '留空则以许可证为限', en: 'Empty: as many as the licence allows' },
      },
      {
        name: 'expires_days',
        label: { zh: '分配的天数', en: 'Days of an assignment' },
        kind: 'whole',
        min: 1,
        help: { zh: '留空则到许可证结束', en: 'Empty: until the licence ends' },
      },
    ],
  },
  {
    name: 'policy',
    label: { zh: '策略', en: 'Policy' },
    kind: 'group',
    help: { zh: '对已有的许可证同样有效', en: 'Holds for licences that exist, too' },
    fields: [
      {
        name: 'device_identity',
        label: { zh: '如何识别设备', en: 'What a device is' },
        kind: 'choice',
        choices: [
          { value: 'id_and_fingerprint', label: { zh: '编号与硬件指纹', en: 'Its id and its fingerprint' } },
          { value: 'id', label: { zh: '仅编号', en: 'Its id alone' } },
        ],
      },
      {
        name: 'new_devices_limit',
        label: { zh: '可绑定的新设备数', en: 'New devices at most' },
        kind: 'whole',
        min: 1,
        max: 100,
        help: { zh: '留空则不限', en: 'Empty: as many as there are slots' },
      },
      {
        name: 'new_devices_days',
        label: { zh: '新设备数的统计天数', en: 'Within days' },
        kind: 'whole',
        min: 1,
        max: 366,
      },
      {
        name: 'validation_mode',
        label: { zh: '许可证失效时', en: 'When a licence is not in order' },
        kind: 'choice',
        choices: [
          { value: 'block', label: { zh: '软件停止', en: 'The software stops' } },
          { value: 'warn', label: { zh: '提醒后继续', en: 'It warns and goes on' } },
        ],
      },
      { name: 'grace_days', label: { zh: '宽限天数', en: 'Days of grace' }, kind: 'whole', min: 0, max: 90 },
      {
        name: 'renews_from',
        label: { zh: '到期后续期的起点', en: 'A late renewal counts from' },
        kind: 'choice',
        choices: [
          { value: 'now', label: { zh: '续期之时', en: 'The renewal' } },
          { value: 'end', label: { zh: '原到期之时', en: 'The end' } },
        ],
      },
      {
        name: 'lease_minutes',
        label: { zh: '无心跳多少分钟后释放', en: 'Minutes of silence that free a seat' },
        kind: 'whole',
        min: 1,
        help: { zh: '留空则不释放', en: 'Empty: never' },
      },
      {
        name: 'offline_days',
        label: { zh: '许可证文件有效天数', en: 'Days that a licence file lasts' },
        kind: 'whole',
        min: 1,
      },
    ],
  },
  { name: 'is_active', label: { zh: '有效', en: 'Active' }, kind: 'switch' },
];

/** Products first; the plans stand under them, each list by itself. */
export function Catalogue() {
  const say = useSay();
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
                  says={say({
                    zh: '产品从列表中消失，不能再发放许可证；已有许可证继续有效。',
                    en: 'It leaves the lists and can be licensed no more; licences that exist go on.',
                  })}
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
  const say = useSay();
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
                    <span className="faint">
                      {say({ zh: '激活数', en: 'Activations' })}{' '}
                      <Num value={default_limits.max_activations} />
                    </span>
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
                      says={say({
                        zh: '套餐从列表中消失，不能再发放许可证；已有许可证继续有效。',
                        en: 'It leaves the lists and can be licensed no more; licences that exist go on.',
                      })}
                      isSmall
                      isDanger
                      typed={name}
                    />
                  </>
                }
              >
                <FieldFacts
                  fields={PLAN.filter(({ name }) => PLAN_DETAIL.includes(name))}
                  values={{ features, default_limits, policy }}
                />
              </Section>
            ))}
          </Flex>
        )
      }
    </Whole>
  );
}
