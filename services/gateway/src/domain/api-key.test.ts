import {
  changeApiKey,
  hashOf,
  keyIdOf,
  newApiKey,
  newKeyId,
  newKeyText,
  revokeApiKey,
  rotateApiKey,
  standingOf,
  statusOf,
} from './api-key.ts';

const NOW = new Date('2026-03-01T08:00:00Z');
const HOUR = 3_600_000;
const after = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);
function aKey(expiresAt: Date | null = null) {
  const id = newKeyId();
  const text = newKeyText(id);
  const given = { id, tenantId: 1, name: 'Orders', scopes: ['points:read', 'points:read'], createdBy: 2 };
  const key = newApiKey({ ...given, limitPerMinute: null, expiresAt, secretHash: hashOf(text) }, NOW);
  return { text, key };
}

describe('an API key', () => {
  it('names its id, and no character of it may be another or missing', () => {
    const { text, key } = aKey();
    expect(text).toMatch(/^mk_[0-9A-Za-z]{12}_[0-9A-Za-z]{42}$/);
    expect(keyIdOf(text)).toBe(key.id);
    for (let place = 0; place < text.length; place++) {
      const other = text[place] === 'a' ? 'b' : 'a';
      expect(keyIdOf(text.slice(0, place) + other + text.slice(place + 1))).toBeNull();
      expect(keyIdOf(text.slice(0, place) + text.slice(place + 1))).toBeNull();
    }
    for (const odd of ['', 'mk_', `${text} `, `${text}\n`, text.toUpperCase()])
      expect(keyIdOf(odd)).toBeNull();
    expect(newKeyText(key.id)).not.toBe(text);
  });
  it('holds until its end, to the millisecond, and not once it is revoked', () => {
    const { text, key } = aKey(after(HOUR));
    const at = (one: typeof key, time: Date) => standingOf(one, hashOf(text), time.getTime());
    expect([at(key, NOW), at(key, after(HOUR - 1)), at(key, after(HOUR))]).toEqual([
      'current',
      'current',
      'ended',
    ]);
    expect(at(revokeApiKey(key, NOW), NOW)).toBe('revoked');
    expect([statusOf(key, NOW), statusOf(key, after(HOUR)), statusOf(revokeApiKey(key, NOW), NOW)]).toEqual([
      'active',
      'expired',
      'revoked',
    ]);
    expect(key.scopes).toEqual(['points:read']);
    expect(() => aKey(NOW)).toThrow('VALIDATION_ERROR');
  });
  it('that was rotated works beside the one before for as long as was said; what is before that ends', () => {
    const { text: first, key } = aKey();
    const [second, third] = [newKeyText(key.id), newKeyText(key.id)];
    const once = rotateApiKey({ ...key, lastUsedAt: NOW }, hashOf(second), after(HOUR), NOW);
    const standings = (one: typeof key, time: Date) =>
      [first, second, third].map((text) => standingOf(one, hashOf(text), time.getTime()));
    expect(standings(once, after(HOUR - 1))).toEqual(['previous', 'current', 'wrong']);
    expect(standings(once, after(HOUR))).toEqual(['replaced', 'current', 'wrong']);
    expect(once).toMatchObject({ lastUsedAt: null, previous: { lastUsedAt: NOW }, sequence: 2 });
    expect(standings(rotateApiKey(once, hashOf(third), after(HOUR), NOW), NOW)).toEqual([
      'wrong',
      'previous',
      'current',
    ]);
    expect(standings(rotateApiKey(once, hashOf(third), NOW, NOW), NOW)).toEqual([
      'wrong',
      'replaced',
      'current',
    ]);
    expect(standings(revokeApiKey(once, NOW), NOW)).toEqual(['revoked', 'revoked', 'wrong']);
  });
  it('is changed no more once it is revoked; one that has ended is rotated once it has another end', () => {
    const { key } = aKey(after(HOUR));
    const revoked = revokeApiKey(key, NOW);
    expect(revokeApiKey(revoked, after(1))).toBe(revoked);
    expect(() => changeApiKey(revoked, { name: 'Other' }, NOW)).toThrow('INVALID_STATE');
    expect(() => rotateApiKey(revoked, '', NOW, NOW)).toThrow('INVALID_STATE');
    expect(() => rotateApiKey(key, '', NOW, after(HOUR))).toThrow('INVALID_STATE');
    expect(changeApiKey(key, { name: 'Orders', scopes: ['points:read'] }, NOW)).toBe(key);
    expect(() => changeApiKey(key, { expiresAt: NOW }, NOW)).toThrow('VALIDATION_ERROR');
    expect(changeApiKey(key, { expiresAt: null }, after(2 * HOUR))).toMatchObject({
      expiresAt: null,
      sequence: 2,
    });
  });
});
