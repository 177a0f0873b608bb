/** Everything that happened to a member, and why. */
import { Trail } from '../../ui/trail.tsx';

export function HistoryTab({ id }: { id: number }) {
  return (
    <Trail
      member={id}
      filters={[
        { name: 'type', label: { zh: '事件，如 points.*', en: 'Event, such as points.*' } },
        { name: 'date_from', label: { zh: '从', en: 'From' }, kind: 'day' },
        { name: 'date_to', label: { zh: '到', en: 'To' }, kind: 'day' },
      ]}
    />
  );
}
