import { InTurn } from './in-turn.ts';

test('one after the other under a key, in the order of asking, whatever fails; other keys do not wait', async () => {
  const turns = new InTurn();
  const said: string[] = [];
  let open: (() => void) | undefined;
  const gate = new Promise<void>((done) => (open = done));
  const first = turns.run('a', async () => {
    await gate;
    said.push('first');
    throw new Error('no');
  });
  const second = turns.run('a', async () => said.push('second'));
  const third = turns.run('a', async () => said.push('third'));
  await turns.run('b', async () => said.push('other'));
  expect(said).toEqual(['other']);
  open?.();
  await expect(first).rejects.toThrow('no');
  await Promise.all([second, third]);
  expect(said).toEqual(['other', 'first', 'second', 'third']);
  await turns.run('a', async () => said.push('later'));
  expect([said.at(-1), turns.size]).toEqual(['later', 0]);
});
