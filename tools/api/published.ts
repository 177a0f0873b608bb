/** What of the API has been published: the document without its texts and examples, committed beside the generated ones. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR } from '../stack/folders.ts';
import { asObject, isObject, type Change, type Json } from './changes.ts';
import { compareDocuments } from './compare-documents.ts';

const PUBLISHED = 'libs/contracts/generated/openapi.published.json';
/** What nobody can break. */
const TEXTS: ReadonlySet<string> = new Set([
  'description',
  'summary',
  'example',
  'examples',
  'tags',
  'headers',
]);

/** The document without what is only read by people. A field may bear the name of a text. */
function bare(value: unknown, isNames = false): unknown {
  if (Array.isArray(value)) return value.map((inner) => bare(inner));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => isNames || !TEXTS.has(key))
      .map(([key, inner]) => [key, bare(inner, key === 'properties' || key === 'schemas')]),
  );
}

/** One line for each path and component, so that what is published anew can be read as a difference. */
function lines(document: Json): string {
  const { paths, components } = document;
  const { responses, schemas, parameters } = asObject(components);
  const block = (value: unknown, indent: string) =>
    Object.entries(asObject(value))
      .map(([key, inner]) => `${indent}${JSON.stringify(key)}: ${JSON.stringify(bare(inner))}`)
      .join(',\n');
  const parts = Object.entries({ parameters, responses, schemas }).map(
    ([name, value]) => `    "${name}": {\n${block(value, '      ')}\n    }`,
  );
  return `{\n  "paths": {\n${block(paths, '    ')}\n  },\n  "components": {\n${parts.join(',\n')}\n  }\n}\n`;
}

/** The document as far as it can be broken. */
export const withoutTexts = (document: Json): Json => JSON.parse(lines(document)) as Json;

export const publish = (document: Json): void => writeFileSync(join(PROJECT_DIR, PUBLISHED), lines(document));

export function publishedDocument(): Json {
  const path = join(PROJECT_DIR, PUBLISHED);
  if (!existsSync(path))
    throw new Error(`${PUBLISHED} is not there: npm run api-changes -- --publish writes it`);
  return JSON.parse(readFileSync(path, 'utf8')) as Json;
}

/** What the document breaks of the published one. Sunsets count by the day that `today` names. */
export const breakingChanges = (document: Json, today: string): Change[] =>
  compareDocuments(publishedDocument(), withoutTexts(document), today).filter(
    ({ kind }) => kind === 'breaking',
  );

/** What to do about them. */
export const ADVICE = `Who calls the API as it was published would have to change. Add beside what is there, and deprecate it (\`deprecated\` of
the endpoint); what its sunset has passed may go. Where it is meant all the same: say so in CHANGELOG.md and run
npm run api-changes -- --publish (docs/api-changes.md).`;
