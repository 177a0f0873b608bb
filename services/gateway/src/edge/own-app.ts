/**
 * What the gateway answers itself, as one Express app: the endpoints of its contracts, those of the pages, documents and
 * health among them, then the files of the pages and of the console. What is passed on goes around it: docs/adr/0008-gateway-transport.md.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import type { Dispatch } from '@membership/platform/http/dispatch';
import type { Site } from '../pages/site.ts';

/** Answers a request, or hands it on: with an error, or because nothing here is at its path. */
export type OwnApp = (
  request: IncomingMessage,
  response: ServerResponse,
  otherwise: (error?: unknown) => void,
) => void;

export function ownApp(sites: readonly Site[], dispatch: Dispatch): OwnApp {
  const app = express();
  app.disable('x-powered-by');
  app.enable('case sensitive routing');
  app.use(dispatch);
  for (const { files } of sites) app.use(files);
  return app as unknown as OwnApp;
}
