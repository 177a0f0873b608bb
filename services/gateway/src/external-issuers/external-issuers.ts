/** Wires the external issuers: whose tokens tenants trust beside the platform's own. */
import type { Implementation } from '@membership/platform/http/implement';
import type { ServiceContext } from '@membership/platform/service';
import type { settings as settingFields } from '../config.ts';
import type { MemberTools } from '../members/manage-members.ts';
import type { AddressGuard } from '../addresses/addresses.ts';
import { externalIssuersRoutes } from './external-issuers.routes.ts';
import { keyFetcher } from './fetch-keys.ts';
import { ForeignCallers } from './foreign-callers.ts';
import { keysByCourier } from './keys-by-courier.ts';
import { IssuerRepository } from './issuer-repository.ts';
import { KeySets } from './key-sets.ts';

export type ExternalIssuers = {
  readonly callers: ForeignCallers;
  readonly implementations: Implementation[];
  stop(): Promise<void>;
};

export function externalIssuers(
  { connection, transactions, ids, settings, secret, logger }: ServiceContext<typeof settingFields>,
  { memberTools, guard, httpsOnly }: { memberTools: MemberTools; guard: AddressGuard; httpsOnly: boolean },
): ExternalIssuers {
  const issuers = new IssuerRepository(connection);
  const { COURIER_URL: courier } = settings;
  const fetcher =
    courier === undefined
      ? keyFetcher({ guard, httpsOnly, userAgent: 'Membership-Keys/1' })
      : keysByCourier(courier, secret('WEBHOOK_SECRET_KEY'));
  const keySets = new KeySets({
    store: issuers,
    fetchKeys: (uri) => fetcher.fetch(uri),
    logger,
    renewAfter: settings.ISSUER_KEYS_SECONDS * 1_000,
    coolDown: settings.ISSUER_COOL_DOWN_SECONDS * 1_000,
  });
  const ownIssuer = settings.JWT_ISSUER;
  const callers = new ForeignCallers({ issuers, keySets, memberTools, transactions, ownIssuer });
  const forget = (issuer: string) => callers.forget(issuer);
  return {
    callers,
    implementations: externalIssuersRoutes({ issuers, ids, guard, httpsOnly, ownIssuer, forget }),
    stop: () => fetcher.close(),
  };
}
