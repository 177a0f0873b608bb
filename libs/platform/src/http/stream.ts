/** Answers of kind `stream`: written piece by piece, no faster than the client reads. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Writes pieces as they come. Ends early, and stops asking for more, when the client has gone. */
export async function writeStream(
  response: ServerResponse,
  head: { readonly contentType: string; readonly fileName?: string },
  pieces: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  let isBegun = false;
  const begin = () => {
    isBegun = true;
    response.writeHead(200, {
      'content-type': head.contentType,
      'cache-control': 'no-store',
      ...(head.fileName ? { 'content-disposition': `attachment; filename="${head.fileName}"` } : {}),
    });
  };
  for await (const piece of pieces) {
    if (response.destroyed) return;
    // With the first piece, so that what refuses before it is an answer of its own.
    if (!isBegun) begin();
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  if (!isBegun) begin();
  response.end();
}
