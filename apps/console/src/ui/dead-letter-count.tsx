/** How many events lie parked, for platform administrators. */
import { Link } from '@tanstack/react-router';
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';

const OFTEN_MS = 30_000;

/** Undefined for who may not know, and while nobody knows. */
export function useDeadLetterCount(isWanted: boolean): number | undefined {
  const { data } = useAsk('/api/v1/dead-letters/', {}, { everyMs: OFTEN_MS, isWanted });
  return data?.data.services.reduce((sum, { parked }) => sum + (parked ?? 0), 0);
}
export function DeadLetterLink({ count }: { count: number }) {
  const say = useSay();
  return (
    <Link to="/platform/dead-letters">
      {say({ zh: `${count} 个事件未能处理（死信）`, en: `Events that could not be handled: ${count}` })}
    </Link>
  );
}
