/** Webhook endpoints: where the tenant's events go. */
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import type { Field } from '../ui/fields.ts';
import { To } from '../ui/links.tsx';
import { ACTIONS, ListOf, yesNo } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { Secret } from '../ui/secret.tsx';
import { Moment, Num, orNothing, State } from '../ui/values.tsx';

type Name = 'url' | 'description' | 'event_types' | 'payload' | 'is_enabled';
const FIELDS: readonly Field<Name>[] = [
  { name: 'url', label: { zh: '地址', en: 'Address' }, isRequired: true },
  { name: 'description', label: { zh: '说明', en: 'Description' } },
  {
    name: 'event_types',
    label: { zh: '事件', en: 'Events' },
    kind: 'lines',
    isRequired: true,
    help: {
      zh: '每行一个，如 points.* 或 member.created.v1；* 为全部',
      en: 'One a line, such as points.* or member.created.v1; * is all',
    },
  },
  {
    name: 'payload',
    label: { zh: '内容', en: 'Content' },
    kind: 'choice',
    choices: [
      { value: 'full', label: { zh: '完整', en: 'Full' } },
      { value: 'thin', label: { zh: '仅编号', en: 'Ids alone' } },
    ],
  },
  { name: 'is_enabled', label: { zh: '启用', en: 'Enabled' }, kind: 'switch' },
];
const SECRET = { zh: '签名密钥', en: 'Signing secret' };

export function Webhooks() {
  const say = useSay();
  return (
    <Page
      title={{ zh: 'Webhook 端点', en: 'Webhook endpoints' }}
      acts={
        <Act
          method="post"
          path="/api/v1/webhooks/endpoints/"
          label={{ zh: '新建端点', en: 'New endpoint' }}
          isMain
          initial={{ payload: 'full', is_enabled: true }}
          fields={FIELDS}
          after={({ data }) => <Secret of={SECRET} text={data.secret} />}
        />
      }
    >
      <ListOf
        path="/api/v1/webhooks/endpoints/"
        label={{ zh: 'Webhook 端点', en: 'Webhook endpoints' }}
        rowKey={({ id }) => id}
        filters={[{ name: 'is_enabled', label: { zh: '启用', en: 'Enabled' }, choices: yesNo }]}
        columns={[
          {
            title: { zh: '地址', en: 'Address' },
            show: ({ id, url }) => (
              <To path="developers/deliveries" search={{ endpoint_id: String(id) }}>
                {url}
              </To>
            ),
          },
          { title: { zh: '事件', en: 'Events' }, show: ({ event_types }) => event_types.join(' ') },
          {
            title: { zh: '状态', en: 'State' },
            show: ({ is_enabled }) => <State name={is_enabled ? 'active' : 'inactive'} />,
          },
          {
            title: { zh: '失败始于', en: 'Failing since' },
            show: ({ failing_since }) => <Moment at={failing_since} />,
          },
          { title: { zh: '说明', en: 'Description' }, show: ({ description }) => orNothing(description) },
          {
            title: ACTIONS,
            show: ({ id, url, description, event_types, payload, is_enabled }) => (
              <>
                <Act
                  method="patch"
                  path="/api/v1/webhooks/endpoints/{id}/"
                  params={{ id }}
                  label={{ zh: '编辑', en: 'Edit' }}
                  isSmall
                  initial={{ url, description, event_types, payload, is_enabled }}
                  fields={FIELDS}
                />
                <Act
                  method="post"
                  path="/api/v1/webhooks/endpoints/{id}/ping/"
                  params={{ id }}
                  label={{ zh: '测试', en: 'Ping' }}
                  isSmall
                  says={say({
                    zh: '向该地址发送一个测试事件。',
                    en: 'Sends the address an event to try it.',
                  })}
                />
                <Act
                  method="post"
                  path="/api/v1/webhooks/endpoints/{id}/replay/"
                  params={{ id }}
                  label={{ zh: '重新投递', en: 'Replay' }}
                  isSmall
                  says={say({
                    zh: '再次发送这段时间内失败的投递。',
                    en: 'Sends what failed in this time again.',
                  })}
                  fields={[
                    { name: 'from', label: { zh: '从', en: 'From' }, kind: 'instant', isRequired: true },
                    { name: 'to', label: { zh: '到', en: 'To' }, kind: 'instant' },
                  ]}
                  after={({ data }) => (
                    <p>
                      {say({ zh: '已重新投递', en: 'Sent again' })}: <Num value={data.replayed} /> ·{' '}
                      {say({ zh: '剩余', en: 'left' })}: <Num value={data.remaining} />
                    </p>
                  )}
                />
                <Act
                  method="post"
                  path="/api/v1/webhooks/endpoints/{id}/rotate-secret/"
                  params={{ id }}
                  label={{ zh: '轮换密钥', en: 'Rotate the secret' }}
                  says={say({
                    zh: '新密钥仅显示一次；24 小时内，消息同时用旧密钥签名。',
                    en: 'The new secret is shown this once; for 24 hours messages are signed with the old one, too.',
                  })}
                  isSmall
                  isDanger
                  typed={String(id)}
                  after={({ data }) => <Secret of={SECRET} text={data.secret} />}
                />
                <Act
                  method="delete"
                  path="/api/v1/webhooks/endpoints/{id}/"
                  params={{ id }}
                  label={{ zh: '删除', en: 'Delete' }}
                  says={say({
                    zh: '不再向该地址投递；投递记录保留至到期。',
                    en: 'Nothing is sent to the address any more; its deliveries stay in the log until they are too old.',
                  })}
                  isSmall
                  isDanger
                  typed={String(id)}
                />
              </>
            ),
          },
        ]}
      />
    </Page>
  );
}
