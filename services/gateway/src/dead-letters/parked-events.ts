/** Where events are parked: at each service's own queue, which that service alone may look into, and at the gateway's. */
import { CONTEXT_HEADER } from '@membership/contracts/claims';
import { notFound, Refusal, refuse } from '@membership/contracts/errors';
import type { Bus } from '@membership/platform/bus';
import {
  deadLettersOf,
  LOOK_LIMIT,
  type DeadLetter,
  type DeadLetterDetails,
  type Selection,
} from '@membership/platform/dead-letters';
import { refusalOf } from '@membership/platform/http/dead-letter-routes';
import type { Caller } from '../domain/caller.ts';
import { signedFor, type RequestMarks } from '../callers/signed-context.ts';
import type { OwnKeys } from '../tokens/settings-keys.ts';
import type { Upstream } from '../proxy/upstream.ts';

/** On whose behalf. */
export type Asking = { readonly caller: Caller; readonly marks: RequestMarks };
type Listed = { readonly results: readonly DeadLetter[]; readonly parked: number };

export type ParkedEvents = {
  /** As health calls it: `points`, `points@cell`. */
  readonly service: string;
  count(asking: Asking): Promise<number>;
  list(asking: Asking, type: string | undefined): Promise<Listed>;
  /** Refuses (BIZ_001) what is not there. */
  show(asking: Asking, id: string): Promise<DeadLetterDetails>;
  replay(asking: Asking, selection: Selection): Promise<number>;
};

const LOOK_MILLISECONDS = 25_000;
const REPLAY_MILLISECONDS = 50_000;

/** Of the gateway itself; `bus` is there once it has started. */
export function ownParkedEvents(bus: () => Bus | undefined): ParkedEvents {
  const letters = () => {
    const started = bus();
    if (!started) throw refuse('SYS_002');
    return deadLettersOf(started);
  };
  const refused = (error: unknown) => {
    throw refusalOf(error);
  };
  return {
    service: 'gateway',
    count: async () => letters().count().catch(refused),
    list: async (_asking, type) => {
      const results = await letters().list({ type }).catch(refused);
      return { results, parked: await letters().count().catch(refused) };
    },
    show: async (_asking, id) => {
      const found = await letters().show(id).catch(refused);
      if (!found) throw notFound();
      return found;
    },
    replay: async (_asking, selection) => letters().replay(selection, { limit: LOOK_LIMIT }).catch(refused),
  };
}

/** Of a service: it is asked, as whoever asks here. */
export function parkedEventsOf(upstream: Upstream, proofKeys: Pick<OwnKeys, 'present'>): ParkedEvents {
  const { service, cell } = upstream;
  const ask = async <T>(
    { caller, marks }: Asking,
    path: string,
    { body, milliseconds = LOOK_MILLISECONDS }: { body?: unknown; milliseconds?: number } = {},
  ): Promise<T> => {
    const context = signedFor({ key: upstream.key, proofKey: proofKeys.present }, service, caller, marks);
    const response = await fetch(new URL(`/internal/dead-letters${path}`, upstream.url), {
      headers: { [CONTEXT_HEADER]: context, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(milliseconds),
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw body !== undefined && (cause as Error).name === 'TimeoutError'
        ? refuse('OUTCOME_UNKNOWN', { cause })
        : refuse('SYS_002', { cause });
    });
    if (response.ok) return (await response.json()) as T;
    await response.body?.cancel();
    const cause = new Error(`${service} answered ${response.status}`);
    if (response.status === 404) throw notFound();
    throw refuse(response.status === 409 ? 'CONFLICT' : 'SYS_002', { cause });
  };
  return {
    service: cell === null ? service : `${service}@${cell}`,
    count: async (asking) => numberIn(await ask(asking, '/count').catch(orNothing({ parked: 0 })), 'parked'),
    list: (asking, type) =>
      ask<Listed>(asking, type === undefined ? '/' : `/?${new URLSearchParams({ type })}`).catch(
        orNothing({ results: [], parked: 0 }),
      ),
    show: (asking, id) => ask<DeadLetterDetails>(asking, `/${encodeURIComponent(id)}`),
    replay: async (asking, selection) => {
      const body = { ...selection, limit: LOOK_LIMIT };
      return numberIn(await ask(asking, '/replay', { body, milliseconds: REPLAY_MILLISECONDS }), 'replayed');
    },
  };
}

/** One that reads the log alone parks nothing, and has no queue for it. */
const orNothing =
  <T>(nothing: T) =>
  (error: unknown): T => {
    if (error instanceof Refusal && error.status === 404) return nothing;
    throw error;
  };

/** A service of a version before may answer something else. */
function numberIn(answer: unknown, name: string): number {
  const value = (answer as Readonly<Record<string, unknown>> | null)?.[name];
  if (typeof value !== 'number') throw refuse('SYS_002', { cause: new Error(`no ${name} in the answer`) });
  return value;
}
