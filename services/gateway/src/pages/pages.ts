/** Documentation for people: Swagger UI, ReDoc and the page that leads to them, under a policy that lets nothing leave for another machine. */
import type { Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import * as contracts from '@membership/contracts/endpoints/gateway/platform';
import { implementOpen, type Implementation, type RequestFacts } from '@membership/platform/http/implement';
import { languageOf, type Language } from '@membership/contracts/text';
import type { Asset } from './asset.ts';
import { documentReader, withServer } from './document.ts';
import { pageFiles } from './page-files.ts';
import type { PageName } from './page-html.ts';

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
  const asyncapi = {
    en: documentReader('asyncapi', (document) => document),
    zh: documentReader('asyncapi.zh', (document) => document),
  };
  /** The endpoints of the contracts get their requests by way of the Express app, too. */
  const express = ({ raw }: RequestFacts) => [raw.request as Request, raw.response as Response] as const;
  /** In the language that the query names, else in that of the caller, which a cache must tell apart. */
  const spoken = (response: Response, named: Language | undefined, otherwise: Language): Language => {
    const language = named ?? otherwise;
    response.set('content-language', language);
    if (!named) response.vary('Accept-Language');
    return language;
  };
  const sendDocument = async (http: RequestFacts, read: () => Promise<Asset>) =>
    (await read()).send(...express(http));
  const sendPage = (name: PageName, http: RequestFacts, named: Language | undefined) => {
    const [request, response] = express(http);
    return send(files.page(name, spoken(response, named, http.language)), request, response);
  };
  /** The root is no endpoint: whoever comes by with a wish that it does not know is shown it all the same. */
  const sendHome = (request: Request, response: Response) => {
    const { lang } = request.query;
    const named = lang === 'zh' || lang === 'en' ? lang : undefined;
    const language = spoken(response, named, languageOf(request.headers['accept-language']));
    return send(files.page('home', language), request, response);
  };
  return {
    has: (path) => path === '/' || files.at(path) !== undefined,
    files: (request, response, next) => {
      if (request.path === '/') return sendHome(request, response);
      const file = files.at(request.path);
      return file ? send(file, request, response) : next();
    },
    implementations: [
      implementOpen(contracts.openapiDocument, ({ query, http }) =>
        sendDocument(http, openapi[spoken(express(http)[1], query.lang, http.language)]),
      ),
      implementOpen(contracts.asyncapiDocument, ({ query, http }) =>
        sendDocument(http, asyncapi[spoken(express(http)[1], query.lang, http.language)]),
      ),
      implementOpen(contracts.docsPage, ({ query, http }) => sendPage('docs', http, query.lang)),
      implementOpen(contracts.redocPage, ({ query, http }) => sendPage('redoc', http, query.lang)),
    ],
  };
}
