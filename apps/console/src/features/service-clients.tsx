/** Service clients: other systems that call for this tenant. A secret is shown once. */
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { ACTIONS, ListOf } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { SCOPES } from '../ui/scopes.ts';
import { Secret } from '../ui/secret.tsx';
import { Code, Moment } from '../ui/values.tsx';

const SECRET = { zh: '客户端密钥', en: 'Client secret' };

export function ServiceClients() {
  const say = useSay();
  return (
    <Page
      title={{ zh: '服务客户端', en: 'Service clients' }}
      acts={
        <Act
          method="post"
          path="/api/v1/clients/"
          label={{ zh: '新建客户端', en: 'New client' }}
          isMain
          fields={[
            { name: 'name', label: { zh: '名称', en: 'Name' }, isRequired: true },
            {
              name: 'scopes',
              label: { zh: '作用域', en: 'Scopes' },
              kind: 'many',
              choices: SCOPES,
              isRequired: true,
            },
          ]}
          after={({ data }) => <Secret of={SECRET} text={data.client_secret} />}
        />
      }
    >
      <ListOf
        path="/api/v1/clients/"
        label={{ zh: '服务客户端', en: 'Service clients' }}
        rowKey={({ client_id }) => client_id}
        filters={[{ name: 'search', label: { zh: '名称', en: 'Name' } }]}
        columns={[
          { title: { zh: '名称', en: 'Name' }, show: ({ name }) => name },
          { title: { zh: '编号', en: 'Client id' }, show: ({ client_id }) => <Code text={client_id} /> },
          { title: { zh: '作用域', en: 'Scopes' }, show: ({ scopes }) => scopes.join(' ') },
          {
            title: { zh: '创建时间', en: 'Created' },
            sort: 'created_at',
            show: ({ created_at }) => <Moment at={created_at} />,
          },
          {
            title: ACTIONS,
            show: ({ client_id }) => (
              <>
                <Act
                  method="post"
                  path="/api/v1/clients/{client_id}/rotate-secret/"
                  params={{ client_id }}
                  label={{ zh: '轮换密钥', en: 'Rotate the secret' }}
                  says={say({
                    zh: '新密钥仅显示一次；旧密钥在所填小时内仍有效（留空为 24），填 0 则立即失效，已签发的令牌也在一秒内作废。',
                    en: 'The new secret is shown this once. The old one works for these hours (empty: 24); with 0 it ends at once, and tokens that were made before end within a second.',
                  })}
                  isSmall
                  isDanger
                  typed={client_id}
                  fields={[
                    {
                      name: 'keep_previous_hours',
                      label: { zh: '旧密钥保留小时', en: 'Hours that the old one still works' },
                      kind: 'whole',
                      min: 0,
                    },
                  ]}
                  after={({ data }) => <Secret of={SECRET} text={data.client_secret} />}
                />
                <Act
                  method="delete"
                  path="/api/v1/clients/{client_id}/"
                  params={{ client_id }}
                  label={{ zh: '删除', en: 'Delete' }}
                  isSmall
                  isDanger
                  typed={client_id}
                  says={say({ zh: '其令牌立即失效。', en: 'Its tokens end at once.' })}
                />
              </>
            ),
          },
        ]}
      />
    </Page>
  );
}
