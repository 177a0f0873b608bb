/** Answers of kind `stream`: written piece by piece, no faster than the client reads. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Writes pieces as they come. The head goes out with the first, so that what refuses before it is an answer of its own.
 * Ends early, and stops asking for more, when the client has gone; a piece that fails later breaks the answer off.
 */
export async function writeStream(
  response: ServerResponse,
  head: { readonly contentType: string; readonly fileName?: string },
  pieces: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  const all = (async function* () {
    yield* pieces;
  })();
  const first = await all.next();
  response.writeHead(200, {
    'content-type': head.contentType,
    'cache-control': 'no-store',
    ...(head.fileName ? { 'content-disposition': `attachment; filename="${head.fileName}"` } : {}),
  });
  const body = (async function* () {
    if (first.done) return;
    yield first.value;
    yield* all;
  })();
  await pipeline(Readable.from(body), response).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}
