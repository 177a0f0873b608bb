/**
 * What of the API and its events has been published: the documents without their texts and examples, committed beside the
 * generated ones and written with them as long as nothing breaks.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GeneratedFile } from '../docs/text-file.ts';
import { PROJECT_DIR } from '../stack/folders.ts';
import { asObject, isObject, type Change, type Json } from './changes.ts';
import { compareDocuments } from './compare-documents.ts';
import { compareEvents } from './compare-events.ts';

/** What is published: the API's document and that of its events, in English. */
export type Documents = { readonly openapi: Json; readonly asyncapi: Json };
const FILES: Readonly<Record<keyof Documents, string>> = {
  openapi: 'libs/contracts/generated/openapi.published.json',
  asyncapi: 'libs/contracts/generated/asyncapi.published.json',
};
/** What nobody can break. */
const TEXTS: ReadonlySet<string> = new Set(['description', 'summary', 'example', 'examples', 'tags']);

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
function lines({ paths, channels, components }: Json): string {
  const block = (value: unknown, indent: string) =>
    Object.entries(asObject(value))
      .map(([key, inner]) => `${indent}${JSON.stringify(key)}: ${JSON.stringify(bare(inner))}`)
      .join(',\n');
  const parts = Object.entries(asObject(components))
    .filter(([name]) => !TEXTS.has(name))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `    "${name}": {\n${block(value, '      ')}\n    }`);
  const operations = paths === undefined ? '' : `  "paths": {\n${block(paths, '    ')}\n  },\n`;
  const addresses = Object.fromEntries(
    Object.entries(asObject(channels)).map(([name, channel]) => [
      name,
      { address: asObject(channel)['address'] },
    ]),
  );
  const places = channels === undefined ? '' : `  "channels": {\n${block(addresses, '    ')}\n  },\n`;
  return `{\n${operations}${places}  "components": {\n${parts.join(',\n')}\n  }\n}\n`;
}

/** A document as far as it can be broken. */
const withoutTexts = (document: Json): Json => JSON.parse(lines(document)) as Json;

/** The files as they are when everything of these documents is published. */
export const publishedFiles = ({ openapi, asyncapi }: Documents): GeneratedFile[] => [
  { path: FILES.openapi, content: lines(openapi) },
  { path: FILES.asyncapi, content: lines(asyncapi) },
];

/** Publishes these documents, whatever they break. */
export function publish(documents: Documents): void {
  for (const { path, content } of publishedFiles(documents)) writeFileSync(join(PROJECT_DIR, path), content);
}

/** What is promised as it stands in the files. */
export function publishedDocuments(): Documents {
  const read = (path: string): Json => {
    if (!existsSync(join(PROJECT_DIR, path)))
      throw new Error(`${path} is not there: npm run api-changes -- --publish writes it`);
    return JSON.parse(readFileSync(join(PROJECT_DIR, path), 'utf8')) as Json;
  };
  return { openapi: read(FILES.openapi), asyncapi: read(FILES.asyncapi) };
}

/** Every change of the API and its events. `today` says which sunsets have passed, and which are announced in time. */
export function changesBetween(before: Documents, after: Documents, today: string): Change[] {
  const compared = (name: keyof Documents, compare: typeof compareDocuments) =>
    compare(withoutTexts(before[name]), withoutTexts(after[name]), today);
  return [...compared('openapi', compareDocuments), ...compared('asyncapi', compareEvents)];
}

/** What the documents break of the published ones. */
export const breakingChanges = (documents: Documents, today: string): Change[] =>
  changesBetween(publishedDocuments(), documents, today).filter(({ kind }) => kind === 'breaking');

/** What to do about them. */
export const ADVICE = `Who calls the API or hears its events as they were published would have to change. Add beside what is there, and deprecate
it (\`deprecated\` of the endpoint); what its sunset has passed may go. An event has another version beside it. Where it is meant
all the same: say so in CHANGELOG.md and run npm run api-changes -- --publish (docs/api-changes.md).`;
