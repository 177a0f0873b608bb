/**
 * An answer as a guide shows it: JSON in which `…` stands for what differs from one run to the next. As a value it is any value,
 * inside a string any text, in the place of a field or an element all further ones. `?` is filled in by `npm run guides`.
 */

const ANY = '…';
type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Reads the shown text. Throws where it is no JSON apart from the marks. */
export function parseShown(text: string): unknown {
  const open: string[] = [];
  let json = '';
  let before = '';
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[\s\S]/g)) {
    if (token === '{' || token === '[') open.push(token);
    if (token === '}' || token === ']') open.pop();
    const isMark = token === ANY || token === '?';
    const isField = isMark && open.at(-1) === '{' && before !== ':';
    json += isField ? `"${token}":true` : isMark ? `"${token}"` : token;
    if (token.trim() !== '') before = token;
  }
  return JSON.parse(json);
}

/** Where an answer is another than the one shown; nothing where it is the same. */
export function differences(shown: unknown, actual: unknown, at = 'the answer'): string[] {
  if (shown === ANY) return actual === undefined ? [`${at} is missing`] : [];
  if (typeof shown === 'string' && shown.includes(ANY))
    return typeof actual === 'string' && matchesText(shown, actual) ? [] : [unlike(at, shown, actual)];
  if (Array.isArray(shown)) {
    if (!Array.isArray(actual)) return [unlike(at, shown, actual)];
    const isOpen = shown.at(-1) === ANY;
    const listed = isOpen ? shown.slice(0, -1) : shown;
    return [
      ...(isOpen || actual.length === listed.length
        ? []
        : [`${at} has ${actual.length} elements, not ${listed.length}`]),
      ...listed.flatMap((one, index) => differences(one, (actual as unknown[])[index], `${at}[${index}]`)),
    ];
  }
  if (isObject(shown)) {
    if (!isObject(actual)) return [unlike(at, shown, actual)];
    const { [ANY]: isOpen, ...named } = shown;
    const more = isOpen ? [] : Object.keys(actual).filter((name) => !(name in named));
    return [
      ...more.map((name) => `${at}.${name} is not shown: ${JSON.stringify(actual[name])}`),
      ...Object.entries(named).flatMap(([name, value]) => differences(value, actual[name], `${at}.${name}`)),
    ];
  }
  return Object.is(shown, actual) ? [] : [unlike(at, shown, actual)];
}
const unlike = (at: string, shown: unknown, actual: unknown): string =>
  `${at} is shown as ${JSON.stringify(shown)}, and was ${JSON.stringify(actual)?.slice(0, 400)}`;

/** Whether a text is the shown one, with any text for each `…`. */
export const matchesText = (shown: string, actual: string): boolean =>
  new RegExp(`^${shown.split(ANY).map(literally).join('[\\s\\S]*?')}$`, 'u').test(actual);
const literally = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

const VOLATILE_TEXT = /^\d{4}-\d\d-\d\d|^eyJ|^[0-9a-f]{8}-[0-9a-f-]{20,}|^req_|^https?:|^guide-\d/;
const isVolatile = (name: string, value: unknown): boolean =>
  (typeof value === 'string' && VOLATILE_TEXT.test(value)) ||
  (typeof value === 'number' && /(^|_)id$/.test(name)) ||
  /(^|_)(secret|token|signature)$/.test(name);

/** The shown answer with every `?` filled in from a real one. */
export function filledIn(shown: unknown, actual: unknown, name = ''): unknown {
  if (shown === '?') {
    if (isVolatile(name, actual)) return ANY;
    if (Array.isArray(actual)) return actual.map((one) => filledIn('?', one));
    if (isObject(actual))
      return Object.fromEntries(Object.entries(actual).map(([key, one]) => [key, filledIn('?', one, key)]));
    return actual;
  }
  if (Array.isArray(shown) && Array.isArray(actual))
    return shown.map((one, index) => filledIn(one, (actual as unknown[])[index]));
  if (!isObject(shown) || !isObject(actual)) return shown;
  const { '?': all, ...named } = shown;
  const more = all ? Object.keys(actual).filter((key) => !(key in named)) : [];
  return {
    ...Object.fromEntries(Object.entries(named).map(([key, one]) => [key, filledIn(one, actual[key], key)])),
    ...Object.fromEntries(more.map((key) => [key, filledIn('?', actual[key], key)])),
  };
}

const WIDTH = 110;
/** As JSON, what fits on a line on one line; the marks without quotes. */
export function written(value: unknown, indent = ''): string {
  if (value === ANY) return ANY;
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((one) => written(one, inner))
    : isObject(value)
      ? Object.entries(value).map(([key, one]) =>
          key === ANY ? ANY : `${JSON.stringify(key)}: ${written(one, inner)}`,
        )
      : undefined;
  if (!parts) return JSON.stringify(value);
  const [open, close, space] = Array.isArray(value) ? ['[', ']', ''] : ['{', '}', ' '];
  if (parts.length === 0) return `${open}${close}`;
  const line = `${open}${space}${parts.join(', ')}${space}${close}`;
  if (!line.includes('\n') && indent.length + line.length <= WIDTH) return line;
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`;
}
