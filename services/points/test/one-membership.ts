/** A member system for the tests of one file, and a new John for each of them: import it once, its hooks come along. */
import { startMemberSystemKit, type MemberSystemKit } from './member-system-kit.ts';

export let system: MemberSystemKit;
/** A member of tenant 1 who has nothing yet. */
export let john: number;

beforeAll(async () => {
  system = await startMemberSystemKit();
});
afterAll(() => system?.stop());
beforeEach(async () => {
  john = await system.aMember();
});
afterEach(async () => expect(await system.faults(1)).toEqual([]));
