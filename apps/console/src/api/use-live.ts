/** Figures as they change, over one stream while the page is seen. Where there is none, whoever shows them asks now and then. */
import { useEffect, useState } from 'react';
import { useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useApi } from './use-api.ts';
import { eventsOf } from './sse.ts';

const AGAIN_MS = 10_000;
const PATH = '/api/v1/stats/stream/';

/** Puts each overview that comes under `key`, as if it had been asked for. Says whether the stream is open. */
export function useLiveOverview(key: QueryKey): boolean {
  const api = useApi();
  const queries = useQueryClient();
  const [isLive, setLive] = useState(false);
  const [isSeen, setSeen] = useState(document.visibilityState === 'visible');
  useEffect(() => {
    const look = () => setSeen(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  const [tenant, path] = key;
  useEffect(() => {
    // A browser has six connections to a host: a tab that nobody sees gives its own back.
    if (!isSeen) return undefined;
    const over = new AbortController();
    let last: string | undefined;
    const listen = async () => {
      const headers = last === undefined ? {} : { 'Last-Event-ID': last };
      const stream = await api<ReadableStream<Uint8Array>>('get', PATH, {
        headers: { ...headers, Accept: 'text/event-stream' },
        parseAs: 'stream',
        signal: over.signal,
      });
      setLive(true);
      for await (const { name, data, id } of eventsOf(stream)) {
        last = id ?? last;
        if (name === 'overview') queries.setQueryData([tenant, path, {}], JSON.parse(data));
      }
    };
    const keepOn = async () => {
      while (!over.signal.aborted) {
        // It ends after some minutes, and is opened anew by a token that still holds.
        const isOver = await listen().then(
          () => false,
          () => true,
        );
        if (over.signal.aborted) return;
        setLive(false);
        if (isOver) await new Promise((done) => setTimeout(done, AGAIN_MS));
      }
    };
    void keepOn();
    return () => {
      over.abort();
      setLive(false);
    };
  }, [api, queries, isSeen, tenant, path]);
  return isLive;
}
