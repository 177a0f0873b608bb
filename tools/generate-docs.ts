// npm run docs: writes what is read from the contracts and from what imports what, or checks that it is up to date.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ADVICE, breakingChanges, publishedFiles } from './api/published.ts';
import { parseArgs } from './command-line.ts';
import { asyncapiDocument } from './docs/asyncapi.ts';
import { brokerDefinitions } from './docs/broker-definitions.ts';
import { clientTypes } from './docs/client-types.ts';
import { endpointsPage } from './docs/endpoints-page.ts';
import { errorsPage } from './docs/errors-page.ts';
import { eventsPage } from './docs/events-page.ts';
import { importsPage } from './docs/imports-page.ts';
import { languageProblems } from './docs/languages.ts';
import { openapiDocument } from './docs/openapi.ts';
import { brokenReferences, openapiProblems } from './docs/problems.ts';
import type { GeneratedFile } from './docs/text-file.ts';
import { PROJECT_DIR } from './stack/folders.ts';

const HELP = `Writes the documents that are read from libs/contracts, and docs/imports.md from the imports of the code.

  npm run docs             writes them; where they break the published API, names that, and publishes nothing
  npm run docs -- --check  writes nothing; fails and names what is out of date, and what breaks the published API

Files: libs/contracts/generated/openapi.json (English), openapi.zh.json (Chinese), asyncapi.json and asyncapi.zh.json,
openapi.published.json and asyncapi.published.json, docs/endpoints.md, docs/events.md, docs/errors.md, docs/imports.md, deploy/rabbitmq/definitions.json, libs/client/src/api.generated.ts
`;

/** Every generated file, as it should be now, and what the API would break. Throws when one of the documents is not sound. */
async function generate(): Promise<{ files: GeneratedFile[]; broken: ReturnType<typeof breakingChanges> }> {
  const { version } = JSON.parse(readFileSync(join(PROJECT_DIR, 'package.json'), 'utf8')) as {
    version: string;
  };
  const [openapi, openapiZh] = [openapiDocument(version, 'en'), openapiDocument(version, 'zh')];
  const [asyncapi, asyncapiZh] = [asyncapiDocument(version, 'en'), asyncapiDocument(version, 'zh')];
  const problems = [
    ...openapiProblems(JSON.parse(openapi.content)),
    ...languageProblems(JSON.parse(openapi.content), 'en'),
    ...languageProblems(JSON.parse(openapiZh.content), 'zh'),
    ...brokenReferences(JSON.parse(asyncapi.content)),
    ...languageProblems(JSON.parse(asyncapi.content), 'en'),
    ...languageProblems(JSON.parse(asyncapiZh.content), 'zh'),
  ];
  if (problems.length > 0)
    throw new Error(`The documents are not sound:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  const documents = { openapi: JSON.parse(openapi.content), asyncapi: JSON.parse(asyncapi.content) };
  const broken = breakingChanges(documents, new Date().toISOString().slice(0, 10));
  const files = [
    ...[openapi, openapiZh, asyncapi, asyncapiZh, clientTypes(openapi)],
    ...[endpointsPage(), eventsPage(), errorsPage(), await importsPage(), brokerDefinitions()],
    ...(broken.length === 0 ? publishedFiles(documents) : []),
  ];
  return { files, broken };
}

const isCurrent = ({ path, content }: GeneratedFile): boolean =>
  existsSync(join(PROJECT_DIR, path)) && readFileSync(join(PROJECT_DIR, path), 'utf8') === content;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      check: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const { files, broken } = await generate();
  const stale = files.filter((file) => !isCurrent(file));
  for (const { path, content } of stale) {
    if (values.check) {
      console.error(`${path} is out of date`);
      continue;
    }
    mkdirSync(dirname(join(PROJECT_DIR, path)), { recursive: true });
    writeFileSync(join(PROJECT_DIR, path), content);
    console.log(`wrote ${path}`);
  }
  if (stale.length === 0) console.log('Everything was up to date.');
  for (const { where, what } of broken) console.error(`${where} ${what}`);
  if (broken.length > 0) console.error(ADVICE);
  process.exitCode = broken.length + (values.check ? stale.length : 0) === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
