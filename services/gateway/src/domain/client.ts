/** A service client, another system of a tenant: rules and shape. Secrets are kept as hashes alone. */
import { randomUUID } from 'node:crypto';

export type ServiceClient = {
  readonly id: string;
  readonly tenantId: number;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly secretHash: string;
  /** The secret before, which works beside it for a while. */
  readonly previous: { readonly secretHash: string; readonly validUntil: Date } | null;
  /** Stands in its tokens: those of a client that had the same id, or of a secret that was withdrawn, bear another. */
  readonly issue: string;
  readonly createdAt: Date;
};

/** Of clients that were made before issues were: told apart by when they were made. */
export const issueOfBefore = (createdAt: Date): string => `made-${createdAt.getTime()}`;

/** A new client. */
export const newClient = (
  given: Pick<ServiceClient, 'id' | 'tenantId' | 'name' | 'scopes' | 'secretHash' | 'createdAt'>,
): ServiceClient => ({ ...given, previous: null, issue: randomUUID() });

/** The client with another secret: the one before goes on until then, or (null) ends now, with all that was made with it. */
export const rotated = (client: ServiceClient, secretHash: string, keepUntil: Date | null): ServiceClient =>
  keepUntil === null
    ? { ...client, secretHash, previous: null, issue: randomUUID() }
    : { ...client, secretHash, previous: { secretHash: client.secretHash, validUntil: keepUntil } };

/** The hashes that a secret may fit now. */
export const hashesOf = ({ secretHash, previous }: ServiceClient, now: Date): string[] =>
  previous && previous.validUntil > now ? [secretHash, previous.secretHash] : [secretHash];

/** The state that its events carry. */
export const clientStateOf = ({ id, name, scopes }: ServiceClient) => ({
  clientId: id,
  name,
  scopes: [...scopes],
});
