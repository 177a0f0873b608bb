/** The keys that sign tokens: changed while everything runs. */
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { ACTIONS, ListOf } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { Code, Moment, State } from '../ui/values.tsx';

export function TokenKeys() {
  const say = useSay();
  return (
    <Page
      title={{ zh: '令牌密钥', en: 'Token keys' }}
      acts={
        <Act
          method="post"
          path="/api/v1/token-keys/rotate/"
          label={{ zh: '更换密钥', en: 'Rotate' }}
          isMain
          says={say({
            zh: '新密钥立即公布，过一会儿开始签名；旧密钥有效至其最后一个令牌到期。无需重启，没有令牌失效。',
            en: 'The new key is published at once and signs after a while; the one before holds until its last token has ended. Nothing is restarted, and no token ends.',
          })}
          initial={{ signs_in_seconds: 600 }}
          fields={[
            {
              name: 'signs_in_seconds',
              label: { zh: '多少秒后开始签名', en: 'Signs after so many seconds' },
              kind: 'whole',
              min: 0,
              isRequired: true,
            },
          ]}
        />
      }
    >
      <ListOf
        path="/api/v1/token-keys/"
        label={{ zh: '令牌密钥', en: 'Token keys' }}
        rowKey={({ kid }) => kid}
        columns={[
          { title: { zh: '编号', en: 'Id' }, show: ({ kid }) => <Code text={kid} /> },
          { title: { zh: '算法', en: 'Algorithm' }, show: ({ algorithm }) => algorithm },
          { title: { zh: '状态', en: 'State' }, show: ({ status }) => <State name={status} /> },
          {
            title: { zh: '开始签名', en: 'Signs from' },
            show: ({ signs_from }) => <Moment at={signs_from} />,
          },
          {
            title: { zh: '有效至', en: 'Holds until' },
            show: ({ verifies_until }) => <Moment at={verifies_until} />,
          },
          {
            title: ACTIONS,
            show: ({ kid, status }) => (
              <Act
                method="post"
                path="/api/v1/token-keys/{kid}/withdraw/"
                params={{ kid }}
                label={{ zh: '立即停用', en: 'End it now' }}
                isSmall
                isDanger
                typed={kid}
                says={say({
                  zh: '用于密钥泄露：其签署的令牌在一秒内作废。',
                  en: 'For a key that others know: within a second what it signed is worth nothing.',
                })}
                cannot={status === 'ended' && { zh: '已经结束', en: 'It is over already' }}
              />
            ),
          },
        ]}
      />
    </Page>
  );
}
