import { whyNotStep } from './redemption.ts';

test.each([
  ['requested', 'ship', true],
  ['requested', 'complete', true],
  ['requested', 'cancel', true],
  ['shipped', 'ship', false],
  ['shipped', 'complete', true],
  ['shipped', 'cancel', true],
  ['completed', 'cancel', false],
  ['completed', 'return', true],
  ['shipped', 'return', false],
  ['cancelled', 'return', false],
  ['cancelled', 'complete', false],
] as const)('%s allows %s: %s', (status, step, isAllowed) =>
  expect(whyNotStep(status, step) === undefined).toBe(isAllowed),
);

test('what a state allows is said', () => {
  expect(whyNotStep('shipped', 'ship')?.details('en')).toEqual({
    current_state: 'shipped',
    allowed_actions: ['complete', 'cancel'],
  });
});
