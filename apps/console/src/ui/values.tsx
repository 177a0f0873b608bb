/** Values as they are shown in tables and facts. */
import type { ReactNode } from 'react';
import { Tag, Typography } from 'antd';
import { usePlace } from '../api/use-api.ts';
import { usePreferences, useSay } from '../preferences.ts';
import { writeAge, writeInstant, writeMoney, writeNumber, writeSigned } from './format.ts';
import { wordOf } from './words.ts';

const NOTHING = '–';

/** A time in the tenant's zone; in UTC for who hovers over it. */
export function Moment({ at }: { at: string | null | undefined }) {
  const { timezone } = usePlace();
  const { language } = usePreferences();
  if (!at) return NOTHING;
  return (
    <time dateTime={at} title={`${writeInstant(at, 'UTC', language, true)} UTC`}>
      {writeInstant(at, timezone, language)}
    </time>
  );
}
/** How long ago it was; days are those of the tenant's zone. When it was, for who hovers over it. */
export function Age({ at }: { at: string }) {
  const { timezone } = usePlace();
  const { language } = usePreferences();
  return (
    <time dateTime={at} title={`${writeInstant(at, timezone, language)} (${timezone})`}>
      {writeAge(at, timezone, new Date(), language)}
    </time>
  );
}
export function Num({ value }: { value: number | null | undefined }) {
  const { language } = usePreferences();
  return (
    <span className="num">
      {value === null || value === undefined ? NOTHING : writeNumber(value, language)}
    </span>
  );
}
export function Signed({ value }: { value: number }) {
  const { language } = usePreferences();
  return <span className={value < 0 ? 'num minus' : 'num'}>{writeSigned(value, language)}</span>;
}
export function State({ name }: { name: string | null | undefined }) {
  const say = useSay();
  if (!name) return NOTHING;
  const word = wordOf(name);
  // The colour is the ground: words on it are as dark as any.
  return (
    <Tag color={word.colour ?? 'default'} style={{ color: 'var(--ink)' }}>
      {say(word)}
    </Tag>
  );
}
/** What points are for; a category of the tenant's own is shown as it is. */
export function Category({ name }: { name: string }) {
  return useSay()(wordOf(name));
}
export const orNothing = (value: ReactNode): ReactNode =>
  value === null || value === undefined || value === '' ? NOTHING : value;
/** What somebody may want to copy whole: keys, ids. */
export function Code({ text }: { text: string }) {
  const say = useSay();
  const copy = say({ zh: '复制', en: 'Copy' });
  return (
    <Typography.Text code copyable={{ text, tooltips: [copy, say({ zh: '已复制', en: 'Copied' })] }}>
      {text}
    </Typography.Text>
  );
}
export function Money({ value, currency }: { value: number | null | undefined; currency?: string }) {
  const { language } = usePreferences();
  if (value === null || value === undefined) return NOTHING;
  return (
    <span className="num">
      {writeMoney(value, language)}
      {currency ? ` ${currency}` : ''}
    </span>
  );
}
export function YesNo({ value }: { value: boolean }) {
  return useSay()(value ? { zh: '是', en: 'Yes' } : { zh: '否', en: 'No' });
}
/** Free-form content, as it stands. */
export function Json({ value }: { value: unknown }) {
  return (
    <pre className="json" tabIndex={0}>
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}
