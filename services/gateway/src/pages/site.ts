/** Something with addresses of its own that is no endpoint, and how its files are sent: under a policy that lets nothing leave for another machine. */
import type { Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import type { Asset } from './asset.ts';

export type Site = {
  /** Whether something of it is at this path. */
  has(path: string): boolean;
  /** Sends it. */
  readonly files: RequestHandler;
};
export type Send = (asset: Asset, request: Request, response: Response) => Promise<void>;

/** Scripts come from here alone, and call nobody else. Styles are written by the pages themselves: Swagger UI, ReDoc and Ant Design all do. */
export function sendingUnder(
  publicUrl: string,
  { workerSrc = [] }: { workerSrc?: readonly string[] } = {},
): Send {
  const policy = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        ...(workerSrc.length > 0 ? { workerSrc: [...workerSrc] } : {}),
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: publicUrl.startsWith('https:'),
  });
  return async (asset, request, response) => {
    await new Promise<void>((done, failed) =>
      policy(request, response, (error) => (error ? failed(error as Error) : done())),
    );
    await asset.send(request, response);
  };
}
