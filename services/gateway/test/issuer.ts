/** Somebody's login server: a process's worth of keys behind HTTP, and tokens that they signed. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

export type SigningKey = {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
};
export type Issuer = {
  /** Its `iss`. */
  readonly name: string;
  readonly jwksUri: string;
  /** Published from now on, in place of those before. */
  publish(...keys: SigningKey[]): void;
  /** Answers from now on like this; undefined: with its keys. */
  answer(how: ((response: ServerResponse) => void) | undefined): void;
  /** How often its keys were asked for. */
  readonly asked: () => number;
  close(): Promise<void>;
};

let counter = 0;

export async function aKey(alg = 'RS256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `key-${++counter}`;
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** Starts one on a free port of this machine. */
export async function startIssuer(): Promise<Issuer> {
  let published: SigningKey[] = [];
  let how: ((response: ServerResponse) => void) | undefined;
  let asked = 0;
  const server = createServer((_request, response) => {
    asked++;
    if (how) return how(response);
    response.setHeader('content-type', 'application/jwk-set+json');
    response.end(JSON.stringify({ keys: published.map(({ jwk }) => jwk) }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    name: `${url}/`,
    jwksUri: `${url}/jwks.json`,
    publish: (...keys) => void (published = keys),
    answer: (next) => void (how = next),
    asked: () => asked,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** A token as somebody's login server makes it. */
export const signed = (
  { privateKey, alg, kid }: SigningKey,
  claims: JWTPayload,
  header: Record<string, unknown> = {},
): Promise<string> =>
  new SignJWT({ exp: Math.floor(Date.now() / 1000) + 600, ...claims })
    .setProtectedHeader({ alg, kid, typ: 'JWT', ...header })
    .sign(privateKey);
