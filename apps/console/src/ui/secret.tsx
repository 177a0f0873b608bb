/** A secret, this once: it is in no cache, and the platform does not tell it again. */
import { Alert } from 'antd';
import { useSay, type Text } from '../preferences.ts';
import { Code } from './values.tsx';

export function Secret({ of, text }: { of: Text; text: string | undefined }) {
  const say = useSay();
  if (!text)
    return (
      <Alert
        type="info"
        showIcon
        title={say({
          zh: '密钥只显示一次；如已遗失，请轮换',
          en: 'A secret is shown once; if it is lost, rotate it',
        })}
      />
    );
  return (
    <>
      <Alert
        type="warning"
        showIcon
        title={say({ zh: '请立即保存，关闭后不再显示', en: 'Keep it now: it is not shown again' })}
      />
      <p>
        {say(of)}: <Code text={text} />
      </p>
    </>
  );
}

/** Codes for the day on which the authenticator is lost; shown this once. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const say = useSay();
  return (
    <>
      <Alert
        type="warning"
        showIcon
        title={say({
          zh: '第二因素已启用。请保存这些恢复码，每个只能使用一次，关闭后不再显示',
          en: 'The second factor is on. Keep these recovery codes: each is good once, and they are not shown again',
        })}
      />
      <Code text={codes.join(' ')} />
    </>
  );
}
