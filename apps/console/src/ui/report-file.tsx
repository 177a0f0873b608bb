/** A report or the audit trail as the platform's own file: all of it, not the page that is seen. */
import { useState } from 'react';
import { App, Button } from 'antd';
import { MembershipError } from '@membership/client';
import type { PathParams, QueryParams } from '../api/client.ts';
import { useApi } from '../api/use-api.ts';
import { useSay, type Text } from '../preferences.ts';
import { download } from './format.ts';

type FilePath =
  | '/api/v1/stats/export/'
  | '/api/v1/reports/license-usage/'
  | '/api/v1/reports/expiry-alerts/'
  | '/api/v1/reports/user-activity/'
  | '/api/v1/points/profiles/{id}/statement/';

export function ReportFile({
  path,
  params = {},
  query,
  name,
  label = { zh: '导出 CSV', en: 'Export CSV' },
}: {
  path: FilePath;
  params?: PathParams;
  query: QueryParams & { readonly format: 'csv' | 'ndjson' };
  /** Of the file, without what it ends in. */
  name: string;
  label?: Text;
}) {
  const say = useSay();
  const api = useApi();
  const { message } = App.useApp();
  const [isComing, setComing] = useState(false);
  const fetchAll = async () => {
    setComing(true);
    try {
      // One that breaks off on its way is no file: nothing is saved of it.
      const file = await api<Blob>('get', path, {
        params: { path: params, query },
        parseAs: 'blob',
      });
      download(`${name}.${query.format}`, file);
    } catch (error) {
      void message.error(
        error instanceof MembershipError
          ? error.message
          : say({ zh: '导出失败，请重试', en: 'The export broke off; try again' }),
      );
    } finally {
      setComing(false);
    }
  };
  return (
    <Button loading={isComing} onClick={() => void fetchAll()}>
      {say(label)}
    </Button>
  );
}
