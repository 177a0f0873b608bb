/** The generated documents, read when they are first asked for, with this platform's own address in them. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { refuse } from '@membership/contracts/errors';
import { Asset } from './asset.ts';

const require = createRequire(import.meta.url);
type Document = { servers?: unknown };

/** Reads one of the generated documents, once; `adapt` puts in what only the running platform knows. */
export function documentReader(
  name: 'openapi' | 'openapi.zh' | 'asyncapi' | 'asyncapi.zh',
  adapt: (document: Document) => Document,
): () => Promise<Asset> {
  let known: Promise<Asset> | undefined;
  const read = async () => {
    const path = require.resolve(`@membership/contracts/generated/${name}.json`);
    const document = adapt(JSON.parse(await readFile(path, 'utf8')) as Document);
    return new Asset('application/json; charset=utf-8', JSON.stringify(document));
  };
  return () =>
    (known ??= read().catch((error: unknown) => {
      known = undefined;
      throw refuse('SYS_002', {
        cause: error,
        text: { zh: '文档尚未生成', en: 'The document has not been generated' },
      });
    }));
}

/** OpenAPI: the one server is this platform. */
export const withServer = (publicUrl: string) => (document: Document) => ({
  ...document,
  servers: [{ url: publicUrl.replace(/\/$/, '') }],
});
