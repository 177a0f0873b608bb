/** Parked events of every service: doors, for platform administrators. */
import * as contracts from '@membership/contracts/endpoints/gateway/dead-letters';
import { notFound } from '@membership/contracts/errors';
import { LOOK_LIMIT, type DeadLetter, type Selection } from '@membership/platform/dead-letters';
import type { Deed } from '@membership/platform/deed';
import {
  implementOpen,
  implementOpenWrite,
  reply,
  type Implementation,
  type RequestFacts,
} from '@membership/platform/http/implement';
import type { Logger } from '@membership/platform/log';
import type { Asking, ParkedEvents } from './parked-events.ts';

type Tools = {
  readonly places: readonly ParkedEvents[];
  readonly askingOf: (http: RequestFacts) => Asking;
  readonly deedOf: (http: RequestFacts) => Deed;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
};

const letterView = (letter: DeadLetter) => ({
  id: letter.id,
  type: letter.type,
  tenant_id: letter.tenantId,
  routing_key: letter.routingKey,
  reason: letter.reason,
  error: letter.error,
  retries: letter.retries,
  first_failed_at: letter.firstFailedAt,
  parked_at: letter.parkedAt,
});

const selectionOf = ({ id, type }: { id?: string | undefined; type?: string | undefined }): Selection =>
  id !== undefined ? { id } : type !== undefined ? { type } : { all: true };

export function deadLettersRoutes({ places, askingOf, deedOf, logger }: Tools): Implementation[] {
  const placeOf = (service: string): ParkedEvents => {
    const place = places.find((one) => one.service === service);
    if (!place) throw notFound();
    return place;
  };
  return [
    implementOpen(contracts.countDeadLetters, async ({ http }) => {
      const asking = askingOf(http);
      const services = places.map(async (place) => ({
        service: place.service,
        // One that is away does not hide the others.
        parked: await place.count(asking).catch((error: unknown) => {
          logger.warn({ err: error, parkedBy: place.service }, 'parked events could not be counted');
          return null;
        }),
      }));
      return { services: await Promise.all(services) };
    }),
    implementOpen(contracts.listDeadLetters, async ({ params, query, http }) => {
      const { page, page_size: size, type } = query;
      const { results, parked } = await placeOf(params.service).list(askingOf(http), type);
      const items = results.slice((page - 1) * size, page * size).map(letterView);
      return { items, count: results.length, isEstimate: parked > LOOK_LIMIT };
    }),
    implementOpen(contracts.getDeadLetter, async ({ params, http }) => {
      const letter = await placeOf(params.service).show(askingOf(http), params.event_id);
      return { ...letterView(letter), stack: letter.stack, body: letter.body };
    }),
    implementOpenWrite<typeof contracts.replayDeadLetters, number>(
      contracts.replayDeadLetters,
      async ({ params, body, http, unit, prepared: replayed }) => {
        unit.afterCommit(() =>
          logger.info(
            { parkedBy: params.service, ...body, replayed, ...deedOf(http) },
            'parked events were replayed',
          ),
        );
        return reply({ replayed }, { params: { replayed } });
      },
      {
        prepare: async ({ params, body, http }) => {
          const replayed = await placeOf(params.service).replay(askingOf(http), selectionOf(body));
          if (replayed === 0 && body.id !== undefined) throw notFound();
          return replayed;
        },
      },
    ),
  ];
}
