import { createLogger } from '@membership/platform/log';
import { keptAnchorsIn, keptPair, loggedAnchor } from './kept-anchors.ts';

const hash = 'h'.repeat(43);
const signed = { day: '2026-01-05', previous: null, kid: 'k', signature: 's' };

test('anchors are found in an answer of the API, in lines of the log, and in a pair by hand', () => {
  const own = { tenant_id: 3, number: 7, hash, ...signed, signed_at: 'x', public_key: 'x' };
  const kept = { tenantId: 3, number: 7, hash, signed };
  expect(keptAnchorsIn(JSON.stringify({ count: 1, next: null, results: [own] }))).toEqual([kept]);
  let lines = 'not JSON\n';
  const destination = { write: (line: string) => void (lines += line) };
  const logger = createLogger({ service: 'stats', level: 'info', destination });
  logger.info(loggedAnchor({ tenantId: 4, number: 9, hash, ...signed, signedAt: new Date() }), 'signed');
  logger.info('something else');
  expect(keptAnchorsIn(lines)).toEqual([{ ...kept, tenantId: 4, number: 9 }]);
  expect(keptPair(`7:${hash}`, 3)).toEqual({ tenantId: 3, number: 7, hash });
});

test('one that names no tenant is of the one that is asked about; what is none is left out', () => {
  expect(keptAnchorsIn(JSON.stringify([{ number: 7, hash }]), 5)).toEqual([{ tenantId: 5, number: 7, hash }]);
  for (const none of [{ number: 7, hash }, { number: 0, hash }, { number: 7, hash: 'short' }, 'text', null])
    expect(keptAnchorsIn(JSON.stringify({ results: [none] }))).toEqual([]);
  for (const text of ['7', `0:${hash}`, `7:${hash}x`, '']) expect(() => keptPair(text, 3)).toThrow('--kept');
});
