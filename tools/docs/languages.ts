/** Documents in one language: reads the texts that the contracts give in two, and finds what is missing or mixed. */
import { exampleWords } from '@membership/contracts/example-words';
import { unbox, type Language } from '@membership/contracts/text';

type Path = readonly string[];
const HAN = /\p{Script=Han}/u;
const TEXTS: ReadonlySet<string> = new Set(['description', 'summary']);
/** Below these stand data, not texts. */
const DATA: ReadonlySet<string> = new Set(['example', 'examples', 'default', 'enum', 'const']);

function mapped(value: unknown, text: (value: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((inner) => mapped(inner, text));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapped(inner, text)]));
}

/** Every text that a schema has in both languages (`both`), in one of them. */
export const unboxed = <T>(document: T, language: Language): T =>
  mapped(document, (value) => unbox(value)?.[language] ?? value) as T;

/** An example in one language: what people would have typed is translated by the contracts' `exampleWords`. */
export const exampleIn = <T>(example: T, language: Language): T =>
  language === 'zh' ? example : (mapped(example, (value) => exampleWords[value] ?? value) as T);

/** What a document in one language says in the other, or says in one alone: where, and what to write. */
export function languageProblems(document: unknown, language: Language): string[] {
  const problems = new Map<string, string>();
  // What many endpoints share is told once, where it is first met.
  const say = (path: Path, value: string, what: string) =>
    problems.has(value) || problems.set(value, `${path.join('/')}: "${value}" ${what}`);
  const look = (value: unknown, path: Path, isData: boolean): void => {
    if (typeof value === 'string') {
      const isText = !isData && TEXTS.has(path.at(-1) ?? '');
      if (language === 'en' && HAN.test(value))
        say(
          path,
          value,
          isText
            ? 'is Chinese in the English document: write { zh, en }, in a schema both(zh, en)'
            : 'is Chinese in the English document: give its English in libs/contracts/src/example-words.ts',
        );
      if (language === 'zh' && isText && !HAN.test(value))
        say(path, value, 'has no Chinese: write { zh, en }, in a schema both(zh, en)');
    } else if (Array.isArray(value))
      for (const [index, inner] of value.entries()) look(inner, [...path, String(index)], isData);
    else if (value !== null && typeof value === 'object')
      for (const [key, inner] of Object.entries(value)) {
        if (language === 'en' && HAN.test(key)) say([...path, key], key, 'is a Chinese name');
        // A property may be called `example`: what it is called says nothing of what is in it.
        look(inner, [...path, key], isData || (DATA.has(key) && path.at(-1) !== 'properties'));
      }
  };
  look(document, [], false);
  return [...problems.values()];
}
