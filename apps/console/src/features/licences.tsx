/** Licences: keys with a number of activations. */
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { REASON } from '../ui/fields.ts';
import { forFilter, usePlanChoices, useProductChoices } from '../ui/choices.ts';
import { To } from '../ui/links.tsx';
import { ACTIONS, ListOf, yesNo } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { Code, Moment, orNothing, State } from '../ui/values.tsx';
import { choices } from '../ui/words.ts';

const END = {
  name: 'expires_at',
  label: { zh: '到期时间', en: 'Ends' },
  kind: 'instant',
  help: { zh: '留空则不到期', en: 'Empty: it has no end' },
} as const;
const NOTES = { name: 'notes', label: { zh: '备注', en: 'Notes' }, kind: 'long' } as const;

export function Licences() {
  const say = useSay();
  const products = useProductChoices();
  const plans = usePlanChoices();
  return (
    <Page
      title={{ zh: '许可证', en: 'Licences' }}
      acts={
        <Act
          method="post"
          path="/api/v1/licenses/"
          label={{ zh: '签发许可证', en: 'Issue a licence' }}
          isMain
          says={say({
            zh: '密钥由平台生成。到期后软件按套餐的策略处理，之后可以续期。',
            en: 'The platform makes the key. After its end the software does what the policy of the plan says; it can be renewed.',
          })}
          fields={[
            {
              name: 'product_id',
              label: { zh: '产品', en: 'Product' },
              kind: 'choice',
              choices: products,
              isRequired: true,
            },
            {
              name: 'plan_id',
              label: { zh: '套餐', en: 'Plan' },
              kind: 'choice',
              narrowed: { by: 'product_id', to: plans },
              isRequired: true,
              help: { zh: '先选择产品', en: 'The product first' },
            },
            {
              name: 'max_activations',
              label: { zh: '激活数', en: 'Activations' },
              kind: 'whole',
              min: 1,
              help: { zh: '留空则按套餐', en: 'Empty: as the plan says' },
            },
            END,
            NOTES,
          ]}
          after={({ data }) => (
            <>
              {say({ zh: '许可证密钥', en: 'Licence key' })}: <Code text={data.license_key} />
            </>
          )}
        />
      }
    >
      <ListOf
        path="/api/v1/licenses/"
        label={{ zh: '许可证', en: 'Licences' }}
        rowKey={({ id }) => id}
        filters={[
          { name: 'license_key', label: { zh: '密钥', en: 'Key' } },
          {
            name: 'product_id',
            label: { zh: '产品', en: 'Product' },
            choices: forFilter(products),
          },
          {
            name: 'status',
            label: { zh: '状态', en: 'State' },
            choices: choices('active', 'revoked', 'expired'),
          },
          { name: 'nearly_full', label: { zh: '名额即将用完', en: 'Nearly full' }, choices: yesNo },
          { name: 'expires_before', label: { zh: '到期早于', en: 'Ends before' }, kind: 'day' },
        ]}
        columns={[
          { title: { zh: '密钥', en: 'Key' }, show: ({ license_key }) => <Code text={license_key} /> },
          {
            title: { zh: '产品', en: 'Product' },
            show: ({ product_name, plan_name }) => `${product_name} · ${plan_name}`,
          },
          { title: { zh: '状态', en: 'State' }, show: ({ status }) => <State name={status} /> },
          {
            title: { zh: '激活', en: 'Activations' },
            isNumber: true,
            show: ({ license_quota }) =>
              `${license_quota.current_activations} / ${license_quota.max_activations}`,
          },
          {
            title: { zh: '分配', en: 'Assignments' },
            isNumber: true,
            show: ({ id, open_assignments }) => (
              <To path="licences/assignments" search={{ license_id: String(id) }}>
                {open_assignments}
              </To>
            ),
          },
          {
            title: { zh: '有效期至', en: 'Ends' },
            sort: 'expires_at',
            show: ({ expires_at }) => <Moment at={expires_at} />,
          },
          { title: { zh: '备注', en: 'Notes' }, show: ({ notes }) => orNothing(notes) },
          {
            title: ACTIONS,
            show: ({ id, status, license_key, max_activations, expires_at, notes, open_assignments }) => {
              const isRevoked = status === 'revoked' && { zh: '已撤销', en: 'It is revoked' };
              return (
                <>
                  <Act
                    method="patch"
                    path="/api/v1/licenses/{id}/"
                    params={{ id }}
                    label={{ zh: '编辑', en: 'Edit' }}
                    isSmall
                    cannot={isRevoked}
                    says={say({
                      zh: '改变到期时间会同时移动其分配的结束时间；激活数不能低于已绑定的设备数。',
                      en: 'Another end moves that of its assignments, too. Activations cannot go below the devices that are bound.',
                    })}
                    initial={{ max_activations, expires_at, notes }}
                    fields={[
                      {
                        name: 'max_activations',
                        label: { zh: '激活数', en: 'Activations' },
                        kind: 'whole',
                        min: 1,
                        isRequired: true,
                      },
                      END,
                      NOTES,
                    ]}
                  />
                  <Act
                    method="post"
                    path="/api/v1/licenses/{id}/renew/"
                    params={{ id }}
                    label={{ zh: '续期', en: 'Renew' }}
                    isSmall
                    cannot={isRevoked || (expires_at === null && { zh: '没有到期时间', en: 'It has no end' })}
                    says={
                      <>
                        {say({ zh: '现到期时间：', en: 'It ends at present: ' })}
                        <Moment at={expires_at} />
                        {say({
                          zh: '。天数从到期时间起算，已过期的按套餐的策略起算。',
                          en: '. The days are added to that; where it has passed, as the policy of the plan says.',
                        })}
                      </>
                    }
                    fields={[
                      {
                        name: 'duration_days',
                        label: { zh: '天数', en: 'Days' },
                        kind: 'whole',
                        min: 1,
                        max: 36_500,
                        isRequired: true,
                      },
                    ]}
                  />
                  <Act
                    method="post"
                    path="/api/v1/licenses/{id}/rotate-key/"
                    params={{ id }}
                    label={{ zh: '更换密钥', en: 'Rotate the key' }}
                    isSmall
                    isDanger
                    typed={license_key}
                    cannot={isRevoked}
                    says={say({
                      zh: '旧密钥立即失效：仍使用它的软件停止工作。',
                      en: 'The old key is void at once: software that still has it ends.',
                    })}
                    after={({ data }) => (
                      <>
                        {say({ zh: '新的密钥', en: 'The new key' })}: <Code text={data.license_key} />
                      </>
                    )}
                  />
                  <Act
                    method="post"
                    path="/api/v1/licenses/{id}/revoke/"
                    params={{ id }}
                    label={{ zh: '撤销', en: 'Revoke' }}
                    isSmall
                    isDanger
                    typed={license_key}
                    fields={[REASON]}
                    cannot={isRevoked}
                    says={say({
                      zh: `其 ${open_assignments} 个分配随之结束，设备让出名额；已有的离线许可证文件仍可用到其到期。`,
                      en: `Its assignments end with it (${open_assignments}), and devices give their slots back; an offline licence file goes on to its own end.`,
                    })}
                  />
                </>
              );
            },
          },
        ]}
      />
    </Page>
  );
}
