/** Setting a second factor up on the way in, where the tenant asks its administrators for one. Loaded when it is needed. */
import { useEffect, useState, type FormEvent } from 'react';
import { QRCode } from 'antd';
import { MembershipError } from '@membership/client';
import { useSay, type Text } from '../preferences.ts';
import { enrolment } from './session.ts';

const WORDS = {
  title: { zh: '设置第二因素', en: 'Set up a second factor' },
  why: {
    zh: '您的租户要求管理员使用第二因素。请用验证器扫描，或手工输入密钥，然后输入它显示的数字。',
    en: 'Your tenant asks its administrators for a second factor. Scan this with an authenticator, or type the secret into it; then enter the digits that it shows.',
  },
  code: { zh: '验证码', en: 'Code of your authenticator' },
  go: { zh: '启用', en: 'Turn it on' },
  on: { zh: '第二因素已启用', en: 'The second factor is on' },
  keep: {
    zh: '请保存这些恢复码：每个只能使用一次，不再显示。然后用验证器的下一个验证码登录。',
    en: 'Keep these recovery codes: each is good once, and they are not shown again. Then sign in with the next code of your authenticator.',
  },
  onward: { zh: '去登录', en: 'To the sign-in' },
  unreachable: { zh: '无法连接平台，请重试。', en: 'The platform cannot be reached. Try again.' },
} as const satisfies Record<string, Text>;

export function Enrol({ challenge, onDone }: { challenge: string; onDone: () => void }) {
  const say = useSay();
  const [prepared, setPrepared] = useState<{ secret: string; otpauth_uri: string }>();
  const [codes, setCodes] = useState<readonly string[]>();
  const [problem, setProblem] = useState<string>();
  const [isAsking, setAsking] = useState(false);
  const unreachable = say(WORDS.unreachable);
  useEffect(() => {
    enrolment(challenge).then(setPrepared, (error: unknown) =>
      setProblem(error instanceof MembershipError ? error.message : unreachable),
    );
    // Another one would make the first worth nothing: it is asked for once.
  }, [challenge]);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = new FormData(event.currentTarget).get('code');
    setAsking(true);
    setProblem(undefined);
    try {
      setCodes(await enrolment.confirm(challenge, typeof code === 'string' ? code.trim() : ''));
    } catch (error) {
      setProblem(error instanceof MembershipError ? error.message : unreachable);
    } finally {
      setAsking(false);
    }
  };
  if (codes)
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onDone();
        }}
      >
        <h1>{say(WORDS.on)}</h1>
        <p>{say(WORDS.keep)}</p>
        <pre className="codes" tabIndex={0}>
          {codes.join('\n')}
        </pre>
        <button className="go">{say(WORDS.onward)}</button>
      </form>
    );
  return (
    <form onSubmit={(event) => void submit(event)}>
      <h1>{say(WORDS.title)}</h1>
      <p>{say(WORDS.why)}</p>
      {prepared && (
        <>
          <QRCode
            value={prepared.otpauth_uri}
            type="svg"
            color="#000"
            bgColor="#fff"
            aria-label={say({ zh: '供验证器扫描的二维码', en: 'QR code for the authenticator' })}
          />
          <code>{prepared.secret}</code>
          <label>
            {say(WORDS.code)}
            <input name="code" required minLength={6} maxLength={64} autoComplete="one-time-code" autoFocus />
          </label>
        </>
      )}
      <div role="alert">{problem}</div>
      <button className="go" disabled={isAsking || !prepared}>
        {say(WORDS.go)}
      </button>
    </form>
  );
}
