/** docs/errors.md: the error catalogue, and which endpoints name each error. */
import { allEndpoints } from '@membership/contracts/endpoints/index';
import { errors, type ErrorCode } from '@membership/contracts/errors';
import { table, type GeneratedFile } from './text-file.ts';

const INTRODUCTION = `# Errors
Generated from \`libs/contracts/src/errors.ts\` by \`npm run docs\`; do not edit.

A client reads \`code\` (dialects \`drf\` and \`data\`: \`error.code\`, dialects \`code\` and \`app\`: \`error_code\`); the sentence is for people,
Chinese unless the request says \`Accept-Language: en\`. The statuses are chosen here alone. "Named by" lists the endpoints whose contract
names the error; the others come from the platform or the gateway and may answer any request.
`;

export function errorsPage(): GeneratedFile {
  const namedBy = (code: ErrorCode): string =>
    allEndpoints
      .filter((one) => one.refusals?.includes(code))
      .map((one) => one.name)
      .sort()
      .join(', ');
  const rows = (Object.keys(errors) as ErrorCode[])
    .map((code) => ({ code, ...errors[code] }))
    .sort((left, right) => left.status - right.status || (left.code < right.code ? -1 : 1))
    .map(({ code, status, text }) => [String(status), `\`${code}\``, text.zh, text.en, namedBy(code)]);
  return {
    path: 'docs/errors.md',
    content: `${INTRODUCTION}\n${table(['status', 'code', '中文', 'English', 'named by'], rows)}\n`,
  };
}
