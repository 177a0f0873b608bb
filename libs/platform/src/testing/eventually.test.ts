import { eventually } from './eventually.ts';

test('resolves with what the check returns once it no longer fails', async () => {
  let calls = 0;
  const check = async () => {
    if (++calls < 3) throw new Error('not yet');
    return calls;
  };
  expect(await eventually(check, { every: 1 })).toBe(3);
});

test('rejects with the last failure', async () => {
  await expect(
    eventually(
      () => {
        throw new Error('still wrong');
      },
      { milliseconds: 20, every: 5 },
    ),
  ).rejects.toThrow('still wrong');
});
