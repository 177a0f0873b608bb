/** What text may hold, and its one spelling: for every field, every search and every key and value of free-form JSON. */
import { z } from 'zod';
import { both } from './text.ts';

/** Neither can be kept and given back: MongoDB takes no NUL in a key or a pattern, UTF-8 has no half of a character. */
const UNSTORABLE = both(
  '包含空字符（NUL）或不完整的 Unicode 字符',
  'Holds a NUL or half a Unicode character (a lone surrogate)',
);
/** Tab and line ends are text; what else is there below the space, and from 127 to 159, is not. */
// oxlint-disable-next-line no-control-regex -- they are what it is about
const PRINTABLE = /^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$/;
const UNPRINTABLE = both('不能包含控制字符', 'No control characters but tab and line ends');

/** Whether text can be stored and comes back as it was. */
export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** What is wrong with free text, or undefined: its keys and values hold what they like, as long as it can be stored. */
export const unstorable = (text: string): string | undefined => (isStorable(text) ? undefined : UNSTORABLE);

/** Text that is kept as it was sent: secrets, and what is compared byte by byte. */
export const exactText = (): z.ZodString =>
  z.string().refine(isStorable, { error: UNSTORABLE, abort: true }).regex(PRINTABLE, { error: UNPRINTABLE });

/** Text in its one spelling (NFC), so that what looks the same is the same: stored, compared, counted and searched for. */
export const text = (): z.ZodString => exactText().normalize('NFC');
