import { newRecoveryCodes, newSecret, plainCode, recoveryHash, stepOf, uriOf } from './totp.ts';

/** The secret of RFC 6238's table ("12345678901234567890"), and the last six digits of its SHA-1 column. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const at = (seconds: number) => new Date(seconds * 1_000);

describe('codes of an authenticator', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('are those of RFC 6238 at %d', (seconds, code) => {
    expect(stepOf(SECRET, code, at(seconds))).toBe(Math.floor(seconds / 30));
  });
  it('count a step before and after, and no further; a step is the same whenever its code comes', () => {
    // 287082 is of the step from 30 to 59.
    expect([0, 29, 30, 59, 60, 89].map((seconds) => stepOf(SECRET, '287082', at(seconds)))).toEqual([
      1, 1, 1, 1, 1, 1,
    ]);
    expect([90, 119, 10_000].map((seconds) => stepOf(SECRET, '287082', at(seconds)))).toEqual([
      null,
      null,
      null,
    ]);
  });
  it.each(['', '28708', '2870820', '28708a', ' 287082', '２８７０８２'])(
    'are six digits and nothing else: %j',
    (code) => {
      expect(stepOf(SECRET, code, at(59))).toBeNull();
    },
  );
  it('come of a new secret each time, which an authenticator is told by an address', () => {
    const secret = newSecret();
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(newSecret()).not.toBe(secret);
    const uri = new URL(uriOf(secret, { label: '张三', issuer: 'ACME & Co: Shop' }));
    expect(uri.protocol).toBe('otpauth:');
    expect(Object.fromEntries(uri.searchParams)).toMatchObject({ secret, digits: '6', period: '30' });
  });
});

test('recovery codes are ten, each for one member, however they are typed', () => {
  const codes = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) expect(code).toMatch(/^([2-9A-HJKMNP-TV-Z]{4}-){3}[2-9A-HJKMNP-TV-Z]{4}$/);
  const [code = ''] = codes;
  expect(plainCode(` ${code.toLowerCase().replaceAll('-', ' ')} `)).toBe(code.replaceAll('-', ''));
  expect(recoveryHash(1, code)).toBe(recoveryHash(1, code.toLowerCase()));
  expect(recoveryHash(2, code)).not.toBe(recoveryHash(1, code));
});
