/** Somebody's login server: a process of its own with its keys behind HTTP, and tokens that they signed. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { JWK, JWTHeaderParameters, JWTPayload } from 'jose';
import type { Answered, Answering, Asked, Commands } from './issuer-process.ts';

/** A key whose private half its issuer alone has. */
export type SigningKey = {
  readonly kid: string;
  readonly alg: string;
  readonly jwk: JWK;
  readonly sign: (claims: JWTPayload, header: JWTHeaderParameters) => Promise<string>;
};
export type Issuer = {
  /** Its `iss`. */
  readonly name: string;
  readonly jwksUri: string;
  readonly port: number;
  /** A new key of it, which it does not publish yet. */
  aKey(alg?: string): Promise<SigningKey>;
  /** Published from now on, in place of those before. */
  publish(...keys: Pick<SigningKey, 'jwk'>[]): Promise<void>;
  /** Answers from now on like this. */
  answer(how: Answering): Promise<void>;
  /** How often its keys were asked for. */
  asked(): Promise<number>;
  /** Ends its process. */
  close(): Promise<void>;
};

/** Starts one on a port of this machine: a free one, or that of one that ended. */
export async function startIssuer(wanted = 0): Promise<Issuer> {
  const { ask, close } = startProcess();
  const port = await ask('listen', wanted).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    name: `${url}/`,
    jwksUri: `${url}/jwks.json`,
    port,
    async aKey(alg = 'RS256') {
      const { kid, jwk } = await ask('makeKey', alg);
      return { kid, alg, jwk, sign: (claims, header) => ask('sign', kid, claims, header) };
    },
    publish: (...keys) =>
      ask(
        'publish',
        keys.map(({ jwk }) => jwk),
      ),
    answer: (how) => ask('answer', how),
    asked: () => ask('asked'),
    close,
  };
}

function startProcess() {
  const child = fork(join(import.meta.dirname, 'issuer-process.ts'));
  const waiting = new Map<number, (answered: Answered) => void>();
  let counter = 0;
  child.on('message', (answered: Answered) => waiting.get(answered.id)?.(answered));
  const ended = new Promise<void>((done) =>
    child.once('exit', () => {
      for (const [id, answer] of waiting) answer({ id, error: 'the issuer ended' });
      done();
    }),
  );
  return {
    ask: <Name extends keyof Commands>(
      name: Name,
      ...given: Parameters<Commands[Name]>
    ): Promise<Awaited<ReturnType<Commands[Name]>>> => {
      const id = ++counter;
      return new Promise((done, failed) => {
        const answer = ({ result, error }: Answered): void => {
          waiting.delete(id);
          if (error === undefined) done(result as Awaited<ReturnType<Commands[Name]>>);
          else failed(new Error(`${name}: ${error}`));
        };
        waiting.set(id, answer);
        child.send({ id, name, given } satisfies Asked, (error) => {
          if (error) answer({ id, error: error.message });
        });
      });
    },
    close: async (): Promise<void> => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** A token as somebody's login server makes it. */
export const signed = (
  { sign, alg, kid }: SigningKey,
  claims: JWTPayload,
  header: Record<string, unknown> = {},
): Promise<string> =>
  sign({ exp: Math.floor(Date.now() / 1000) + 600, ...claims }, { alg, kid, typ: 'JWT', ...header });
