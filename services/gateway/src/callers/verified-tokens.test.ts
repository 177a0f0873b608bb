import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { refuse } from '@membership/contracts/errors';
import { VerifiedTokens } from './verified-tokens.ts';

const NOW = Date.parse('2026-03-01T08:00:00Z');
const SECOND = 1_000;

/** Keys that take `<member>.<seconds from NOW until it ends>` for a token, count their work, and allow for no skew. */
function keysOf() {
  const read = jest.fn((text: string) => {
    const [member = '', seconds = ''] = text.split('.');
    if (member === 'forged') throw refuse('AUTH_003');
    const exp = NOW / SECOND + Number(seconds);
    if (exp <= Date.now() / SECOND) throw refuse('AUTH_002');
    return { sub: member, exp, sid: `session-of-${member}`, jti: text.slice(0, 40) };
  });
  return { read };
}
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'none';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

beforeEach(() => void jest.useFakeTimers({ now: NOW }));
afterEach(() => void jest.useRealTimers());

describe('tokens that were verified', () => {
  it('are verified once, and say the same ever after', () => {
    const keys = keysOf();
    const tokens = new VerifiedTokens(keys);
    const first = tokens.read('7.60');
    expect(tokens.read('7.60')).toEqual(first);
    expect(first).toMatchObject({
      subject: { kind: 'user', userId: 7 },
      names: { session: 'session:session-of-7', token: 'token:7.60' },
    });
    expect(keys.read).toHaveBeenCalledTimes(1);
  });
  it('are told apart by every character', () => {
    const tokens = new VerifiedTokens(keysOf());
    tokens.read('7.60');
    expect(tokens.read('8.60').subject).toEqual({ kind: 'user', userId: 8 });
  });
  it('end when they end, although they were good before', () => {
    const tokens = new VerifiedTokens(keysOf());
    tokens.read('7.60');
    jest.setSystemTime(NOW + 59 * SECOND);
    expect(codeOf(() => tokens.read('7.60'))).toBe('none');
    jest.setSystemTime(NOW + 60 * SECOND);
    expect(codeOf(() => tokens.read('7.60'))).toBe('AUTH_002');
  });
  it('are not those that were refused: each of them is looked at', () => {
    const keys = keysOf();
    const tokens = new VerifiedTokens(keys);
    expect([codeOf(() => tokens.read('forged.60')), codeOf(() => tokens.read('forged.60'))]).toEqual([
      'AUTH_003',
      'AUTH_003',
    ]);
    expect(keys.read).toHaveBeenCalledTimes(2);
  });
  it('are forgotten, the oldest first, when there are too many', () => {
    const keys = keysOf();
    const tokens = new VerifiedTokens(keys, { maximum: 2 });
    for (const text of ['1.60', '2.60', '3.60', '3.60', '2.60']) tokens.read(text);
    expect(keys.read).toHaveBeenCalledTimes(3);
    tokens.read('1.60');
    expect(keys.read).toHaveBeenCalledTimes(4);
  });
  it('are not kept when they are very long', () => {
    const keys = keysOf();
    const tokens = new VerifiedTokens(keys);
    const long = `7.${'0'.repeat(3_000)}60`;
    tokens.read(long);
    tokens.read(long);
    expect(keys.read).toHaveBeenCalledTimes(2);
  });
});
