/** The life of the keys that sign licence files: the next one is published ahead, the last one's private part goes. */
import { createPublicKey, sign, verify } from 'node:crypto';
import { heldSecret } from '@membership/platform/held-secret';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { SigningKeyRepository } from '../src/offline/signing-key-repository.ts';
import { SigningKeys } from '../src/offline/signing-keys.ts';
import { licensesService } from '../src/service.ts';

const DAY = 86_400_000;
const begin = new Date('2026-03-01T00:00:00Z');
const on = (days: number) => new Date(begin.getTime() + days * DAY);
let kit: ServiceKit;
let repository: SigningKeyRepository;
let keys: SigningKeys;
/** What the log was told. */
let told: [unknown, unknown][] = [];
const logger = { info: (fields: unknown, text?: unknown) => void told.push([fields, text]) };
const deed = { actor: 'user:1', requestId: 'req-1' };
beforeAll(async () => {
  kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  repository = new SigningKeyRepository(kit.connection.useDb(`${kit.connection.name}_keys`));
  keys = new SigningKeys({ repository, secret: heldSecret('a secret of the service'), days: 90, logger });
});
beforeEach(() => kit.connection.useDb(`${kit.connection.name}_keys`).dropDatabase());
afterAll(async () => {
  await kit.connection.useDb(`${kit.connection.name}_keys`).dropDatabase();
  await kit.stop();
});
const publishedOn = async (days: number) => (await keys.published(on(days))).map(({ _id }) => _id);
const rotate = (days: number, announceDays: number) =>
  kit.connection
    .getClient()
    .withSession((session) => keys.rotate(on(days), announceDays, deed, committing(session)));
/** Commits each thing by itself. */
const committing = (session: unknown) =>
  ({ session, afterCommit: (effect: () => void) => effect() }) as never;

test('the next key is known for 30 days before it signs; the last one for 91 days after', async () => {
  await keys.renew(on(0));
  const first = await keys.current(on(0));
  expect([await keys.renew(on(59)), await publishedOn(59)]).toEqual([0, [first._id]]);
  expect(await keys.renew(on(60))).toBe(1);
  expect(await keys.renew(on(61))).toBe(0);
  const [next] = await publishedOn(61);
  expect(next).not.toBe(first._id);
  expect([(await keys.current(on(89.9)))._id, (await keys.current(on(90)))._id]).toEqual([first._id, next]);
  expect(await keys.renew(on(90.01))).toBe(1);
  const [, retired] = await keys.published(on(91));
  expect(retired).toMatchObject({ _id: first._id, sealed: null, retiredAt: on(90.01) });
  expect([await publishedOn(181), await publishedOn(182)]).toEqual([[next, first._id], [next]]);
});

test('what signs verifies with what is published', async () => {
  const { _id, key } = await keys.current(on(0));
  const published = (await keys.published(on(0))).find((one) => one._id === _id);
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: published?.x as string },
    format: 'jwk',
  });
  expect(verify(null, Buffer.from('text'), publicKey, sign(null, Buffer.from('text'), key))).toBe(true);
});

test('without the job a key is replaced by age all the same', async () => {
  const first = await keys.current(on(0));
  const second = await keys.current(on(90));
  expect(second._id).not.toBe(first._id);
  expect(await publishedOn(90)).toEqual([second._id, first._id]);
});

test('by hand: at once, or announced; an announcement replaces an earlier one', async () => {
  const first = await keys.current(on(0));
  const announced = await rotate(1, 20);
  const again = await rotate(2, 10);
  expect((await keys.current(on(11.9)))._id).toBe(first._id);
  expect((await keys.current(on(12)))._id).toBe(again._id);
  expect(await publishedOn(2)).toEqual(expect.arrayContaining([announced._id, again._id, first._id]));
  const atOnce = await rotate(3, 0);
  expect((await keys.current(on(3)))._id).toBe(atOnce._id);
  expect((await repository.listSigning()).map(({ _id }) => _id)).toEqual([atOnce._id]);
});

test('the log tells who put a key in place or withdrew one, and nothing of what was refused', async () => {
  told = [];
  const { _id: kid, startsAt } = await rotate(1, 20);
  const withdraw = (id: string) =>
    kit.connection
      .getClient()
      .withSession((session) => keys.withdraw(id, { since: on(1), now: on(2), deed }, committing(session)));
  await expect(withdraw('unknown')).rejects.toMatchObject({ code: 'BIZ_001' });
  await withdraw(kid);
  expect(told).toEqual([
    [{ kid, startsAt, ...deed }, 'licence files have another key'],
    [{ kid, since: on(1), ...deed }, 'a key of licence files was withdrawn'],
  ]);
});

test('announced for later than the old one would last: the old one signs on, so that nothing is signed with a key nobody knows', async () => {
  const first = await keys.current(on(0));
  await keys.renew(on(60));
  const announced = await rotate(85, 20);
  for (const day of [90, 104.9]) {
    await keys.renew(on(day));
    expect((await keys.current(on(day)))._id).toBe(first._id);
  }
  expect((await keys.current(on(105)))._id).toBe(announced._id);
  await keys.renew(on(105));
  expect((await repository.listSigning()).map(({ _id }) => _id)).toEqual([announced._id]);
});

test('processes that need the first key at once all sign with keys that are published; the job leaves one', async () => {
  const made = await Promise.all(Array.from({ length: 5 }, () => keys.current(on(0))));
  expect(await publishedOn(0)).toEqual(expect.arrayContaining(made.map(({ _id }) => _id)));
  await keys.renew(on(0.01));
  expect(await repository.listSigning()).toHaveLength(1);
});

test('after a change of the secret a new key signs, and what cannot be opened is retired', async () => {
  const before = await keys.current(on(0));
  const changed = new SigningKeys({ repository, secret: heldSecret('another secret'), days: 90, logger });
  const after = await changed.current(on(1));
  expect(after._id).not.toBe(before._id);
  await changed.renew(on(1));
  expect((await repository.listSigning()).map(({ _id }) => _id)).toEqual([after._id]);
});

test('with both secrets the key goes on signing, and is sealed anew, so that the one before may be left out', async () => {
  const before = await keys.current(on(0));
  const holding = (...secrets: string[]) =>
    new SigningKeys({ repository, secret: heldSecret(...secrets), days: 90, logger });
  const overlapping = holding('another secret', 'a secret of the service');
  expect((await overlapping.current(on(1)))._id).toBe(before._id);
  expect([await overlapping.renew(on(1)), await overlapping.renew(on(1))]).toEqual([1, 0]);
  expect((await holding('another secret').current(on(2)))._id).toBe(before._id);
});
