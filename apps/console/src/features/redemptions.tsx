/** Redemptions: what must be sent, and what becomes of it; as a board, or as a list with filters. */
import { Segmented } from 'antd';
import { useSay } from '../preferences.ts';
import { Page } from '../ui/page.tsx';
import { useTurn } from '../ui/span.tsx';
import { RedemptionBoard } from './redemptions/board.tsx';
import { RedemptionList } from './redemptions/list.tsx';

export function Redemptions() {
  const say = useSay();
  const [view, turn] = useTurn('view', ['board', 'list']);
  return (
    <Page
      title={{ zh: '兑换', en: 'Redemptions' }}
      acts={
        <Segmented
          aria-label={say({ zh: '视图', en: 'View' })}
          value={view}
          options={[
            { value: 'board', label: say({ zh: '看板', en: 'Board' }) },
            { value: 'list', label: say({ zh: '列表', en: 'List' }) },
          ]}
          onChange={turn}
        />
      }
    >
      {view === 'board' ? <RedemptionBoard /> : <RedemptionList />}
    </Page>
  );
}
