/** What a list shows, as a file for a spreadsheet: asked page after page, so that it holds what the filters say, and no more. */
import { useState } from 'react';
import { App, Button } from 'antd';
import { MembershipError, type ItemOf } from '@membership/client';
import { useApi } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { downloadCsv } from './format.ts';
import type { ListPath } from './list-of.tsx';
import { pageOf } from './page-of.ts';

type Cell = string | number | boolean | null;
const MOST = 50_000;
const PAGE_SIZE = 100;

export function Export<const P extends ListPath>({
  path,
  query,
  name,
  head,
  row,
  sizeIs = 'page_size',
}: {
  path: P;
  query: Readonly<Record<string, string | number | boolean>>;
  name: string;
  head: readonly string[];
  row: (one: ItemOf<P>) => readonly Cell[];
  /** The family calls the size of a page `limit`. */
  sizeIs?: 'page_size' | 'limit';
}) {
  const say = useSay();
  const api = useApi();
  const { message } = App.useApp();
  const [count, setCount] = useState<number>();
  const run = async () => {
    const rows: (readonly Cell[])[] = [head];
    setCount(0);
    try {
      for (let page = 1, isLast = false; !isLast && rows.length <= MOST; page++) {
        const answer = await api('get', path, {
          params: { query: { ...query, page, [sizeIs]: PAGE_SIZE } },
        });
        const found = pageOf<ItemOf<P>>(answer).rows;
        rows.push(...found.map(row));
        setCount(rows.length - 1);
        isLast = found.length < PAGE_SIZE;
      }
      downloadCsv(name, rows);
      if (rows.length > MOST)
        void message.warning(
          say({
            zh: `只导出前 ${MOST} 条，请缩小范围`,
            en: `Only the first ${MOST} are in it: narrow the filters`,
          }),
        );
    } catch (error) {
      void message.error(
        error instanceof MembershipError
          ? error.message
          : say({ zh: '导出失败，请重试', en: 'The export broke off; try again' }),
      );
    } finally {
      setCount(undefined);
    }
  };
  return (
    <Button loading={count !== undefined} onClick={() => void run()}>
      {say({ zh: '导出 CSV', en: 'Export CSV' })}
      {count ? ` · ${count}` : ''}
    </Button>
  );
}
