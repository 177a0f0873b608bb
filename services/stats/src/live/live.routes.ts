/** Figures as they change, over Server-Sent Events. */
import { streamFigures } from '@membership/contracts/endpoints/stats/index';
import { implement, type Implementation } from '@membership/platform/http/implement';
import type { LiveFigures } from './live-figures.ts';

/** What a client may leave unread before it is let go: it can connect again. */
const UNREAD_AT_MOST = 64 * 1_024;
/** How long a client waits before it connects again, in milliseconds. */
const RETRY = 2_000;

export const liveRoutes = (live: LiveFigures): Implementation[] => [
  implement(streamFigures, async ({ scope, http }) => {
    const { request, response } = http.raw;
    const lastId = http.headers['last-event-id'];
    const leave = await live.join({
      scope,
      lastId: typeof lastId === 'string' ? lastId : undefined,
      send(text) {
        open();
        response.write(text);
        if (response.writableLength > UNREAD_AT_MOST) response.destroy();
      },
      end: () => void response.end(),
    });
    function open(): void {
      if (response.headersSent) return;
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      response.write(`retry: ${RETRY}\n\n`);
    }
    open();
    if (request.method === 'HEAD') response.end();
    await new Promise<void>((done) => {
      if (response.closed || response.destroyed) done();
      else response.once('close', () => done());
    });
    leave();
  }),
];
