import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeldSecret } from './held-secret.ts';

const [old, fresh] = ['o'.repeat(32), 'f'.repeat(32)];
function held({
  settleMilliseconds = 0,
  environment = {},
  others = () => [],
}: Partial<ConstructorParameters<typeof HeldSecret>[0]> = {}) {
  const file = join(mkdtempSync(join(tmpdir(), 'held-secret-')), 'key');
  writeFileSync(file, `${old}\n`);
  const told: string[] = [];
  const logger = { error: () => void told.push('error'), info: () => void told.push('info') };
  const secret = new HeldSecret({
    ...{ name: 'INTERNAL_KEY', values: [old], file, settleMilliseconds, environment, others },
    logger: logger as never,
  });
  return { file, told, secret };
}

test('a file that changes is read anew; what is made of a value is made once', () => {
  const { file, secret, told } = held();
  const made: string[] = [];
  const upper = secret.of((value) => {
    made.push(value);
    return value.toUpperCase();
  });
  expect([upper(), upper()]).toEqual([[old.toUpperCase()], [old.toUpperCase()]]);
  writeFileSync(file, `${fresh}\n${old}\n`);
  expect([secret.learn(), secret.learn()]).toEqual([true, false]);
  expect(upper()).toEqual([fresh.toUpperCase(), old.toUpperCase()]);
  writeFileSync(file, fresh);
  expect([secret.learn(), upper()]).toEqual([true, [fresh.toUpperCase()]]);
  expect([made, told]).toEqual([
    [old, fresh],
    ['info', 'info'],
  ]);
});

test('values of whose things together something is missing change nothing', () => {
  const { file, secret, told } = held();
  const first = secret.of(
    (value) => value[0],
    (made) => {
      if (!made.includes('o')) throw new Error('none begins with o');
    },
  );
  writeFileSync(file, fresh);
  expect([secret.learn(), first(), told]).toEqual([false, ['o'], ['error']]);
  writeFileSync(file, `${fresh},${old}`);
  expect([secret.learn(), first(), told]).toEqual([true, ['f', 'o'], ['error', 'info']]);
});

test('who asks for it has the file read ten times a second at most', async () => {
  const { file, secret } = held();
  const begun = performance.now();
  expect(secret.learnWhenAsked()).toBe(false);
  writeFileSync(file, `${fresh}\n${old}\n`);
  while (!secret.learnWhenAsked()) await new Promise((next) => setImmediate(next));
  // However slow the machine is: the first look was later than `begun`.
  expect(performance.now() - begun).toBeGreaterThanOrEqual(100);
  expect(secret.values).toContain(fresh);
});

test('a new value signs and seals once everybody can have read it; it is believed at once', () => {
  const { file, secret } = held({ settleMilliseconds: 3_600_000 });
  writeFileSync(file, `${fresh},${old}`);
  secret.learn();
  expect([secret.values, secret.next]).toEqual([[old, fresh], fresh]);
  // Where the one before was left out, nothing else could sign.
  writeFileSync(file, fresh);
  secret.learn();
  expect([secret.values, secret.next]).toEqual([[fresh], null]);
});

test('a value of which nothing can be made changes nothing; keys in PEM are told apart as such', () => {
  const { file, secret, told } = held();
  const [one, two] = [1, 2].map(() =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim(),
  ) as [string, string];
  const lengths = secret.of((value) => {
    if (value === fresh) throw new Error('no key of its kind');
    return value.length;
  });
  writeFileSync(file, `${fresh}\n${old}`);
  expect([secret.learn(), secret.learn(), secret.values, lengths()]).toEqual([false, false, [old], [32]]);
  expect(told).toEqual(['error']);
  writeFileSync(file, `${two}\n\n${one}\n`);
  expect([secret.learn(), secret.values]).toEqual([true, [two, one]]);
});

test.each([
  ['begin', (pem: string) => pem.slice(0, -40)],
  ['end', (pem: string) => pem.slice(40)],
])('a key in PEM that has nothing but its %s is told, and not left out', (_part, broken) => {
  const { file, secret } = held();
  const pem = (word: string) =>
    `-----BEGIN PRIVATE KEY-----\n${word.repeat(20)}\n-----END PRIVATE KEY-----\n`;
  writeFileSync(file, `${pem('one')}${broken(pem('two'))}`);
  expect([secret.learn(), secret.values]).toEqual([false, [old]]);
  // What openssl writes before a key is none.
  writeFileSync(
    file,
    `-----BEGIN EC PARAMETERS-----\nBggq\n-----END EC PARAMETERS-----\n${pem('one')}${pem('two')}`,
  );
  expect([secret.learn(), secret.values.length]).toEqual([true, 2]);
});

test('a value that another secret has by now changes nothing and is told; once that one has left it out, it is taken', () => {
  let taken = [fresh];
  const { file, secret, told } = held({ others: () => [['WEBHOOK_SECRET_KEY', taken]] });
  writeFileSync(file, `${fresh},${old}`);
  expect([secret.learn(), secret.learn(), secret.values, told]).toEqual([false, false, [old], ['error']]);
  taken = [];
  expect([secret.learn(), secret.values]).toEqual([true, [fresh, old]]);
});

test('what is not usable changes nothing and is told once', () => {
  const { file, secret, told } = held({ environment: { NODE_ENV: 'production' } });
  for (const text of ['', 'short', 'short', `please-change-me-please-change-me,${old}`]) {
    writeFileSync(file, text);
    expect([secret.learn(), secret.values]).toEqual([false, [old]]);
  }
  rmSync(file);
  expect([secret.learn(), secret.values]).toEqual([false, [old]]);
  expect(told).toEqual(['error', 'error', 'error']);
});
