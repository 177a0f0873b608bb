import { Refusal } from '@membership/contracts/errors';
import { change, codeTaken, register, remove, restore } from './application.ts';

const now = new Date('2026-01-01T00:00:00Z');
const later = new Date('2026-01-02T00:00:00Z');
const fields = {
  name: '测试应用',
  code: 'test-app',
  description: null,
  logo: null,
  website: null,
  contactEmail: null,
  currentVersion: '1.0.0',
  owner: null,
  team: null,
  status: 'active' as const,
  tags: ['a'],
  metadata: { b: 1, a: { d: 1, c: 2 } },
};
const anApplication = () => register(fields, { id: 7, tenantId: 1, now });

test('a new application is active, not deleted, and counts its first fact', () => {
  expect(anApplication()).toMatchObject({
    isActive: true,
    isDeleted: false,
    sequence: 1,
    createdAt: now,
    updatedAt: now,
  });
});

test('saying what is so already is no change', () => {
  const application = anApplication();
  expect(
    change(application, { name: '测试应用', tags: ['a'], metadata: { a: { c: 2, d: 1 }, b: 1 } }, later),
  ).toBe(application);
  expect(change(application, {}, later)).toBe(application);
});

test('a change keeps the rest and counts one fact', () => {
  expect(change(anApplication(), { tags: ['a', 'b'] }, later)).toEqual({
    ...anApplication(),
    tags: ['a', 'b'],
    sequence: 2,
    updatedAt: later,
  });
  expect(change(anApplication(), { description: '' }, later).sequence).toBe(2);
});

test('a deleted application comes back as it was; a living one is refused', () => {
  const removed = remove(anApplication(), later);
  expect(removed).toMatchObject({ isDeleted: true, deletedAt: later, sequence: 2 });
  expect(restore(removed, later)).toMatchObject({
    isDeleted: false,
    deletedAt: null,
    sequence: 3,
    code: 'test-app',
  });
  expect(() => restore(anApplication(), later)).toThrow(Refusal);
});

test('a taken code is refused in the seed’s words; a deleted holder can be restored', () => {
  expect(codeTaken({ _id: 7, isDeleted: false }).details('zh')).toEqual({
    code: ['code字段在当前租户下必须唯一'],
  });
  expect(codeTaken({ _id: 7, isDeleted: true }).details('zh')?.code).toEqual([
    expect.stringMatching(/^code字段在当前租户下必须唯一.*\/api\/v1\/applications\/7\/restore\//),
  ]);
});
