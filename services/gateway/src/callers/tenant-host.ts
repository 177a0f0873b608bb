/** A tenant named by the host that was asked: `acme.members.example.com` where the gateway is `members.example.com`. Pure. */

const LABEL = /^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/;
/** The name in a Host header, without its port. */
export const hostNameOf = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

/** The tenant's code in a Host header, or undefined where it names none: the gateway itself, another host, an address. */
export function codeOfHost(host: string | undefined, publicUrl: string): string | undefined {
  if (host === undefined) return undefined;
  const own = `.${new URL(publicUrl).hostname}`;
  const asked = hostNameOf(host);
  if (!asked.endsWith(own)) return undefined;
  const label = asked.slice(0, -own.length);
  return LABEL.test(label) ? label : undefined;
}
