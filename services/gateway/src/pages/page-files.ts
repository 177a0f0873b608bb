/** Files of the documentation pages: from the installed packages, never from elsewhere. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Asset } from './asset.ts';

const require = createRequire(import.meta.url);

const PAGE = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

const SWAGGER_START = `window.addEventListener('load', () => {
  window.ui = SwaggerUIBundle({
    url: '/api/v1/openapi.json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis],
    layout: 'BaseLayout',
  });
});
`;
const REDOC_START = `window.addEventListener('load', () => {
  const system = 'system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';
  const theme = { typography: { fontFamily: system, headings: { fontFamily: system } } };
  Redoc.init('/api/v1/openapi.json', { theme }, document.getElementById('redoc'));
});
`;
const REDOC_STYLE = 'body { margin: 0; }\n';

const page = (title: string, head: string, body: string): string =>
  `<!DOCTYPE html>\n<html lang="zh">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>${title}</title>\n${head}\n</head>\n<body>\n${body}\n</body>\n</html>\n`;

const SWAGGER_PAGE = page(
  'Membership API',
  '<link rel="stylesheet" href="/api/v1/docs/swagger-ui.css">\n<link rel="icon" type="image/png" sizes="32x32" href="/api/v1/docs/favicon-32x32.png">',
  '<div id="swagger-ui"></div>\n<script src="/api/v1/docs/swagger-ui-bundle.js"></script>\n<script src="/api/v1/docs/start.js"></script>',
);
const REDOC_PAGE = page(
  'Membership API',
  '<link rel="stylesheet" href="/api/v1/redoc/redoc.css">\n<link rel="icon" type="image/png" sizes="32x32" href="/api/v1/docs/favicon-32x32.png">',
  '<div id="redoc"></div>\n<script src="/api/v1/redoc/redoc.standalone.js"></script>\n<script src="/api/v1/redoc/start.js"></script>',
);

/** A file of an installed package. */
function packaged(packageName: string, file: string): Buffer {
  return readFileSync(join(dirname(require.resolve(`${packageName}/package.json`)), file));
}

/** ReDoc's script asks another machine for its maker's logo, as nothing else does: it gets an empty picture instead. */
const withoutLogo = (script: Buffer): string =>
  script.toString('utf8').replaceAll(/https:\/\/cdn\.redoc\.ly\/[\w./-]+/g, 'data:,');

/** The pages and their files, by path. */
export function pageFiles(): ReadonlyMap<string, Asset> {
  const swagger = (file: string, type: string) =>
    [`/api/v1/docs/${file}`, new Asset(type, packaged('swagger-ui-dist', file))] as const;
  return new Map([
    ['/api/v1/docs', new Asset(PAGE, SWAGGER_PAGE)],
    ['/api/v1/docs/start.js', new Asset(SCRIPT, SWAGGER_START)],
    swagger('swagger-ui.css', STYLE),
    swagger('swagger-ui-bundle.js', SCRIPT),
    swagger('favicon-32x32.png', 'image/png'),
    ['/api/v1/redoc', new Asset(PAGE, REDOC_PAGE)],
    ['/api/v1/redoc/start.js', new Asset(SCRIPT, REDOC_START)],
    ['/api/v1/redoc/redoc.css', new Asset(STYLE, REDOC_STYLE)],
    [
      '/api/v1/redoc/redoc.standalone.js',
      new Asset(SCRIPT, withoutLogo(packaged('redoc', 'bundles/redoc.standalone.js'))),
    ],
  ]);
}
