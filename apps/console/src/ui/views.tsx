/** Views of one page, which the address names: tabs, or a list to choose from where tabs have no room. */
import type { ReactNode } from 'react';
import { Flex, Grid, Select, Tabs } from 'antd';
import { useSay, type Text } from '../preferences.ts';
import { useListState } from './list-state.ts';

type View = { readonly key: string; readonly label: Text; readonly children: ReactNode };

export function Views({ of }: { of: readonly [View, ...View[]] }) {
  const say = useSay();
  const { xl: isWide = true } = Grid.useBreakpoint();
  const { search, start } = useListState();
  const [first] = of;
  const shown = of.find(({ key }) => key === search['tab']) ?? first;
  const turn = (tab: string) => void start(tab === first.key ? {} : { tab });
  if (isWide)
    return (
      <Tabs
        activeKey={shown.key}
        onChange={turn}
        destroyOnHidden
        items={of.map((view) => ({ ...view, label: say(view.label) }))}
      />
    );
  return (
    <Flex vertical gap={16}>
      <Select
        aria-label={say({ zh: '视图', en: 'View' })}
        value={shown.key}
        onChange={turn}
        options={of.map(({ key, label }) => ({ value: key, label: say(label) }))}
      />
      <div key={shown.key}>{shown.children}</div>
    </Flex>
  );
}
