import { parseTestArguments } from './test-arguments.ts';

describe('the arguments of npm test', () => {
  test('none mean everything but the long drills, within 40 minutes', () => {
    expect(parseTestArguments([])).toEqual({
      help: false,
      projects: ['unit', 'component', 'e2e'],
      timeLimitMinutes: 40,
      once: false,
      jest: [],
    });
  });

  test('drills have 90 minutes, unless told otherwise', () => {
    expect(parseTestArguments(['drill', 'faults'])).toMatchObject({ timeLimitMinutes: 90, jest: ['faults'] });
    expect(parseTestArguments(['drill', '--time-limit', '5'])).toMatchObject({ timeLimitMinutes: 5 });
  });

  test('--once is no pattern', () => {
    expect(parseTestArguments(['unit', '--once', 'points'])).toMatchObject({
      projects: ['unit'],
      once: true,
      jest: ['points'],
    });
  });

  test('project names come first, in any order; the rest is for jest', () => {
    const wanted = parseTestArguments(['component', 'unit', 'points', '-t', 'spending']);
    expect(wanted.projects).toEqual(['unit', 'component']);
    expect(wanted.jest).toEqual(['points', '-t', 'spending']);
    expect(parseTestArguments(['drill', 'licence'])).toMatchObject({
      projects: ['drill'],
      jest: ['licence'],
    });
  });

  test('a project name after a pattern is a pattern', () => {
    expect(parseTestArguments(['ledger', 'unit'])).toMatchObject({
      projects: ['unit', 'component', 'e2e'],
      jest: ['ledger', 'unit'],
    });
  });

  test('the time limit is taken in both spellings and must be a number', () => {
    expect(parseTestArguments(['--time-limit', '3', 'x'])).toMatchObject({
      timeLimitMinutes: 3,
      jest: ['x'],
    });
    expect(parseTestArguments(['--time-limit=0.5'])).toMatchObject({ timeLimitMinutes: 0.5, jest: [] });
    expect(() => parseTestArguments(['--time-limit', 'soon'])).toThrow('--time-limit needs a number');
  });
});
