/** Every sentence a client may read exists in both languages; Chinese is the default (spec/api.md). */
export type Language = 'zh' | 'en';
export type Text = { readonly zh: string; readonly en: string };
export type TextParams = Readonly<Record<string, string | number>>;

/** Fills `{name}` places of a text in one language. An unknown place stays as it is, so that it is seen. */
export function say(text: Text, language: Language, params: TextParams = {}): string {
  return text[language].replace(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place));
}

/** The language that an Accept-Language header asks for first, of the two we have. */
export function languageOf(acceptLanguage: string | undefined): Language {
  if (!acceptLanguage) return 'zh';
  const wanted = acceptLanguage
    .split(',')
    .map((part) => {
      const [tag = '', ...options] = part.trim().toLowerCase().split(';');
      const quality = options.map((option) => /^\s*q=([\d.]+)\s*$/.exec(option)?.[1]).find(Boolean);
      return { tag: tag.trim(), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, quality }) => quality > 0 && /^(en|zh)(?![a-z\d])/.test(tag))
    .sort((left, right) => right.quality - left.quality);
  return wanted[0]?.tag.startsWith('en') ? 'en' : 'zh';
}

/** How many of what, in English: “1 character”, “2 characters”. Chinese has one form for all. */
export const counted = (count: number | bigint, one: string): string =>
  `${count} ${Number(count) === 1 ? one : `${one}s`}`;

const SEPARATOR = '\u0001';
/**
 * A text of a schema in both languages: `z.int({ error: both('…', '…') })`, read back by `fieldErrors`, and
 * `.meta({ description: both('…', '…') })`, by the documents.
 */
export const both = (zh: string, en: string): string => `${zh}${SEPARATOR}${en}`;

/** The two languages of a text made by `both`, or undefined for one of zod's own. */
export function unbox(message: string): Text | undefined {
  const [zh, en] = message.split(SEPARATOR);
  return zh !== undefined && en !== undefined ? { zh, en } : undefined;
}
