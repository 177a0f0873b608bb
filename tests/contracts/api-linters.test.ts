/**
 * The OpenAPI document as linters of other makers read it: the English one, of which the other has the structure
 * (tools/docs/documents.test.ts). They come from npm and PyPI: where they cannot be had, that is said.
 */
import { DOCUMENTS, lint, specValidator, spectralBesideRedocly } from '../../tools/api/linters.ts';

const LONGEST_MS = 600_000;

test.each([spectralBesideRedocly, specValidator])(
  '$name finds nothing',
  async (linter) => {
    let program: string;
    try {
      program = await linter.find(() => undefined);
    } catch (error) {
      const [reason] = (error as Error).message.split('\n');
      process.stdout.write(`     NOT TESTED: ${linter.name} is passed over: ${reason}\n`);
      return;
    }
    expect(await lint(program, linter, DOCUMENTS.one)).toBe('');
  },
  LONGEST_MS,
);
