import { type CruiseResult, problemsOf } from './fences.ts';

const aResult = (
  sources: string[],
  violations: CruiseResult['summary']['violations'] = [],
): CruiseResult => ({
  modules: sources.map((source) => ({ source, dependencies: [] })),
  summary: {
    violations,
    ruleSetUsed: { forbidden: [{ name: 'no-cycles', comment: 'Move what both need.' }] },
  },
});

describe('the fences', () => {
  test('hold when every file was seen and nothing is wrong', () => {
    expect(problemsOf(aResult(['a.ts', 'node_modules/x']), { sources: ['a.ts'] })).toEqual([]);
  });

  test('do not count when files were not seen', () => {
    expect(problemsOf(aResult([]), { sources: ['a.ts', 'b.ts'] })).toEqual([
      expect.stringContaining('saw 0 of 2 files'),
    ]);
  });

  test('name the rule, the way and what to do instead', () => {
    const violation = { from: 'a.ts', to: 'b.ts', rule: { name: 'no-cycles', severity: 'error' } };
    const found = { ...violation, cycle: [{ name: 'b.ts' }, { name: 'a.ts' }] };
    expect(problemsOf(aResult(['a.ts'], [found]), { sources: ['a.ts'] })).toEqual([
      'no-cycles: a.ts → b.ts → a.ts\n    Move what both need.',
    ]);
  });

  test('are rooms, too: a circle of folders counts where no file is in one', () => {
    const a = 'services/vip/src/holdings/renew.ts';
    const b = 'services/vip/src/purchases/quote.ts';
    const c = 'services/vip/src/purchases/purchase.ts';
    const d = 'services/vip/src/holdings/grant.ts';
    const modules = [
      { source: a, dependencies: [{ resolved: b }] },
      { source: c, dependencies: [{ resolved: d }] },
      ...[b, d].map((source) => ({ source, dependencies: [] })),
    ];
    expect(problemsOf({ ...aResult([]), modules }, { sources: [a, b, c, d] })).toEqual([
      expect.stringContaining(
        'no-circle-of-rooms: services/vip/holdings → services/vip/purchases → services/vip/holdings',
      ),
    ]);
  });
});
