import { Refusal } from '@membership/contracts/errors';
import { behind, cursorBehind, positionOf, type Direction } from './cursor.ts';
import { scopeOfJob } from './scope.ts';

const of = (tenantId = 1, list = 'records', direction: Direction = -1) => ({
  ...{ scope: scopeOfJob(tenantId, 'points', 'test'), list, direction },
});
const position = { at: new Date('2026-01-02T03:04:05.678Z'), id: 4_294_967_297 };
const cursor = cursorBehind(of(), position);
const refused = (ask: () => unknown): unknown => {
  try {
    return ask();
  } catch (error) {
    return error instanceof Refusal ? Object.keys(error.details('en') ?? {}) : error;
  }
};

test('names the position behind which the next page begins', () => {
  expect(positionOf(of(), cursor)).toEqual(position);
  expect(positionOf(of(), undefined)).toBeUndefined();
  expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
});

test.each([
  ['another tenant’s', of(2), cursor],
  ['another list’s', of(1, 'events'), cursor],
  ['another order’s', of(1, 'records', 1), cursor],
  ['nothing', of(), ''],
  ['words', of(), 'next'],
  ['cut off', of(), cursor.slice(0, -1)],
  ['longer', of(), `${cursor}A`],
  ['padded', of(), `${cursor}=`],
  ['with other numbers', of(), Buffer.from('1.2.3').toString('base64url')],
  ['no numbers', of(), Buffer.from('NaN.NaN.x').toString('base64url')],
  ['an endless time', of(), Buffer.from('9e99.1.x').toString('base64url')],
])('%s is refused', (_name, whose, text) =>
  expect(refused(() => positionOf(whose, text))).toEqual(['cursor']),
);

test('is not asked for beside a page', () =>
  expect(refused(() => positionOf(of(), cursor, 2))).toEqual(['page']));

test('what lies behind it, in both orders', () => {
  expect(behind('createdAt', undefined, -1)).toEqual({});
  expect(behind('createdAt', position, 1)).toEqual({
    $and: [{ createdAt: { $gte: position.at } }],
    $nor: [{ createdAt: position.at, _id: { $lte: position.id } }],
  });
});
