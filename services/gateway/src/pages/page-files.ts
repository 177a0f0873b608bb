/** Files of the pages: from the installed packages and the folder `browser`, never from elsewhere. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Asset } from './asset.ts';
import { pageHtml, type PageName } from './page-html.ts';
import type { Language } from '@membership/contracts/text';

const require = createRequire(import.meta.url);

const PAGE = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

/** A file of an installed package. */
function packaged(packageName: string, file: string): Buffer {
  return readFileSync(join(dirname(require.resolve(`${packageName}/package.json`)), file));
}
const own = (file: string): Buffer => readFileSync(new URL(`browser/${file}`, import.meta.url));

/** ReDoc's script asks another machine for its maker's logo, as nothing else does: it gets an empty picture instead. */
const withoutLogo = (script: Buffer): string =>
  script.toString('utf8').replaceAll(/https:\/\/cdn\.redoc\.ly\/[\w./-]+/g, 'data:,');

export type PageFiles = {
  readonly has: (path: string) => boolean;
  /** What stands at a path, without a slash at its end; undefined where nothing does. */
  readonly at: (path: string) => Asset | undefined;
  readonly page: (name: PageName, language: Language) => Asset;
};

/** Made when it is first asked for, and kept. */
function later(make: () => Asset): () => Asset {
  let made: Asset | undefined;
  return () => (made ??= make());
}

/**
 * The pages and their files. A page names its files by what is in them, so that a browser keeps them for good. They are read
 * when somebody asks for a page, as few replicas are asked in their life: 3 MB.
 */
export function pageFiles(): PageFiles {
  const files = new Map(
    Object.entries({
      '/api/v1/docs/swagger-ui.css': () => new Asset(STYLE, packaged('swagger-ui-dist', 'swagger-ui.css')),
      '/api/v1/docs/swagger-ui-bundle.js': () =>
        new Asset(SCRIPT, packaged('swagger-ui-dist', 'swagger-ui-bundle.js')),
      '/api/v1/docs/favicon-32x32.png': () =>
        new Asset('image/png', packaged('swagger-ui-dist', 'favicon-32x32.png')),
      '/api/v1/docs/pages.css': () => new Asset(STYLE, own('pages.css')),
      '/api/v1/docs/start.js': () => new Asset(SCRIPT, own('docs.js')),
      '/api/v1/docs/older.js': () => new Asset(SCRIPT, own('older.js')),
      '/api/v1/docs/place.js': () => new Asset(SCRIPT, own('place.js')),
      '/api/v1/docs/home.js': () => new Asset(SCRIPT, own('home.js')),
      '/api/v1/redoc/place.js': () => new Asset(SCRIPT, own('place.js')),
      '/api/v1/redoc/start.js': () => new Asset(SCRIPT, own('redoc.js')),
      '/api/v1/redoc/redoc.standalone.js': () =>
        new Asset(SCRIPT, withoutLogo(packaged('redoc', 'bundles/redoc.standalone.js'))),
    }).map(([path, make]) => [path, later(make)] as const),
  );
  const addressOf = (path: string) => `${path}?v=${files.get(path)?.().version}`;
  const pages = new Map<string, () => Asset>();
  for (const name of ['docs', 'redoc', 'home'] as const)
    for (const language of ['zh', 'en'] as const)
      pages.set(
        `${name} ${language}`,
        later(() => new Asset(PAGE, pageHtml(name, language, addressOf))),
      );
  return {
    has: (path) => files.has(path),
    at: (path) => files.get(path)?.(),
    page: (name, language) => (pages.get(`${name} ${language}`) as () => Asset)(),
  };
}
