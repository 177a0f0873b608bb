/** Licences: keys with a number of activations. */
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { REASON } from '../ui/fields.ts';
import { usePlanChoices, useProductChoices } from '../ui/choices.ts';
import { To } from '../ui/links.tsx';
import { ACTIONS, ListOf } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { Code, Moment, orNothing, State } from '../ui/values.tsx';
import { choices } from '../ui/words.ts';

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
              choices: plans,
              isRequired: true,
            },
            {
              name: 'max_activations',
              label: { zh: '激活数', en: 'Activations' },
              kind: 'whole',
              min: 1,
              help: { zh: '留空则按套餐', en: 'Empty: as the plan says' },
            },
            { name: 'notes', label: { zh: '备注', en: 'Notes' }, kind: 'long' },
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
            choices: products.map(({ value, label }) => ({ value: String(value), label })),
          },
          {
            name: 'status',
            label: { zh: '状态', en: 'State' },
            choices: choices('active', 'revoked', 'expired'),
          },
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
            show: ({ id, status, license_key }) => {
              const isRevoked = status === 'revoked' && { zh: '已撤销', en: 'It is revoked' };
              return (
                <>
                  <Act
                    method="post"
                    path="/api/v1/licenses/{id}/renew/"
                    params={{ id }}
                    label={{ zh: '续期', en: 'Renew' }}
                    isSmall
                    cannot={isRevoked}
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
