/** The console at /admin/: the files that `apps/console` is built into. Its pages are addresses within one document. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
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

/** A build: when it was made, what it consists of, and what of that was asked for. */
type Build = { readonly at: number; readonly names: ReadonlySet<string>; readonly read: Map<string, Asset> };
const DOCUMENT = 'index.html';

function buildIn(folder: string, at: number): Build {
  const assets = join(folder, 'assets');
  const names = existsSync(assets) ? readdirSync(assets).filter((name) => extname(name) in TYPES) : [];
  return { at, names: new Set(names.map((name) => `assets/${name}`)), read: new Map() };
}

/**
 * Names under `assets/` carry what is in them, so a browser keeps those files for good, and one that an older build had is
 * 404; any path without a dot is the document. Whoever asks for it gets the newest build.
 */
export function consoleOf(folder: string, publicUrl: string): Site {
  const send = sendingUnder(publicUrl);
  const document = join(folder, DOCUMENT);
  let build: Build | undefined;
  const newestBuild = (): Build | undefined => {
    const at = statSync(document, { throwIfNoEntry: false })?.mtimeMs;
    if (at === undefined) return undefined;
    return (build = build?.at === at ? build : buildIn(folder, at));
  };
  /** Read when it is first asked for: most of it nobody asks a replica for in its life. */
  const assetAt = (name: string): Asset | undefined => {
    const isDocument = name === DOCUMENT;
    const from = isDocument || !build?.names.has(name) ? newestBuild() : build;
    if (isDocument && !from) throw notBuilt();
    if (!from || !(isDocument || from.names.has(name))) return undefined;
    let asset = from.read.get(name);
    const file = join(folder, name);
    // Another build may be taking its place at this moment.
    if (!asset && existsSync(file)) {
      asset = new Asset(TYPES[extname(name)] as string, readFileSync(file), {
        isNamedByContent: !isDocument,
      });
      from.read.set(name, asset);
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
      const asset = assetAt(rest.includes('.') || rest.startsWith('assets/') ? rest : DOCUMENT);
      if (!asset) throw notFound();
      return send(asset, request, response);
    },
  };
}
