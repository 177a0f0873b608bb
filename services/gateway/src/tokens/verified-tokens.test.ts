import { refuse } from '@membership/contracts/errors';
import { VerifiedTokens } from './verified-tokens.ts';

const NOW = Date.parse('2026-03-01T08:00:00Z');
const SECOND = 1_000;

/** Tokens under keys that take `<member>.<seconds from NOW until it ends>` for one, count their work, and allow for no skew. */
function tokensOf({ maximum = 100 } = {}) {
  const clock = { now: NOW, verified: 0 };
  const read = (text: string) => {
    clock.verified++;
    const [member = '', seconds = ''] = text.split('.');
    if (member === 'forged') throw refuse('AUTH_003');
    const exp = NOW / SECOND + Number(seconds);
    if (exp <= clock.now / SECOND) throw refuse('AUTH_002');
    return { sub: member, exp, sid: `session-of-${member}`, jti: text.slice(0, 40) };
  };
  return { clock, tokens: new VerifiedTokens({ read, version: 1 }, { maximum, now: () => clock.now }) };
}
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'none';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('tokens that were verified', () => {
  it('are verified once, and say the same ever after', () => {
    const { clock, tokens } = tokensOf();
    const first = tokens.read('7.60');
    expect(tokens.read('7.60')).toEqual(first);
    expect(first).toMatchObject({
      subject: { kind: 'user', userId: 7 },
      names: { session: 'session:session-of-7', token: 'token:7.60' },
    });
    expect(clock.verified).toBe(1);
  });
  it('are told apart by every character', () => {
    const { tokens } = tokensOf();
    tokens.read('7.60');
    expect(tokens.read('8.60').subject).toEqual({ kind: 'user', userId: 8 });
  });
  it('end when they end, although they were good before', () => {
    const { clock, tokens } = tokensOf();
    tokens.read('7.60');
    clock.now = NOW + 59 * SECOND;
    expect(codeOf(() => tokens.read('7.60'))).toBe('none');
    clock.now = NOW + 60 * SECOND;
    expect(codeOf(() => tokens.read('7.60'))).toBe('AUTH_002');
  });
  it('are not those that were refused: each of them is looked at', () => {
    const { clock, tokens } = tokensOf();
    expect([codeOf(() => tokens.read('forged.60')), codeOf(() => tokens.read('forged.60'))]).toEqual([
      'AUTH_003',
      'AUTH_003',
    ]);
    expect(clock.verified).toBe(2);
  });
  it('are forgotten, the oldest first, when there are too many', () => {
    const { clock, tokens } = tokensOf({ maximum: 2 });
    for (const text of ['1.60', '2.60', '3.60', '3.60', '2.60']) tokens.read(text);
    expect(clock.verified).toBe(3);
    tokens.read('1.60');
    expect(clock.verified).toBe(4);
  });
  it('are not kept when they are very long', () => {
    const { clock, tokens } = tokensOf();
    const long = `7.${'0'.repeat(3_000)}60`;
    tokens.read(long);
    tokens.read(long);
    expect(clock.verified).toBe(2);
  });
});
