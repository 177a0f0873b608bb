/** docs/endpoints.md: every endpoint in a table per tag. */
import { successStatus } from '@membership/contracts/answers';
import { scopeOf, type Endpoint } from '@membership/contracts/endpoint';
import { allEndpoints } from '@membership/contracts/endpoints/index';
import { tagNamed, tagNames } from '@membership/contracts/tags';
import { errors } from '@membership/contracts/errors';
import { table, type GeneratedFile } from './text-file.ts';

const INTRODUCTION = `# Endpoints
Generated from \`libs/contracts/src/endpoints\` by \`npm run docs\`; do not edit. The whole of each, with schemas and
examples, is in \`/api/v1/openapi.json\` and readable at \`/api/v1/docs/\`.

Who: a role includes those above it (member, admin, super); \`internal\` is a service token, with the scope named. Answer: the dialect
([ADR 4](adr/0004-envelopes.md)), what it wraps, and the status. Errors: those of this endpoint; any may also answer with what the
platform and the gateway refuse ([errors.md](errors.md)).
`;

const KINDS: Record<Endpoint['kind'], string> = {
  object: 'one thing',
  action: 'a sentence and a thing',
  list: 'a page',
  bare: 'as it is',
  empty: 'nothing',
  stream: 'a document',
};

const who = (one: Endpoint): string =>
  one.access.map((access) => (access === 'internal' ? `internal (\`${scopeOf(one)}\`)` : access)).join(', ');

function row(one: Endpoint): string[] {
  const refusals = [...new Set(one.refusals ?? [])].sort().map((code) => `${code} ${errors[code].status}`);
  const sentence = one.message ? `<br>“${one.message.zh}” / “${one.message.en}”` : '';
  const answer = `${one.dialect}: ${KINDS[one.kind]}, ${successStatus(one)}`;
  return [
    `\`${one.method.toUpperCase()} ${one.path.replace(/:(\w+)/g, '{$1}')}\``,
    `${one.summary.en}${sentence}`,
    who(one),
    answer,
    refusals.join(', '),
  ];
}

export function endpointsPage(): GeneratedFile {
  const tags = tagNames.filter((tag) => allEndpoints.some((one) => one.tag === tag));
  const sections = tags.map((tag) => {
    const here = allEndpoints
      .filter((one) => one.tag === tag)
      .sort((left, right) =>
        left.path === right.path ? left.method.localeCompare(right.method) : left.path < right.path ? -1 : 1,
      );
    const services = [...new Set(here.map((one) => one.service))].sort().join(', ');
    return `## ${tagNamed(tag).name.en} (${services})\n${tagNamed(tag).description.en}.\n\n${table(['request', 'what', 'who', 'answer', 'errors'], here.map(row))}\n`;
  });
  return {
    path: 'docs/endpoints.md',
    content: `${INTRODUCTION}\n${allEndpoints.length} endpoints.\n\n${sections.join('\n')}`,
  };
}
