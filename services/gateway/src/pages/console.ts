/** The console at /admin/: the files that `apps/console` is built into. Its pages are addresses within one document. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { notFound, refuse } from '@membership/contracts/errors';
import { Asset } from './asset.ts';
import { sendingUnder, type Site } from './site.ts';

/** Where `npm run console` builds it, in a checkout and in the image alike. */
export const CONSOLE_DIR = join(import.meta.dirname, '../../../../apps/console/dist');
const PLACE = '/admin/';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};
const notBuilt = () =>
  refuse('SYS_002', {
    text: {
      zh: '控制台尚未构建：npm start 会构建它，或运行 npm run console',
      en: 'The console has not been built: npm start builds it, as does npm run console',
    },
  });

/**
 * Names under `assets/` carry what is in them, so a browser keeps those files for good, and one that an older build had is
 * 404; any path without a dot is the document.
 */
export function consoleOf(folder: string, publicUrl: string): Site {
  const send = sendingUnder(publicUrl);
  const assets = join(folder, 'assets');
  const names = existsSync(assets) ? readdirSync(assets).filter((name) => extname(name) in TYPES) : [];
  const known = new Set(names.map((name) => `assets/${name}`));
  const read = new Map<string, Asset>();
  /** Read when it is first asked for: most of it nobody asks a replica for in its life. */
  const assetAt = (name: string): Asset | undefined => {
    const isDocument = name === 'index.html';
    if (!isDocument && !known.has(name)) return undefined;
    let asset = read.get(name);
    if (!asset) {
      if (isDocument && !existsSync(join(folder, name))) throw notBuilt();
      const content = readFileSync(join(folder, name));
      asset = new Asset(TYPES[extname(name)] as string, content, { isNamedByContent: !isDocument });
      read.set(name, asset);
    }
    return asset;
  };
  return {
    has: (path) => path === '/admin' || path.startsWith(PLACE),
    files: (request, response, next) => {
      const { path } = request;
      if (path === '/admin') return response.redirect(308, PLACE);
      if (!path.startsWith(PLACE)) return next();
      const rest = path.slice(PLACE.length);
      const asset = assetAt(rest.includes('.') || rest.startsWith('assets/') ? rest : 'index.html');
      if (!asset) throw notFound();
      return send(asset, request, response);
    },
  };
}
