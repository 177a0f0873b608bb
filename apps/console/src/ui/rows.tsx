/** A small table of figures. Where it is wider than its place, it is scrolled by keyboard, too. */
import { Table, type TableProps } from 'antd';
import { useSay, type Text } from '../preferences.ts';
import { Nothing } from './states.tsx';

export function Rows<Row extends object>({ label, ...table }: TableProps<Row> & { label: Text }) {
  const say = useSay();
  return (
    <div className="sideways" tabIndex={0} role="region" aria-label={say(label)}>
      <Table<Row>
        size="small"
        pagination={false}
        locale={{ emptyText: <Nothing isFiltered={false} /> }}
        {...table}
      />
    </div>
  );
}
