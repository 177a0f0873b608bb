// What a person sees when the platform is up.
import { publicUrlOf } from './service-environment.ts';

const ACCOUNTS: readonly (readonly [string, string])[] = [
  ['root', 'platform administrator, every tenant'],
  ['admin_acme', 'administrator of ACME Corp'],
  ['john_doe', 'member of ACME Corp'],
  ['jane_roe', 'member of ACME Corp'],
  ['admin_globex', 'administrator of Globex'],
  ['hank', 'member of Globex'],
];

type Welcome = {
  gatewayPort: number;
  demoPassword: string;
  demo: boolean;
  detach: boolean;
  stackDir: string;
};

/** URL, accounts, and a request to paste. */
export function welcome({ gatewayPort, demoPassword, demo, detach, stackDir }: Welcome): string {
  const url = publicUrlOf(gatewayPort);
  const accounts = demo ? ACCOUNTS : ACCOUNTS.slice(0, 1);
  const user = demo ? 'admin_acme' : 'root';
  const body = JSON.stringify({ username: user, password: demoPassword });
  return [
    '',
    'The membership platform is ready.',
    '',
    `  Gateway     ${url}`,
    `  Console     ${url}/admin/`,
    `  API docs    ${url}/api/v1/docs/`,
    `  Logs, data  ${stackDir}`,
    '',
    `  Accounts (password ${demoPassword})`,
    ...accounts.map(([name, what]) => `    ${name.padEnd(13)} ${what}`),
    '',
    `  Log in as ${user}:`,
    '',
    `curl -s ${url}/api/v1/auth/login/ -H 'Content-Type: application/json' -d ${shellQuoted(body)}`,
    '',
    detach
      ? '  It goes on in the background; npm run stop ends it.'
      : '  Ctrl-C stops everything; the data stay.',
    ...(demo ? ['  npm run demo plays the main story with real requests.'] : []),
    '',
  ].join('\n');
}

const shellQuoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
