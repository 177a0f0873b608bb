// npm run lint-api: the OpenAPI documents as three linters of the field read them, in both languages.
import { DOCUMENTS, lint, redocly, spectral, specValidator } from './api/linters.ts';
import { parseArgs } from './command-line.ts';

const LINTERS = [redocly, spectral, specValidator];
const HELP = `Lints the generated OpenAPI documents with Redocly ${redocly.version} (redocly.yaml), Spectral ${spectral.version} (.spectral.yaml) and
openapi-spec-validator ${specValidator.version}. Ends with 1 where one of them has anything to say.

  npm run lint-api

npm test has Redocly's rules without its command line, and the two others over the English document (Spectral without its own
look at examples), where they can be had. The programs are installed from
npm and PyPI into .local, once; Python 3.10 or newer is needed. A proxy or mirror is named as for npm and pip.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } });
  if (values.help) return console.log(HELP);
  const programs = await Promise.all(LINTERS.map((linter) => linter.find(console.log)));
  for (const [index, linter] of LINTERS.entries()) {
    const found = await lint(programs[index] as string, linter, DOCUMENTS.both);
    console.log(`${found ? 'FAIL' : 'ok  '} ${linter.name}`);
    if (!found) continue;
    console.log(found);
    process.exitCode = 1;
  }
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
