/** Email addresses have one spelling, however they are typed: composed characters, and the domain as its name servers know it. */
import { text } from './characters.ts';
import { both } from './text.ts';

const LOCAL = /^(?!\.)(?!.*\.\.)[\p{L}\p{M}\p{N}_'+\-.]*[\p{L}\p{M}\p{N}_+-]$/u;
/** Labels in ASCII; a top-level domain is letters, or an internationalised one. */
const DOMAIN = /^([a-z0-9][a-z0-9-]*\.)+([a-z]{2,}|xn--[a-z0-9-]+)$/i;
/** What a domain may be typed with: nothing that a URL would read as more than a host. */
const DOMAIN_CHARACTERS = /^[\p{L}\p{M}\p{N}.\-\u3002\uff0e\uff61]+$/u;
// oxlint-disable-next-line no-control-regex -- every character of ASCII
const PLAIN = /^[\x00-\x7f]*$/;

/** The domain in ASCII (UTS 46), or as it is where there is none such: then it is no domain. */
function asciiDomain(domain: string): string {
  if ((PLAIN.test(domain) && !/(^|\.)xn--/i.test(domain)) || !DOMAIN_CHARACTERS.test(domain)) return domain;
  return URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : domain;
}

/** The one spelling of an address: `info@bücher.example` and `info@xn--bcher-kva.example` are one. What is no address stays. */
export function emailSpelling(address: string): string {
  const composed = address.normalize('NFC');
  const at = composed.lastIndexOf('@');
  return at < 1 ? composed : `${composed.slice(0, at + 1)}${asciiDomain(composed.slice(at + 1))}`;
}

function isEmail(address: string): boolean {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  // Beside a label that is not ASCII the others are looked at, too: punycode that stands for nothing is no domain.
  return (
    LOCAL.test(address.slice(0, Math.max(0, at))) && DOMAIN.test(domain) && URL.canParse(`http://é.${domain}`)
  );
}

/** An address in a request; what comes out is its one spelling. */
export const emailAddress = text()
  .max(1_024)
  .overwrite(emailSpelling)
  .max(254)
  .refine(isEmail, { error: both('请输入有效的邮箱地址', 'Must be an e-mail address') })
  .meta({ format: 'idn-email' });
