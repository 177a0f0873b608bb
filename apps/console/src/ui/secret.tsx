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
