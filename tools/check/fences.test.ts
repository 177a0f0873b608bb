import { type CruiseResult, problemsOf } from './fences.ts';

const aResult = (
  sources: string[],
  violations: CruiseResult['summary']['violations'] = [],
): CruiseResult => ({
  modules: sources.map((source) => ({ source })),
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
});
