/** Bytes to text: UTF-8 whole, or another encoding that the request or the file names; what is neither is refused, never damaged. */
import { isUtf8 } from 'node:buffer';
import { invalid, refuse, type Refusal } from '@membership/contracts/errors';
import type { Text } from '@membership/contracts/text';

/** A file as text, and the encoding that it was read in. */
export type DecodedFile = { readonly text: string; readonly encoding: string };

const MARKS: readonly (readonly [string, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];
/** What spreadsheets save by default: a zip archive, and the older compound file. */
const WORKBOOKS: readonly (readonly number[])[] = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
];
const beginsWith = (raw: Uint8Array, bytes: readonly number[]): boolean =>
  bytes.every((byte, index) => raw[index] === byte);

/** Where bytes stop being UTF-8, as people count: line, and byte of the whole. */
function brokenAt(raw: Buffer): { line: number; byte: number } {
  const readBack = Buffer.from(raw.toString('utf8'));
  let at = 0;
  while (at < raw.length && raw[at] === readBack[at]) at++;
  let line = 1;
  for (let index = 0; index < at; index++) if (raw[index] === 0x0a) line++;
  return { line, byte: at + 1 };
}

const wrongBody = (text: Text): Refusal => invalid({ body: text });

/** Text of a body that must be UTF-8: JSON, forms. A mark in front of it is left out. */
export function utf8Text(raw: Buffer): string {
  if (isUtf8(raw)) return raw.toString('utf8').replace(/^\uFEFF/, '');
  const { line, byte } = brokenAt(raw);
  throw wrongBody({
    zh: `不是有效的 UTF-8（第 ${line} 行，第 ${byte} 字节）；请以 UTF-8 发送`,
    en: `Not valid UTF-8 (line ${line}, byte ${byte}); send it as UTF-8`,
  });
}

/** The charset that a Content-Type names, in lower case. */
export const charsetOf = (contentType: string | undefined): string | undefined =>
  /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase();

/**
 * Text of a file of rows. A mark in front of it counts, then the charset of the request, else it is UTF-8. Nothing is
 * guessed: bytes of one encoding are often fine in another, and names would be stored as others.
 */
export function fileText(raw: Buffer, contentType: string | undefined): DecodedFile {
  if (WORKBOOKS.some((bytes) => beginsWith(raw, bytes)))
    throw wrongBody({
      zh: '这是 Excel 工作簿，不是 CSV；请另存为“CSV UTF-8（逗号分隔）”再上传',
      en: 'This is a workbook, not CSV; save it as “CSV UTF-8 (comma delimited)” and send that',
    });
  const encoding =
    MARKS.find(([, bytes]) => beginsWith(raw, bytes))?.[0] ?? charsetOf(contentType) ?? 'utf-8';
  const decoder = decoderOf(encoding);
  try {
    return { text: decoder.decode(raw), encoding: decoder.encoding };
  } catch {
    throw notIn(decoder.encoding, raw);
  }
}

function decoderOf(encoding: string) {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    throw refuse('UNSUPPORTED_MEDIA_TYPE', {
      details: { reason: `unknown charset "${encoding.slice(0, 64)}"` },
    });
  }
}

function notIn(encoding: string, raw: Buffer): Refusal {
  if (encoding !== 'utf-8')
    return wrongBody({ zh: `文件不是有效的 ${encoding}`, en: `The file is not valid ${encoding}` });
  const { line } = brokenAt(raw);
  return wrongBody({
    zh: `文件不是 UTF-8（第 ${line} 行）；请在 Excel 或 WPS 中另存为“CSV UTF-8（逗号分隔）”，或写明编码，例如 Content-Type: text/csv; charset=gb18030`,
    en: `The file is not UTF-8 (line ${line}); save it as “CSV UTF-8 (comma delimited)”, or name its encoding, such as Content-Type: text/csv; charset=gb18030`,
  });
}
