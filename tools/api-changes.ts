// npm run api-changes: what changed in the API, read from the contracts of two commits.
import type { Json } from './api/changes.ts';
import { markdown } from './api/markdown.ts';
import { changesBetween, publish, publishedDocuments, type Documents } from './api/published.ts';
import { parseArgs } from './command-line.ts';
import { asyncapiDocument } from './docs/asyncapi.ts';
import { openapiDocument } from './docs/openapi.ts';
import { PROJECT_DIR } from './stack/folders.ts';
import { lastLineOf, runProgram } from './stack/run-program.ts';

const FOLDER = 'libs/contracts/generated';
const HELP = `Says what changed in the API and its events, in Markdown: what breaks, what is new, what is deprecated.

  npm run api-changes                    since it was published last (${FOLDER}/*.published.json)
  npm run api-changes -- <from>          from a commit or tag to the contracts as they are here
  npm run api-changes -- <from> <to>     between two commits
  npm run api-changes -- --publish       what stands here is the published API from now on; docs/api-changes.md says when

Ends with 1 where something breaks (not with --publish).
`;
const here = (): Documents => ({
  openapi: JSON.parse(openapiDocument('0', 'en').content) as Json,
  asyncapi: JSON.parse(asyncapiDocument('0', 'en').content) as Json,
});

/** The documents of a commit. */
async function documentsAt(commit: string): Promise<Documents> {
  const read = async (name: keyof Documents): Promise<Json> => {
    const path = `${FOLDER}/${name}.json`;
    const { ok, stdout, stderr } = await runProgram(
      'git',
      ['show', '--end-of-options', `${commit}:${path}`],
      {
        cwd: PROJECT_DIR,
        timeoutMs: 60_000,
      },
    );
    if (!ok) throw new Error(`There is no ${path} at ${commit}: ${lastLineOf(stderr)}`);
    return JSON.parse(stdout) as Json;
  };
  return { openapi: await read('openapi'), asyncapi: await read('asyncapi') };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      publish: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const [from, to, ...more] = positionals;
  if (more.length > 0 || (values.publish && from !== undefined)) throw new Error(HELP);
  const after = to === undefined ? here() : await documentsAt(to);
  if (values.publish) {
    publish(after);
    return console.log('What stands here is the published API now.');
  }
  const before = from === undefined ? publishedDocuments() : await documentsAt(from);
  const changes = changesBetween(before, after, new Date().toISOString().slice(0, 10));
  console.log(markdown(changes));
  process.exitCode = changes.some(({ kind }) => kind === 'breaking') ? 1 : 0;
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
