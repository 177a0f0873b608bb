/** One's own account: the second factor, and where one is signed in. */
import { Flex, QRCode } from 'antd';
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { ACTIONS, ListOf } from '../ui/list-of.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { RecoveryCodes } from '../ui/secret.tsx';
import { Whole } from '../ui/states.tsx';
import { Code, Moment, Num, YesNo } from '../ui/values.tsx';

const CODE = {
  name: 'code',
  label: { zh: '验证码或恢复码', en: 'Code of your authenticator, or a recovery code' },
  isRequired: true,
} as const;

export function Account() {
  const say = useSay();
  return (
    <Page title={{ zh: '我的账号', en: 'My account' }}>
      <SecondFactor />
      <Section title={{ zh: '我的会话', en: 'Where I am signed in' }}>
        <ListOf
          path="/api/v1/auth/sessions/"
          label={{ zh: '会话', en: 'Sessions' }}
          rowKey={({ id }) => id}
          columns={[
            { title: { zh: '开始', en: 'Began' }, show: ({ created_at }) => <Moment at={created_at} /> },
            {
              title: { zh: '最近刷新', en: 'Last refreshed' },
              show: ({ refreshed_at }) => <Moment at={refreshed_at} />,
            },
            { title: { zh: '到期', en: 'Ends' }, show: ({ expires_at }) => <Moment at={expires_at} /> },
            {
              title: ACTIONS,
              show: ({ id: session_id, is_current }) =>
                is_current ? (
                  <span className="faint">{say({ zh: '当前会话', en: 'This one' })}</span>
                ) : (
                  <Act
                    method="delete"
                    path="/api/v1/auth/sessions/{session_id}/"
                    params={{ session_id }}
                    label={{ zh: '结束', en: 'End' }}
                    says={say({
                      zh: '其刷新令牌立即失效，访问令牌在一秒内作废；其他会话不受影响。',
                      en: 'Its refresh token stops working at once, its access tokens within a second; other sessions go on.',
                    })}
                    isSmall
                    isDanger
                  />
                ),
            },
          ]}
        />
      </Section>
      <ChangePassword />
    </Page>
  );
}

function SecondFactor() {
  const say = useSay();
  const asked = useAsk('/api/v1/auth/second-factor/', {});
  return (
    <Section title={{ zh: '第二因素', en: 'Second factor' }}>
      <Whole of={asked}>
        {({ data: { is_enabled, is_required, enabled_at, recovery_codes_left } }) => (
          <Flex vertical gap={16}>
            <Facts
              facts={[
                [{ zh: '已启用', en: 'On' }, <YesNo key="on" value={is_enabled} />],
                [{ zh: '必须启用', en: 'Asked for' }, <YesNo key="required" value={is_required} />],
                [{ zh: '启用时间', en: 'Since' }, <Moment key="since" at={enabled_at} />],
                [
                  { zh: '剩余恢复码', en: 'Recovery codes left' },
                  <Num key="left" value={recovery_codes_left} />,
                ],
              ]}
            />
            <Flex gap={8} wrap>
              <Act
                method="post"
                path="/api/v1/auth/second-factor/"
                label={
                  is_enabled
                    ? { zh: '更换验证器', en: 'Another authenticator' }
                    : { zh: '设置', en: 'Set it up' }
                }
                isMain={!is_enabled}
                says={say({
                  zh: '登录时除密码外还需要验证器显示的 6 位数字。',
                  en: 'Signing in then takes the six digits of an authenticator besides the password.',
                })}
                fields={[
                  {
                    name: 'password',
                    label: { zh: '密码', en: 'Password' },
                    kind: 'secret',
                    isRequired: true,
                  },
                  ...(is_enabled ? [CODE] : []),
                ]}
                after={({ data }) => <Scan {...data} />}
              />
              {is_enabled && (
                <>
                  <Act
                    method="post"
                    path="/api/v1/auth/second-factor/recovery-codes/"
                    label={{ zh: '更换恢复码', en: 'New recovery codes' }}
                    says={say({ zh: '旧的恢复码随即失效。', en: 'The ones before end.' })}
                    fields={[CODE]}
                    after={({ data }) => <RecoveryCodes codes={data.recovery_codes} />}
                  />
                  <Act
                    method="post"
                    path="/api/v1/auth/second-factor/remove/"
                    label={{ zh: '停用', en: 'Turn it off' }}
                    isDanger
                    cannot={is_required && { zh: '租户要求第二因素', en: 'The tenant asks for one' }}
                    fields={[CODE]}
                  />
                </>
              )}
            </Flex>
          </Flex>
        )}
      </Whole>
    </Section>
  );
}

function Scan({ secret, otpauth_uri }: { secret: string; otpauth_uri: string }) {
  const say = useSay();
  return (
    <Flex vertical gap={12} align="start">
      <p>
        {say({
          zh: '请用验证器扫描，或手工输入密钥，然后输入它显示的数字。10 分钟内有效。',
          en: 'Scan it with your authenticator, or type the secret into it; then enter the digits that it shows, within ten minutes.',
        })}
      </p>
      <QRCode
        value={otpauth_uri}
        type="svg"
        color="#000"
        bgColor="#fff"
        aria-label={say({ zh: '供验证器扫描的二维码', en: 'QR code for the authenticator' })}
      />
      <Code text={secret} />
      <Act
        method="post"
        path="/api/v1/auth/second-factor/confirm/"
        label={{ zh: '输入验证码', en: 'Enter the code' }}
        isMain
        fields={[{ name: 'code', label: { zh: '验证码', en: 'Code' }, isRequired: true }]}
        after={({ data }) => <RecoveryCodes codes={data.recovery_codes} />}
      />
    </Flex>
  );
}

function ChangePassword() {
  const say = useSay();
  return (
    <Section title={{ zh: '密码', en: 'Password' }}>
      <Act
        method="post"
        path="/api/v1/auth/change-password/"
        label={{ zh: '修改密码', en: 'Change the password' }}
        says={say({
          zh: '您的所有会话随之结束，包括当前会话。',
          en: 'Every session of yours ends, this one too.',
        })}
        fields={[
          {
            name: 'old_password',
            label: { zh: '现在的密码', en: 'The present one' },
            kind: 'secret',
            isRequired: true,
          },
          {
            name: 'new_password',
            label: { zh: '新密码', en: 'The new one' },
            kind: 'secret',
            isRequired: true,
          },
        ]}
      />
    </Section>
  );
}
