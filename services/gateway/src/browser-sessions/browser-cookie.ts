/** The cookie of a browser's session, and what tells a page of the platform itself from any other. */
import type { IncomingHttpHeaders } from 'node:http';

export type CookieRules = { readonly publicUrl: string; readonly refreshTokenDays: number };

const DAY_SECONDS = 86_400;
const isHttps = (publicUrl: string): boolean => publicUrl.startsWith('https:');
/** `__Host-`: no other host of the domain can set it, and it never goes over plain HTTP. */
const nameOf = (publicUrl: string): string => `${isHttps(publicUrl) ? '__Host-' : ''}membership_session`;

/** The header that gives a browser its refresh token; an empty one takes it away. */
export function cookieFor(token: string, { publicUrl, refreshTokenDays }: CookieRules): string {
  const lasts = token === '' ? 0 : refreshTokenDays * DAY_SECONDS;
  const secure = isHttps(publicUrl) ? '; Secure' : '';
  return `${nameOf(publicUrl)}=${token}; Path=/; Max-Age=${lasts}; HttpOnly; SameSite=Strict${secure}`;
}

/** The refresh token in a request's cookies; undefined without one. */
export function tokenInCookie(header: string | undefined, { publicUrl }: CookieRules): string | undefined {
  const start = `${nameOf(publicUrl)}=`;
  const found = header?.split(';').find((one) => one.trimStart().startsWith(start));
  return found?.trimStart().slice(start.length).trim() || undefined;
}

/**
 * Whether a page of the platform sent this. A form cannot set the header; a script of another origin would have to be allowed to
 * (it never is: `edge/cross-origin.ts`); and the browser itself says where the page is from.
 */
export function isFromOwnPage(headers: IncomingHttpHeaders, { publicUrl }: CookieRules): boolean {
  if (!headers['x-requested-with']) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  return origin !== undefined && (origin === new URL(publicUrl).origin || isOriginAt(origin, host));
}

/** Reached under another name than the public one: by its address, or through a tunnel. */
function isOriginAt(origin: string, host: string | undefined): boolean {
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}
