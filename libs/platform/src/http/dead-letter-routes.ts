/** `/internal/dead-letters` of a service: list, show, replay, discard what could not be handled. For platform administrators. */
import { Router, json, type NextFunction, type Request, type Response } from 'express';
import type { ServiceName } from '@membership/contracts/claims';
import { renderRefusal } from '@membership/contracts/dialects';
import { wrongRole } from '@membership/contracts/endpoint';
import { Refusal, invalid, notFound, refuse } from '@membership/contracts/errors';
import type { Bus } from '../bus.ts';
import { DeadLettersBusy, NoDeadLetters, deadLettersOf, type Selection } from '../dead-letters.ts';
import type { DispatchOptions } from './dispatch.ts';

type Options = {
  readonly bus: Bus;
  readonly service: ServiceName;
  readonly authenticate: DispatchOptions['authenticate'];
};

/**
 * GET `/` (with `?type=`), GET `/count`, GET `/:id`, POST `/replay`, POST `/discard` with `{id}`, `{type}` or `{all:true}`;
 * a replay of all takes `limit`, too.
 */
export function deadLetterRoutes({ bus, authenticate }: Options): Router {
  const letters = deadLettersOf(bus);
  const router = Router();
  router.use(json({ limit: '10kb' }));
  router.use(async (request, _response, next) => {
    const claims = await authenticate(request);
    if (claims.role !== 'super') throw wrongRole(['super'], claims.role);
    next();
  });
  router.get('/', async (request, response) => {
    const type = new URL(request.url, 'http://service').searchParams.get('type');
    const results = await letters.list(type === null ? {} : { type });
    answer(response, { results, parked: await letters.count() });
  });
  router.get('/count', async (_request, response) => answer(response, { parked: await letters.count() }));
  router.get('/:id', async (request, response) => {
    const letter = await letters.show(request.params.id);
    if (!letter) throw notFound();
    answer(response, letter);
  });
  router.post('/replay', async (request, response) =>
    answer(response, {
      replayed: await letters.replay(selectionOf(request.body), { limit: limitOf(request.body) }),
    }),
  );
  router.post('/discard', async (request, response) =>
    answer(response, { discarded: await letters.discard(selectionOf(request.body)) }),
  );
  router.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    const refusal = refusalOf(error);
    response.writeHead(refusal.status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(
      JSON.stringify(
        renderRefusal('drf', refusal, { language: 'en', requestId: 'internal', now: new Date() }),
      ),
    );
  });
  return router;
}

/** What a look at parked events is refused with. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof NoDeadLetters) return notFound();
  if (error instanceof DeadLettersBusy) return refuse('CONFLICT', { cause: error });
  if (typeof (error as { status?: unknown }).status === 'number')
    return refuse('MALFORMED_JSON', { cause: error });
  return refuse('SYS_002', { cause: error });
}

function selectionOf(body: unknown): Selection {
  const given = (body ?? {}) as { id?: unknown; type?: unknown; all?: unknown };
  if (typeof given.id === 'string') return { id: given.id };
  if (typeof given.type === 'string') return { type: given.type };
  if (given.all === true) return { all: true };
  throw invalid({ id: { zh: '请指定 id、type 或 all', en: 'Name an id, a type, or all' } });
}

function limitOf(body: unknown): number | undefined {
  const { limit } = (body ?? {}) as { limit?: unknown };
  return typeof limit === 'number' ? limit : undefined;
}

function answer(response: Response, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
