import { heldSecret } from '@membership/platform/held-secret';
import { SecretBox } from '../secrets/secret-box.ts';
import { webhookSecrets } from './webhook-secrets.ts';

const box = new SecretBox(heldSecret('the-key-of-now'));
const before = new SecretBox(heldSecret('the-key-before'));
/** Of tenants 1 to 3, and how they lie in the database; tenant 4 has none. */
function secretsOf() {
  const sealed = new Map([
    [1, box.seal(1, 'one')],
    [2, before.seal(2, 'two')],
    [3, box.seal(1, 'moved here from another tenant')],
  ]);
  const tenants = { webhookSecret: (id: number) => Promise.resolve(sealed.get(id) ?? null) };
  const logged: unknown[] = [];
  const logger = { error: ({ tenantId }: { tenantId: number }) => void logged.push(tenantId) };
  return { sealed, logged, secrets: webhookSecrets(tenants, box, logger as never) };
}

test('a secret that cannot be read is refused to its own tenant alone, and logged, also when several are asked for at once', async () => {
  const { secrets, logged } = secretsOf();
  const asked = await Promise.allSettled([4, 3, 2, 1].map((tenantId) => secrets.get(tenantId)));
  expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect(asked.map((one) => 'value' in one && one.value)).toEqual([null, false, false, 'one']);
  expect(logged).toEqual([3, 2]);
});

test('another secret is known at once where it was set', async () => {
  const { sealed, secrets } = secretsOf();
  await expect(secrets.get(2)).rejects.toThrow();
  sealed.set(2, box.seal(2, 'new'));
  secrets.forget(2);
  expect(await secrets.get(2)).toBe('new');
});
