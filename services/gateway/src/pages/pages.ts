/** Documentation for people: Swagger UI, ReDoc and the page that leads to them, under a policy that lets nothing leave for another machine. */
import type { Request, Response } from 'express';
import * as contracts from '@membership/contracts/endpoints/gateway/platform';
import { implementOpen, type Implementation, type RequestFacts } from '@membership/platform/http/implement';
import { languageOf, type Language } from '@membership/contracts/text';
import type { Asset } from './asset.ts';
import { documentReader, withServer } from './document.ts';
import { pageFiles } from './page-files.ts';
import type { PageName } from './page-html.ts';
import { sendingUnder, type Site } from './site.ts';

export type Pages = Site & { readonly implementations: readonly Implementation[] };

export function pagesOf(publicUrl: string): Pages {
  const files = pageFiles();
  /** ReDoc searches in a worker made from a blob. */
  const send = sendingUnder(publicUrl, { workerSrc: ["'self'", 'blob:'] });
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
    has: (path) => path === '/' || files.has(path),
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
