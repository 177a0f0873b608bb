/** The OpenAPI documents as linters of other makers read them. They come from npm and PyPI: where they cannot be had, that is said. */
import { lint, spectral, specValidator } from '../../tools/api/linters.ts';

test.each([spectral, specValidator])(
  '$name finds nothing in the documents of either language',
  async (linter) => {
    let program: string;
    try {
      program = await linter.find(() => undefined);
    } catch (error) {
      const [reason] = (error as Error).message.split('\n');
      process.stdout.write(`     NOT TESTED: ${linter.name} is passed over: ${reason}\n`);
      return;
    }
    expect(await lint(program, linter)).toBe('');
  },
);
