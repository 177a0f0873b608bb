/** How numbers, money and times are written: pure, so that it can be tested without a browser. */
import type { Language } from '../preferences.ts';

const LOCALES = { zh: 'zh-CN', en: 'en-GB' } as const satisfies Record<Language, string>;
const known = new Map<string, Intl.DateTimeFormat>();

/** An instant in a zone, to the minute (or the second), as a table lines up. */
export function writeInstant(
  instant: string,
  timezone: string,
  language: Language,
  withSeconds = false,
): string {
  const key = `${timezone} ${language} ${withSeconds}`;
  let format = known.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(LOCALES[language], {
      timeZone: timezone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      ...(withSeconds ? { second: '2-digit' } : {}),
      hourCycle: 'h23',
    });
    known.set(key, format);
  }
  return format.format(new Date(instant));
}
export const writeNumber = (value: number, language: Language): string =>
  new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 2 }).format(value);
const englishPlurals = new Intl.PluralRules('en');
/** How many of what, in English; Chinese has one form for all. What ends otherwise is written out. */
export const counted = (count: number, one: string, others = `${one}s`): string =>
  `${writeNumber(count, 'en')} ${englishPlurals.select(count) === 'one' ? one : others}`;
/** With its sign: what came in and what went out. */
export const writeSigned = (value: number, language: Language): string =>
  new Intl.NumberFormat(LOCALES[language], { signDisplay: 'exceptZero' }).format(value);
export const writeMoney = (value: number, language: Language): string =>
  new Intl.NumberFormat(LOCALES[language], { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(
    value,
  );

/** The calendar day of now in a zone, so many days on. */
export function dayIn(timezone: string, now: Date, daysOn = 0): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const [year, month, day] = parts.format(now).split('-').map(Number) as [number, number, number];
  return new Date(Date.UTC(year, month - 1, day + daysOn)).toISOString().slice(0, 10);
}

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
/** How long ago something was: minutes and hours of the same day of a zone, else days by its calendar. */
export function writeAge(instant: string, timezone: string, now: Date, language: Language): string {
  const format = new Intl.RelativeTimeFormat(LOCALES[language], { numeric: 'auto' });
  const at = new Date(instant);
  const days = (Date.parse(dayIn(timezone, at)) - Date.parse(dayIn(timezone, now))) / DAY_MS;
  if (days !== 0) return format.format(days, 'day');
  const minutes = Math.min(0, Math.ceil((at.getTime() - now.getTime()) / MINUTE_MS));
  return minutes > -60 ? format.format(minutes, 'minute') : format.format(Math.ceil(minutes / 60), 'hour');
}

/** What the wall clock of a zone shows, to the second: `2026-03-29T02:30:00`. */
function clockOf(timezone: string): (at: Date) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  return (at) => format.format(at).replace(' ', 'T');
}

/** The same as a field for times takes it. */
export const wallOf = (instant: string, timezone: string): string =>
  clockOf(timezone)(new Date(instant)).replace(/:00$/, '');

/** The instant at which a wall clock of a zone shows this; of two that do, the first. */
export function instantOf(wall: string, timezone: string): string {
  const asked = Date.parse(`${wall}Z`);
  const clock = clockOf(timezone);
  const shown = (at: number) => Date.parse(`${clock(new Date(at))}Z`);
  // The zone's distance from UTC, looked at on both sides of a change of the clock.
  const early = asked - (shown(asked - 86_400_000) - (asked - 86_400_000));
  const late = asked - (shown(asked + 86_400_000) - (asked + 86_400_000));
  const found = [Math.min(early, late), Math.max(early, late)].find((at) => shown(at) === asked);
  return new Date(found ?? late).toISOString();
}

/** The first moment of a day of a zone. */
export const startOf = (day: string, timezone: string): string => instantOf(`${day}T00:00:00`, timezone);

/** The last moment of a day of a zone, to the millisecond that records are written with. */
export const endOf = (day: string, timezone: string): string =>
  new Date(Date.parse(instantOf(`${day}T23:59:59`, timezone)) + 999).toISOString();

type Cell = string | number | boolean | null | undefined;
/** By these a spreadsheet knows a formula, in every width. */
const SIGN = '[=+\\-@＝＋－＠﹦﹢﹣﹫−]';
// What looks marked already is marked too, so that one mark can be taken away again.
const TO_MARK = new RegExp(`^'*(?:[\\s\\p{Cf}]*${SIGN}|[\\t\\r\\n])`, 'u');
/** The same where semicolons or tabs part cells, or a line ends within one. */
const INNER = `[;\\t\\r\\n][\\s\\p{Cf}"]*`;
const INNER_TO_MARK = new RegExp(`${INNER}(?='*${SIGN})`, 'gu');
const INNER_MARK = new RegExp(`(${INNER})'(?='*${SIGN})`, 'gu');
/** A table as CSV. What a spreadsheet would take for a formula is marked as text, as in the platform's own files. */
export function csvOf(rows: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell) => {
    const text = value === null || value === undefined ? '' : String(value);
    const isFormula = TO_MARK.test(text) && !/^-?\d+(\.\d+)?$/.test(text);
    const marked = (isFormula ? `'${text}` : text).replace(INNER_TO_MARK, "$&'");
    return /[",\n\r]/.test(marked) ? `"${marked.replaceAll('"', '""')}"` : marked;
  };
  return `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** A cell of such a file as it was before it was marked. */
export function unmarked(cell: string): string {
  const text = cell.replace(INNER_MARK, '$1');
  return text.startsWith("'") && TO_MARK.test(text.slice(1)) ? text.slice(1) : text;
}

/** Hands something over as a file. */
export function download(name: string, file: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
/** A table as a file for a spreadsheet. */
export const downloadCsv = (name: string, rows: readonly (readonly Cell[])[]): void =>
  download(`${name}.csv`, new Blob([csvOf(rows)], { type: 'text/csv;charset=utf-8' }));
