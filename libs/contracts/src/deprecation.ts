/** An endpoint on its way out: what its answers say (RFC 9745, RFC 8594), and what the documents do. */
import type { Text } from './text.ts';

/** A calendar day in UTC: 2026-06-30. */
type Day = `${number}-${number}-${number}`;
export type Deprecation = {
  /** From when on nobody should build on it. */
  readonly since: Day;
  /** From when on it may be gone. */
  readonly sunset?: Day;
  /** The path of what takes its place. */
  readonly successor?: `/api/${string}`;
};

const startOf = (day: Day): Date => new Date(`${day}T00:00:00Z`);

const isDay = (day: string): boolean => {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
};
/** What is wrong with a declaration: no day of the calendar, an end before it (RFC 9745, section 4), a successor that is none of these paths. */
export function deprecationProblems(
  { since, sunset = since, successor }: Deprecation,
  paths: readonly string[],
): string[] {
  const unknown = [...new Set([since, sunset])].filter((day) => !isDay(day)).map((day) => `${day} is no day`);
  return [
    ...unknown,
    ...(sunset < since ? [`it ends on ${sunset}, before ${since}`] : []),
    ...(successor && !paths.includes(successor) ? [`${successor} is no endpoint`] : []),
  ];
}

/** The headers of each of its answers, a flat list of names and values. */
export function deprecationHeaders({ since, sunset, successor }: Deprecation): string[] {
  const links = ['</api/v1/docs/>; rel="deprecation"; type="text/html"'];
  if (successor) links.unshift(`<${successor}>; rel="successor-version"`);
  return [
    ...['deprecation', `@${startOf(since).getTime() / 1000}`],
    ...(sunset ? ['sunset', startOf(sunset).toUTCString()] : []),
    ...['link', links.join(', ')],
  ];
}

/** The sentence about it in the documents. */
export const deprecationText = ({ since, sunset, successor }: Deprecation): Text => ({
  zh: `自 ${since} 起弃用${sunset ? `，${sunset} 起停止服务` : ''}${successor ? `；请改用 \`${successor}\`` : ''}。`,
  en: `Deprecated since ${since}${sunset ? `, gone from ${sunset} on` : ''}${successor ? `; use \`${successor}\`` : ''}.`,
});
