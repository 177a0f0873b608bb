/** The frame of a page: one heading, which readers are taken to, what can be done, and what it is about. */
import { useEffect, useRef, type ReactNode } from 'react';
import { Card, Flex } from 'antd';
import { useSay, type Text } from '../preferences.ts';

export function Page({
  title,
  about,
  acts,
  children,
}: {
  title: Text | string;
  about?: ReactNode;
  acts?: ReactNode;
  children: ReactNode;
}) {
  const say = useSay();
  const heading = useRef<HTMLHeadingElement>(null);
  const words = typeof title === 'string' ? title : say(title);
  useEffect(() => {
    document.title = `${words} · ${say({ zh: '控制台', en: 'Console' })}`;
  });
  // Whoever follows a link is taken to what it leads to.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div className="page">
      <Flex justify="space-between" align="center" wrap gap={12}>
        <h1 ref={heading} tabIndex={-1}>
          {words}
        </h1>
        {acts && (
          <Flex gap={8} wrap>
            {acts}
          </Flex>
        )}
      </Flex>
      {about}
      {children}
    </div>
  );
}

export function Section({ title, extra, children }: { title: Text; extra?: ReactNode; children: ReactNode }) {
  const say = useSay();
  return (
    <Card size="small" title={<h2>{say(title)}</h2>} extra={extra}>
      {children}
    </Card>
  );
}

/** Facts side by side, under each other where it is narrow. */
export function Facts({ facts }: { facts: readonly (readonly [Text, ReactNode])[] }) {
  const say = useSay();
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name.en}>
          <dt>{say(name)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
