/** Searching for what a person typed: as it is, anywhere, in any case, width and spelling; no pattern of theirs reaches the database. */

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
const SHARP_S = `(?:${anySpelling('s')}{2}|[ßẞ])`;

/** A pattern that finds a text literally. */
export function literally(text: string): RegExp {
  const folded = text.normalize('NFKC');
  const pattern = folded
    .split(/ss|[ßẞ]/i)
    .map((part) => Array.from(part, anySpelling).join(''))
    .join(SHARP_S);
  // What folding makes another text of (`①`, `ﬁ`) is still found as it was typed.
  return new RegExp(folded === text ? pattern : `(?:${pattern}|${escaped(text)})`, 'i');
}
