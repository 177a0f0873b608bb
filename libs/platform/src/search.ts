/** Searching for what a person typed: as it is, anywhere, in any case, width and spelling; no pattern of theirs reaches the database. */
import { refuse } from '@membership/contracts/errors';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** From `!` to `~`, each has a full-width twin so far above it; the space has one of its own. */
const WIDER_BY = 0xfee0;
const wide = (character: string): string =>
  character === ' '
    ? '\u3000'
    : /^[!-~]$/.test(character)
      ? String.fromCharCode(character.charCodeAt(0) + WIDER_BY)
      : character;

/** A character in each way in which it may have been stored: composed or not, narrow or wide. */
function anySpelling(character: string): string {
  const spellings = new Set([character, character.normalize('NFD'), wide(character)]);
  return spellings.size === 1 ? escaped(character) : `(?:${[...spellings].map(escaped).join('|')})`;
}

/** Upper case makes two letters of the one: `STRASSE` is `straße`. */
const S = anySpelling('s');
const TWO = `(?:${S}{2}|[ßẞ])`;
/** What begins or ends with the one may do so within the letter: `stras` is the beginning of `straße`. */
const ONE_OR_HALF = `(?:${S}|[ßẞ])`;

/** So many `s` after each other, two of which may be one letter, counted from the beginning or from the end. */
function runOf(length: number, { isFirst, isLast }: { isFirst: boolean; isLast: boolean }): string {
  const pairs = TWO.repeat(Math.floor(length / 2));
  if (length % 2 === 0) return pairs;
  const isAll = length === 1 && isFirst && isLast;
  const edge = (isAtEdge: boolean) => (isAtEdge && !isAll ? ONE_OR_HALF : S);
  const [one, other] = [pairs + edge(isLast), edge(isFirst) + pairs];
  if (one === other) return one;
  // Within a text both take the same where both fit: tried twice, many runs would cost twice as much each.
  const isWithin = !isFirst && !isLast;
  return `(?:${one}|${isWithin ? `(?!${one})` : ''}${other})`;
}

/** A pattern that finds a text literally. */
export function literally(text: string): RegExp {
  const folded = text.normalize('NFKC');
  const parts = folded.split(/([sßẞ]+)/i);
  const pattern = parts
    .map((part, index) =>
      index % 2 === 0
        ? Array.from(part, anySpelling).join('')
        : runOf(part.replace(/[ßẞ]/g, 'ss').length, {
            isFirst: index === 1 && parts[0] === '',
            isLast: index === parts.length - 2 && parts.at(-1) === '',
          }),
    )
    .join('');
  // What folding makes another text of (`①`, `ﬁ`) is still found as it was typed.
  return new RegExp(folded === text ? pattern : `(?:${pattern}|${escaped(text)})`, 'i');
}

/** MongoDB's MaxTimeMSExpired. */
const TOOK_TOO_LONG = 50;

/** The result of a search; one that takes too long is refused with what to do about it. */
export async function inTime<T>(searching: Promise<T>): Promise<T> {
  return searching.catch((error: unknown) => {
    if ((error as { code?: unknown } | null)?.code !== TOOK_TOO_LONG) throw error;
    throw refuse('SYS_002', {
      cause: error,
      text: { zh: '搜索耗时过长，请输入更多字符', en: 'The search took too long: type more' },
      headers: { 'retry-after': '5' },
    });
  });
}
