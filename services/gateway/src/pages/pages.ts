/** Documentation for people: Swagger UI and ReDoc, under a policy that lets nothing leave for another machine. */
import helmet from 'helmet';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as contracts from '@membership/contracts/endpoints/gateway/platform';
import { implementOpen, type Implementation, type RequestFacts } from '@membership/platform/http/implement';
import { documentReader, withServer } from './document.ts';
import { pageFiles, sendFile } from './page-files.ts';

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
  /** Serves a file of the pages; false: there is none at this path. */
  serve(path: string, request: IncomingMessage, response: ServerResponse): boolean;
};

export function pagesOf(publicUrl: string): Pages {
  const files = pageFiles();
  const policy = policyFor(publicUrl);
  const serve = (path: string, request: IncomingMessage, response: ServerResponse): boolean => {
    const file = files.get(path.replace(/\/$/, ''));
    if (!file) return false;
    policy(request, response, () => sendFile(file, request, response));
    return true;
  };
  const openapi = documentReader('openapi', withServer(publicUrl));
  const asyncapi = documentReader('asyncapi', (document) => document);
  const sendDocument = async ({ raw: { request, response } }: RequestFacts, read: () => Promise<Buffer>) => {
    const text = await read();
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': text.length,
      'cache-control': 'no-cache',
    });
    response.end(request.method === 'HEAD' ? undefined : text);
  };
  const sendPage = ({ url, raw: { request, response } }: RequestFacts) =>
    void serve(url.pathname, request, response);
  return {
    serve,
    implementations: [
      implementOpen(contracts.openapiDocument, ({ http }) => sendDocument(http, openapi)),
      implementOpen(contracts.asyncapiDocument, ({ http }) => sendDocument(http, asyncapi)),
      implementOpen(contracts.docsPage, ({ http }) => sendPage(http)),
      implementOpen(contracts.redocPage, ({ http }) => sendPage(http)),
    ],
  };
}
