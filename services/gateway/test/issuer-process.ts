// The process of an issuer (issuer.ts): it holds the private keys, publishes public ones and signs, as its parent tells it.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
} from 'jose';

/** How it answers whoever asks for its keys. */
export type Answering =
  | 'with its keys'
  | 'never'
  | 'breaks off'
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: string };
export type Commands = typeof commands;
/** What a command is asked with; it is answered by `result` or `error` under the same `id`. */
export type Asked = {
  readonly id: number;
  readonly name: keyof Commands;
  readonly given: readonly unknown[];
};
export type Answered = { readonly id: number; readonly result?: unknown; readonly error?: string };

const privateKeys = new Map<string, CryptoKey>();
let published: readonly JWK[] = [];
let answering: Answering = 'with its keys';
let asked = 0;

const server = createServer((_request, response) => {
  asked++;
  answer(response);
});

function answer(response: ServerResponse): void {
  if (answering === 'never') return;
  if (answering === 'breaks off') return void response.socket?.destroy();
  const { status, headers, body } =
    answering === 'with its keys'
      ? {
          headers: { 'content-type': 'application/jwk-set+json' },
          body: JSON.stringify({ keys: published }),
        }
      : answering;
  response.writeHead(status ?? 200, headers).end(body);
}

const commands = {
  /** Its port; 0 asks for a free one. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((done, failed) => server.once('error', failed).listen(port, '127.0.0.1', done));
    return (server.address() as AddressInfo).port;
  },
  async makeKey(alg: string): Promise<{ kid: string; jwk: JWK }> {
    const { privateKey, publicKey } = await generateKeyPair(alg);
    const kid = `key-${privateKeys.size + 1}`;
    privateKeys.set(kid, privateKey);
    return { kid, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
  },
  /** By one of its keys, whatever the header says of it. */
  sign: (kid: string, claims: JWTPayload, header: JWTHeaderParameters): Promise<string> =>
    new SignJWT(claims).setProtectedHeader(header).sign(privateKeys.get(kid) as CryptoKey),
  publish: (jwks: readonly JWK[]): void => void (published = jwks),
  answer: (how: Answering): void => void (answering = how),
  asked: (): number => asked,
};

async function obey({ id, name, given }: Asked): Promise<void> {
  const command = commands[name] as (...given: readonly unknown[]) => unknown;
  const answered: Answered = await Promise.resolve()
    .then(() => command(...given))
    .then(
      (result) => ({ id, result }),
      (error: unknown) => ({ id, error: String(error) }),
    );
  process.send?.(answered);
}

process.on('message', (message) => void obey(message as Asked));
// Nobody is left to end it.
process.on('disconnect', () => process.exit());
