/** Files of the documentation pages: from the installed packages, never from elsewhere. */
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';

const require = createRequire(import.meta.url);

type PageFile = { readonly type: string; readonly size: number; readonly etag: string } & (
  | { readonly path: string }
  | { readonly text: string }
);

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

const SWAGGER_START = `window.addEventListener('load', () => {
  window.ui = SwaggerUIBundle({
    url: '/api/v1/openapi.json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    validatorUrl: null,
    persistAuthorization: true,
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

function packaged(packageName: string, file: string, type: string): PageFile {
  const manifest = require.resolve(`${packageName}/package.json`);
  const { version } = require(manifest) as { version: string };
  const path = join(dirname(manifest), file);
  return { type, path, size: statSync(path).size, etag: `"${version}-${file.replace(/.*\//, '')}"` };
}
const written = (text: string, type: string, name: string): PageFile => ({
  type,
  text,
  size: Buffer.byteLength(text),
  etag: `"${text.length}-${name}"`,
});

/** ReDoc's script asks another machine for its maker's logo, as nothing else does: it gets an empty picture instead. */
function withoutLogo(file: PageFile): PageFile {
  if (!('path' in file)) return file;
  const text = readFileSync(file.path, 'utf8').replaceAll(/https:\/\/cdn\.redoc\.ly\/[\w./-]+/g, 'data:,');
  return { type: file.type, etag: file.etag, text, size: Buffer.byteLength(text) };
}

/** The files by path. */
export function pageFiles(): ReadonlyMap<string, PageFile> {
  const html = 'text/html; charset=utf-8';
  const swagger = (file: string, type: string) =>
    [`/api/v1/docs/${file}`, packaged('swagger-ui-dist', file, type)] as const;
  return new Map([
    ['/api/v1/docs', written(SWAGGER_PAGE, html, 'docs')],
    ['/api/v1/docs/start.js', written(SWAGGER_START, SCRIPT, 'swagger')],
    swagger('swagger-ui.css', STYLE),
    swagger('swagger-ui-bundle.js', SCRIPT),
    swagger('favicon-32x32.png', 'image/png'),
    ['/api/v1/redoc', written(REDOC_PAGE, html, 'redoc')],
    ['/api/v1/redoc/start.js', written(REDOC_START, SCRIPT, 'redoc-start')],
    ['/api/v1/redoc/redoc.css', written(REDOC_STYLE, STYLE, 'redoc-style')],
    [
      '/api/v1/redoc/redoc.standalone.js',
      withoutLogo(packaged('redoc', 'bundles/redoc.standalone.js', SCRIPT)),
    ],
  ]);
}

/** Sends a file; one that the browser has is not sent again. */
export function sendFile(file: PageFile, request: IncomingMessage, response: ServerResponse): void {
  const headers = { 'content-type': file.type, etag: file.etag, 'cache-control': 'no-cache' };
  if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-length': file.size });
  if (request.method === 'HEAD') response.end();
  else if ('text' in file) response.end(file.text);
  else
    createReadStream(file.path)
      .on('error', () => response.destroy())
      .pipe(response);
}
