import { circlesOf, importsBetween, packageOf, roomOf, withoutShortcuts } from './rooms.ts';

const file = (source: string, ...imported: string[]) => ({
  source,
  dependencies: imported.map((resolved) => ({ resolved })),
});
const at = (path: string) => `services/points/src/${path}`;

describe('rooms', () => {
  test('are the folders and files of the first level, without tests', () => {
    expect(roomOf(at('ledger/decide/earn.ts'))).toBe('services/points/ledger');
    expect(roomOf(at('app.ts'))).toBe('services/points/app');
    expect(packageOf('apps/console/src/main.tsx')).toBe('apps/console');
    expect(roomOf(at('ledger/audit.test.ts'))).toBeNull();
    expect(roomOf('node_modules/zod/index.js')).toBeNull();
  });

  test('that import each other in a circle are told, though no file does', () => {
    const modules = [
      file(at('ledger/earn.ts'), at('orders/order.ts')),
      file(at('orders/order.ts')),
      file(at('orders/take-order.ts'), at('holds/hold.ts')),
      file(at('holds/hold.ts'), at('ledger/record.ts')),
      file(at('ledger/record.ts')),
      file(at('app.ts'), at('ledger/earn.ts')),
    ];
    expect(circlesOf(importsBetween(modules, (source) => source))).toEqual([]);
    expect(circlesOf(importsBetween(modules, packageOf))).toEqual([]);
    expect(circlesOf(importsBetween(modules, roomOf))).toEqual([
      [
        'services/points/holds → services/points/ledger → services/points/orders → services/points/holds',
        `${at('holds/hold.ts')} imports ${at('ledger/record.ts')}`,
        `${at('ledger/earn.ts')} imports ${at('orders/order.ts')}`,
        `${at('orders/take-order.ts')} imports ${at('holds/hold.ts')}`,
      ].join('\n    '),
    ]);
  });

  test('two circles are both told', () => {
    const modules = [file('a', 'b'), file('b', 'a'), file('c', 'd', 'a'), file('d', 'c')];
    expect(circlesOf(importsBetween(modules, (source) => source))).toEqual([
      expect.stringMatching(/^a → b → a\n/),
      expect.stringMatching(/^c → d → c\n/),
    ]);
  });

  test('an arrow that others lead to is left out of a picture', () => {
    const modules = [file('a', 'c', 'b', 'd'), file('b', 'c'), file('c', 'd'), file('d')];
    expect(withoutShortcuts(importsBetween(modules, (source) => source))).toEqual([
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
    ]);
  });
});
