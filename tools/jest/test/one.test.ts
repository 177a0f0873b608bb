import { begun } from './own-state.ts';

// Its twin in this folder does the same, often in the same process.
test('a test file has the helpers beside it, and its environment variables, to itself', () => {
  expect([begun, process.env['SET_BY_A_TEST_FILE']]).toEqual([[], undefined]);
  begun.push('one');
  process.env['SET_BY_A_TEST_FILE'] = 'one';
});
