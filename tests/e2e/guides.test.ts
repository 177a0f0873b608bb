/** Every guide, followed in bash and curl as a reader does it, in both languages, on one platform. */
import { followGuide } from '../../tools/guides/follow-guide.ts';
import { guideNames, LANGUAGES, readGuide, stepsOf, variablesOf } from '../../tools/guides/guide.ts';
import { missingPrograms } from '../../tools/guides/shell.ts';
import { PASSWORD, startPlatformKit, type PlatformKit } from '../platform-kit.ts';

const guides = LANGUAGES.flatMap((language) =>
  guideNames(language)
    .filter((name) => stepsOf(readGuide(language, name)).length > 0)
    .map((name) => [language, name] as const),
);
const missing = await missingPrograms();
if (missing.length > 0)
  console.log(`     The guides are passed over: there is no ${missing.join(', no ')} here`);

let kit: PlatformKit;
beforeAll(async () => {
  kit = await startPlatformKit();
});
afterAll(async () => kit.stop());

(missing.length > 0 ? test.skip : test).each(guides)(
  'docs/%s/%s.md says what happens',
  async (language, name) => {
    const { requests, problems } = await followGuide(readGuide(language, name), {
      variables: variablesOf({ url: kit.services.url, password: PASSWORD, language }),
      patienceMs: 60_000,
    });
    expect(problems).toEqual([]);
    expect(requests).toBeGreaterThan(0);
  },
);
