// npm run guides: every guide followed, request by request, and its answers compared with those that it shows.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { orRefuse, parseArgs } from './command-line.ts';
import { startOwnPlatform, type OwnPlatform } from './fuzz/own-platform.ts';
import { followGuide } from './guides/follow-guide.ts';
import { guideNames, guidePath, LANGUAGES, readGuide, variablesOf } from './guides/guide.ts';
import { PROJECT_DIR } from './stack/folders.ts';

const HELP = `Follows the guides of docs/en and docs/zh against a platform, as a reader does with bash and curl.

  npm run guides                           on a platform of its own
  npm run guides -- --url http://…:8000    on one that runs, with the demo data; each guide makes a tenant there
  npm run guides -- en/points zh/points    only these
  npm run guides -- --write                fills in what a guide shows as ? with what came

Environment: DEMO_PASSWORD (demo-pass-2026), the password of root.
`;

const PATIENCE_MS = 5_000;

/** The guides at these paths, all of them without one. Throws for a path at which there is none. */
function guidesAt(paths: readonly string[]) {
  const guides = LANGUAGES.flatMap((language) => guideNames(language).map((name) => ({ language, name })));
  const wanted = paths.map((path) => path.replace(/^docs\//, '').replace(/\.md$/, ''));
  const unknown = wanted.filter(
    (path) => !guides.some(({ language, name }) => path === `${language}/${name}`),
  );
  if (unknown.length > 0) throw new Error(`There is no guide ${unknown.join(', ')}`);
  return guides.filter(({ language, name }) => wanted.length === 0 || wanted.includes(`${language}/${name}`));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      url: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const password = process.env['DEMO_PASSWORD'] || 'demo-pass-2026';
  const guides = orRefuse(() => guidesAt(positionals));
  let own: OwnPlatform | undefined;
  try {
    if (!values.url) own = await startOwnPlatform(password, console.log);
    const url = (values.url ?? own?.url ?? '').replace(/\/$/, '');
    for (const { language, name } of guides) {
      const markdown = readGuide(language, name);
      const since = Date.now();
      const variables = variablesOf({ url, password, language });
      const { requests, problems, filled } = await followGuide(markdown, {
        variables,
        patienceMs: PATIENCE_MS,
      });
      const path = guidePath(language, name);
      if (values.write && filled !== markdown) writeFileSync(path, filled);
      const what = problems.length === 0 ? 'ok  ' : 'FAIL';
      console.log(`${what} ${relative(PROJECT_DIR, path)}: ${requests} requests, ${Date.now() - since} ms`);
      for (const problem of problems) console.log(problem.replaceAll(/^/gm, '     '));
      if (problems.length > 0) process.exitCode = 1;
    }
  } finally {
    await own?.stop();
  }
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
process.exit();
