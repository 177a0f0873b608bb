/** Secrets of the platform that are changed while it runs: how far a change is, and what still rests on the values before. */
import * as contracts from '@membership/contracts/endpoints/gateway/secrets';
import type { Deed } from '@membership/platform/deed';
import { contextKey } from '@membership/platform/http/context';
import type { HeldSecret } from '@membership/platform/held-secret';
import {
  implementOpen,
  implementOpenWrite,
  reply,
  type Implementation,
  type RequestFacts,
} from '@membership/platform/http/implement';
import type { Logger } from '@membership/platform/log';
import type { Upstreams } from '../config.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { Resealed, SealedSecrets } from './sealed-secrets.ts';

type Tools = {
  readonly sealed: SealedSecrets;
  readonly box: SecretBox;
  readonly internalKeys: ReadonlyMap<Upstreams, HeldSecret>;
  readonly logger: Pick<Logger, 'info'>;
  readonly deedOf: (http: RequestFacts) => Deed;
};
const pageOf = <T>(all: readonly T[], { page, page_size: size }: { page: number; page_size: number }) => ({
  items: all.slice((page - 1) * size, page * size),
  count: all.length,
});

export const secretsRoutes = ({ sealed, box, internalKeys, logger, deedOf }: Tools): Implementation[] => [
  implementOpen(contracts.listInternalKeys, async ({ query }) => {
    const all = [...internalKeys].flatMap(([service, secret]) =>
      secret.values.map((value, index) => ({
        service,
        kid: contextKey(value).kid,
        status:
          index === 0
            ? ('signing' as const)
            : value === secret.next
              ? ('next' as const)
              : ('verifying' as const),
      })),
    );
    return pageOf(all, query);
  }),
  implementOpen(contracts.listSealedSecrets, async ({ query }) => {
    const [present, ...older] = box.kids;
    const statusOf = (key: string | null) => {
      if (key === present) return 'present' as const;
      return key === null || older.includes(key) ? ('older' as const) : ('unknown' as const);
    };
    const all = (await sealed.count()).map((one) => ({ ...one, status: statusOf(one.key) }));
    return pageOf(all, query);
  }),
  implementOpenWrite<typeof contracts.resealSecrets, Resealed>(
    contracts.resealSecrets,
    async ({ prepared, http, unit }) => {
      unit.afterCommit(() => logger.info({ ...prepared, ...deedOf(http) }, 'secrets were sealed anew'));
      return reply({ key: box.kids[0], ...prepared }, { params: { resealed: prepared.resealed } });
    },
    { prepare: ({ body }) => sealed.reseal(body.limit) },
  ),
];
