/** Zones in which days are counted: as IANA names them, in one spelling. */
import { z } from 'zod';
import { both } from './text.ts';

/** A zone with the capitals of the platform's own tables, or undefined for what is none. Plain offsets are none. */
function zoneName(text: string): string | undefined {
  if (!/^[A-Za-z][\w+/-]{0,63}$/.test(text)) return undefined;
  try {
    const known = new Intl.DateTimeFormat('en-US', { timeZone: text }).resolvedOptions().timeZone;
    // Another name of the same zone (Asia/Kolkata) stays what people call it.
    return known.toLowerCase() === text.toLowerCase() ? known : text;
  } catch {
    return undefined;
  }
}

const UNKNOWN_ZONE = both(
  '未知的时区，应为 IANA 时区名，例如 Asia/Shanghai',
  'Unknown zone; name it as IANA does, such as Asia/Shanghai',
);
const OFFSET = both(
  '偏移量不是时区（夏令时会变），请使用 IANA 时区名，例如 Asia/Shanghai，或 Etc/GMT-8',
  'An offset is no zone (it moves with summer time); name one as IANA does, such as Asia/Shanghai, or Etc/GMT-8',
);

/** A zone in a request, as the platform spells it. */
export const timeZone = z.string().transform((text, context): string => {
  const name = zoneName(text);
  if (name !== undefined) return name;
  context.addIssue({ code: 'custom', message: /^[+\- ]?\d/.test(text) ? OFFSET : UNKNOWN_ZONE });
  return z.NEVER;
});
