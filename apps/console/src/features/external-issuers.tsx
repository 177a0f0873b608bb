/** External issuers: whose tokens the tenant trusts, and how their keys are. */
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { FieldFacts } from '../ui/field-facts.tsx';
import type { Field } from '../ui/fields.ts';
import { ACTIONS, ListOf, yesNo } from '../ui/list-of.tsx';
import { Facts, Page } from '../ui/page.tsx';
import { Moment, orNothing, State } from '../ui/values.tsx';
import { choices } from '../ui/words.ts';

const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
].map((value) => ({ value, label: value }));
type Name = 'name' | 'jwks_uri' | 'algorithms' | 'max_role' | 'create_members' | 'claims' | 'is_enabled';
const FIELDS: readonly Field<Name>[] = [
  { name: 'name', label: { zh: '名称', en: 'Name' }, isRequired: true },
  {
    name: 'jwks_uri',
    label: { zh: '公钥地址（JWKS）', en: 'Address of its keys (JWKS)' },
    isRequired: true,
  },
  {
    name: 'algorithms',
    label: { zh: '签名算法', en: 'Algorithms' },
    kind: 'many',
    choices: ALGORITHMS,
    isRequired: true,
  },
  {
    name: 'max_role',
    label: { zh: '最高角色', en: 'The most that its tokens give' },
    kind: 'choice',
    choices: choices('member', 'admin'),
    isRequired: true,
  },
  {
    name: 'create_members',
    label: { zh: '首次见到时新建成员', en: 'Who is new becomes a member' },
    kind: 'switch',
  },
  {
    name: 'claims',
    label: { zh: '声明的对应', en: 'Which claim says what' },
    kind: 'group',
    fields: [
      {
        name: 'username',
        label: { zh: '用户名', en: 'Username' },
        help: { zh: '默认 preferred_username', en: 'preferred_username by default' },
      },
      {
        name: 'email',
        label: { zh: '邮箱', en: 'E-mail' },
        help: { zh: '默认 email', en: 'email by default' },
      },
      {
        name: 'display_name',
        label: { zh: '显示名称', en: 'Display name' },
        help: { zh: '默认 name', en: 'name by default' },
      },
      {
        name: 'role',
        label: { zh: '角色', en: 'Role' },
        isNullable: true,
        help: {
          zh: '如 realm_access.roles；留空则令牌不说明角色',
          en: 'Such as realm_access.roles; empty: tokens tell none',
        },
      },
      {
        name: 'admin_values',
        label: { zh: '表示管理员的值', en: 'Values that mean an administrator' },
        kind: 'lines',
        help: { zh: '每行一个', en: 'One a line' },
      },
    ],
  },
  { name: 'is_enabled', label: { zh: '启用', en: 'Enabled' }, kind: 'switch' },
];
const NEW = [
  {
    name: 'issuer',
    label: { zh: '签发方（iss）', en: 'Issuer (iss)' },
    isRequired: true,
    help: { zh: '注册后不可更改', en: 'It stays as it is registered' },
  },
  { name: 'audience', label: { zh: '受众（aud）', en: 'Audience (aud)' }, isRequired: true },
  {
    name: 'subject_prefix',
    label: { zh: '编号前缀', en: 'Prefix of ids' },
    help: {
      zh: '与令牌的 sub 相连即为成员的外部编号',
      en: 'It and the tokens’ sub are the member’s external id',
    },
  },
] as const;

const SHOWN = ['jwks_uri', 'algorithms', 'subject_prefix', 'create_members', 'claims'];
/** What a row has no room for. */
const IN_DETAIL: readonly Field[] = [...NEW, ...FIELDS].filter(({ name }) => SHOWN.includes(name));

export function ExternalIssuers() {
  const say = useSay();
  return (
    <Page
      title={{ zh: '外部签发方', en: 'External issuers' }}
      acts={
        <Act
          method="post"
          path="/api/v1/external-issuers/"
          label={{ zh: '信任签发方', en: 'Trust an issuer' }}
          isMain
          says={say({
            zh: '其令牌可直接用于本平台，直到其到期或被停用。',
            en: 'Its tokens are taken here as they are, until they end or the issuer is disabled.',
          })}
          initial={{ max_role: 'member', is_enabled: true, algorithms: ['RS256'] }}
          fields={[...NEW, ...FIELDS]}
        />
      }
    >
      <ListOf
        path="/api/v1/external-issuers/"
        label={{ zh: '外部签发方', en: 'External issuers' }}
        rowKey={({ id }) => id}
        filters={[{ name: 'is_enabled', label: { zh: '启用', en: 'Enabled' }, choices: yesNo }]}
        columns={[
          { title: { zh: '名称', en: 'Name' }, show: ({ name }) => name },
          { title: { zh: '签发方', en: 'Issuer' }, show: ({ issuer }) => issuer },
          { title: { zh: '受众', en: 'Audience' }, show: ({ audience }) => audience },
          {
            title: { zh: '最高角色', en: 'At most' },
            show: ({ max_role }) => <State name={max_role} />,
          },
          {
            title: { zh: '状态', en: 'State' },
            show: ({ is_enabled }) => <State name={is_enabled ? 'active' : 'inactive'} />,
          },
          {
            title: { zh: '公钥', en: 'Its keys' },
            show: ({ keys }) =>
              keys.failing_since ? (
                <span className="minus">
                  {say({ zh: '获取失败始于', en: 'failing since' })} <Moment at={keys.failing_since} />
                </span>
              ) : (
                <>
                  {keys.kids.length} · <Moment at={keys.fetched_at} />
                </>
              ),
          },
          {
            title: ACTIONS,
            show: ({ id, name, jwks_uri, algorithms, max_role, create_members, claims, is_enabled }) => (
              <>
                <Act
                  method="patch"
                  path="/api/v1/external-issuers/{id}/"
                  params={{ id }}
                  label={{ zh: '编辑', en: 'Edit' }}
                  isSmall
                  initial={{ name, jwks_uri, algorithms, max_role, create_members, claims, is_enabled }}
                  fields={FIELDS}
                />
                <Act
                  method="delete"
                  path="/api/v1/external-issuers/{id}/"
                  params={{ id }}
                  label={{ zh: '删除', en: 'Delete' }}
                  isSmall
                  isDanger
                  typed={name}
                  says={say({
                    zh: '其令牌在一秒内作废，成员保留。',
                    en: 'Within a second its tokens are worth nothing; members stay.',
                  })}
                />
              </>
            ),
          },
        ]}
        expanded={(issuer) => (
          <>
            <FieldFacts fields={IN_DETAIL} values={issuer} />
            <Facts facts={[[{ zh: '失败原因', en: 'Why it fails' }, orNothing(issuer.keys.failure)]]} />
          </>
        )}
      />
    </Page>
  );
}
