/** API keys: what the tenant's own servers show with each request. A key is shown once. */
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import type { Field } from '../ui/fields.ts';
import { ACTIONS, ListOf } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { SCOPES } from '../ui/scopes.ts';
import { Secret } from '../ui/secret.tsx';
import { Code, Moment, Num, State } from '../ui/values.tsx';
import { choices } from '../ui/words.ts';

type Name = 'name' | 'scopes' | 'expires_at' | 'limit_per_minute';
const FIELDS: readonly Field<Name>[] = [
  { name: 'name', label: { zh: '名称', en: 'Name' }, isRequired: true },
  { name: 'scopes', label: { zh: '作用域', en: 'Scopes' }, kind: 'many', choices: SCOPES, isRequired: true },
  {
    name: 'expires_at',
    label: { zh: '失效时间', en: 'Ends' },
    kind: 'instant',
    help: { zh: '留空则永不失效', en: 'Empty: never' },
  },
  {
    name: 'limit_per_minute',
    label: { zh: '每分钟请求数', en: 'Requests a minute' },
    kind: 'whole',
    min: 1,
    help: { zh: '留空则按租户的限额', en: 'Empty: as the tenant may' },
  },
];
const KEY = { zh: 'API 密钥', en: 'API key' };

export function ApiKeys() {
  const say = useSay();
  return (
    <Page
      title={{ zh: 'API 密钥', en: 'API keys' }}
      acts={
        <Act
          method="post"
          path="/api/v1/api-keys/"
          label={{ zh: '新建密钥', en: 'New key' }}
          isMain
          says={say({
            zh: '仅限服务器使用：浏览器和应用程序中的密钥人人可见。',
            en: 'For servers alone: in a browser or an app everybody can read it.',
          })}
          fields={FIELDS}
          after={({ data }) => <Secret of={KEY} text={data.api_key} />}
        />
      }
    >
      <ListOf
        path="/api/v1/api-keys/"
        label={KEY}
        rowKey={({ id }) => id}
        filters={[
          { name: 'search', label: { zh: '名称', en: 'Name' } },
          {
            name: 'status',
            label: { zh: '状态', en: 'State' },
            choices: choices('active', 'expired', 'revoked'),
          },
        ]}
        columns={[
          { title: { zh: '名称', en: 'Name' }, sort: 'name', show: ({ name }) => name },
          { title: { zh: '开头', en: 'Begins with' }, show: ({ prefix }) => <Code text={prefix} /> },
          { title: { zh: '作用域', en: 'Scopes' }, show: ({ scopes }) => scopes.join(' ') },
          { title: { zh: '状态', en: 'State' }, show: ({ status }) => <State name={status} /> },
          {
            title: { zh: '每分钟', en: 'A minute' },
            isNumber: true,
            show: ({ limit_per_minute }) => <Num value={limit_per_minute} />,
          },
          { title: { zh: '失效时间', en: 'Ends' }, show: ({ expires_at }) => <Moment at={expires_at} /> },
          {
            title: { zh: '最近使用', en: 'Last used' },
            show: ({ last_used_at, previous }) => (
              <>
                <Moment at={last_used_at} />
                {previous && (
                  <div className="faint">
                    {say({ zh: '旧密钥有效至', en: 'the one before works until' })}{' '}
                    <Moment at={previous.valid_until} />
                  </div>
                )}
              </>
            ),
          },
          {
            title: ACTIONS,
            show: ({ id, name, scopes, expires_at, limit_per_minute, status }) => {
              const isRevoked = status === 'revoked' && { zh: '已吊销', en: 'It is revoked' };
              return (
                <>
                  <Act
                    method="patch"
                    path="/api/v1/api-keys/{key_id}/"
                    params={{ key_id: id }}
                    label={{ zh: '编辑', en: 'Edit' }}
                    isSmall
                    initial={{ name, scopes, expires_at, limit_per_minute }}
                    fields={FIELDS}
                    cannot={isRevoked}
                  />
                  <Act
                    method="post"
                    path="/api/v1/api-keys/{key_id}/rotate/"
                    params={{ key_id: id }}
                    label={{ zh: '轮换', en: 'Rotate' }}
                    says={say({
                      zh: '新密钥仅显示一次；旧密钥在所填小时内仍有效，填 0 则在一秒内失效，更早的密钥立即失效。',
                      en: 'The new key is shown this once. The old one works for these hours, with 0 it ends within a second; one from before it ends at once.',
                    })}
                    isSmall
                    isDanger
                    typed={name}
                    initial={{ keep_previous_hours: 24 }}
                    fields={[
                      {
                        name: 'keep_previous_hours',
                        label: { zh: '旧密钥保留小时', en: 'Hours that the old one still works' },
                        kind: 'whole',
                        min: 0,
                        max: 168,
                      },
                    ]}
                    after={({ data }) => <Secret of={KEY} text={data.api_key} />}
                    cannot={isRevoked}
                  />
                  <Act
                    method="delete"
                    path="/api/v1/api-keys/{key_id}/"
                    params={{ key_id: id }}
                    label={{ zh: '吊销', en: 'Revoke' }}
                    isSmall
                    isDanger
                    typed={name}
                    says={say({
                      zh: '一秒内失效，不可恢复。',
                      en: 'Within a second it is worth nothing, for good.',
                    })}
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
