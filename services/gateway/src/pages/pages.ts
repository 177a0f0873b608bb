/** Documentation for people: Swagger UI and ReDoc, under a policy that lets nothing leave for another machine. */
import type { Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import * as contracts from '@membership/contracts/endpoints/gateway/platform';
import { implementOpen, type Implementation, type RequestFacts } from '@membership/platform/http/implement';
import type { Language } from '@membership/contracts/text';
import type { Asset } from './asset.ts';
import { documentReader, withServer } from './document.ts';
import { pageFiles } from './page-files.ts';

/** Both pages write styles of their own and ReDoc searches in a worker made from a blob; scripts come from here alone. */
const policyFor = (publicUrl: string) =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'", new URL(publicUrl).origin],
        workerSrc: ["'self'", 'blob:'],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: publicUrl.startsWith('https:'),
  });

export type Pages = {
  readonly implementations: readonly Implementation[];
  /** Whether a file of the pages is at this path. */
  has(path: string): boolean;
  /** Sends it. */
  readonly files: RequestHandler;
};

export function pagesOf(publicUrl: string): Pages {
  const files = pageFiles();
  const fileAt = (path: string) => files.get(path.replace(/\/$/, ''));
  const policy = policyFor(publicUrl);
  const send = async (asset: Asset, request: Request, response: Response) => {
    await new Promise<void>((done, failed) =>
      policy(request, response, (error) => (error ? failed(error as Error) : done())),
    );
    await asset.send(request, response);
  };
  const openapi = {
    en: documentReader('openapi', withServer(publicUrl)),
    zh: documentReader('openapi.zh', withServer(publicUrl)),
  };
  const asyncapi = documentReader('asyncapi', (document) => document);
  /** The endpoints of the contracts get their requests by way of the Express app, too. */
  const express = ({ raw }: RequestFacts) => [raw.request as Request, raw.response as Response] as const;
  const sendDocument = async (http: RequestFacts, read: () => Promise<Asset>) =>
    (await read()).send(...express(http));
  /** In the language that the query names, else in that of the caller, which a cache must tell apart. */
  const spoken = (http: RequestFacts, named: Language | undefined): Language => {
    const language = named ?? http.language;
    const [, response] = express(http);
    response.set('content-language', language);
    if (!named) response.vary('Accept-Language');
    return language;
  };
  const sendPage = (http: RequestFacts) => send(fileAt(http.url.pathname) as Asset, ...express(http));
  return {
    has: (path) => fileAt(path) !== undefined,
    files: (request, response, next) => {
      const file = fileAt(request.path);
      return file ? send(file, request, response) : next();
    },
    implementations: [
      implementOpen(contracts.openapiDocument, ({ query, http }) => {
        const language = spoken(http, query.lang);
        return sendDocument(http, openapi[language]);
      }),
      implementOpen(contracts.asyncapiDocument, ({ http }) => sendDocument(http, asyncapi)),
      implementOpen(contracts.docsPage, ({ http }) => sendPage(http)),
      implementOpen(contracts.redocPage, ({ http }) => sendPage(http)),
    ],
  };
}
