/** Something that is sent as it stands: held in memory, compressed once for all who ask, so that asking costs next to nothing. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Request, Response } from 'express';

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);
const COMPRESSORS = {
  br: (body: Buffer) => brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 8 } }),
  gzip: (body: Buffer) => zip(body),
  identity: async (body: Buffer) => body,
} as const;
type Encoding = keyof typeof COMPRESSORS;
/** A picture is compressed already, and what is small gains nothing. */
const IS_TEXT = /^(text\/|application\/json|image\/svg)/;
const SMALL_BYTES = 1_024;

export class Asset {
  readonly #type: string;
  readonly #body: Buffer;
  /** What is in it: another content has another. */
  readonly version: string;
  readonly #encodings: Encoding[];
  readonly #isNamedByContent: boolean;
  readonly #encoded = new Map<Encoding, Promise<Buffer>>();

  /** `isNamedByContent`: another content would be at another address. */
  constructor(type: string, content: string | Buffer, { isNamedByContent = false } = {}) {
    this.#type = type;
    this.#isNamedByContent = isNamedByContent;
    this.#body = Buffer.from(content);
    this.version = createHash('sha256').update(this.#body).digest('base64url').slice(0, 22);
    const isCompressed = IS_TEXT.test(type) && this.#body.length > SMALL_BYTES;
    this.#encodings = isCompressed ? ['br', 'gzip', 'identity'] : ['identity'];
  }

  /** Answers with it in what the client reads; with 304 where the client has it. */
  async send(request: Request, response: Response): Promise<void> {
    const wanted = request.acceptsEncodings(this.#encodings);
    const encoding = (wanted || 'identity') as Encoding;
    const body = await this.#as(encoding);
    // Asked for by what is in it, it never changes; by its name alone, a browser asks each time whether it has.
    const isNamed = this.#isNamedByContent || request.query['v'] === this.version;
    const keep = isNamed ? 'public, max-age=31536000, immutable' : 'no-cache';
    response.set({ 'content-type': this.#type, 'cache-control': keep });
    response.set('etag', `"${this.version}-${encoding}"`);
    if (this.#encodings.length > 1) response.vary('Accept-Encoding');
    if (encoding !== 'identity') response.set('content-encoding', encoding);
    response.send(body);
  }

  #as(encoding: Encoding): Promise<Buffer> {
    let encoded = this.#encoded.get(encoding);
    if (!encoded) this.#encoded.set(encoding, (encoded = COMPRESSORS[encoding](this.#body)));
    return encoded;
  }
}
