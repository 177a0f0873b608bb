import { makeRoom } from './make-room.ts';

/** Time that passes by pauses alone; something is in the way for so many milliseconds. */
async function waited(tookMilliseconds: number, inTheWayFor: number): Promise<number> {
  let time = 0;
  const pause = async (milliseconds: number) => void (time += milliseconds);
  await makeRoom(tookMilliseconds, () => time < inTheWayFor, { now: () => time, pause });
  return time;
}

test('what is in nobody’s way waits for nothing', async () => {
  expect(await waited(400, 0)).toBe(0);
});

test('else it waits until what serves has come along, looking often', async () => {
  expect(await waited(1_000, 130)).toBe(150);
});

test('it goes on with a quarter of its pace at least', async () => {
  for (const took of [0, 10, 333, 2_000]) expect(await waited(took, Number.POSITIVE_INFINITY)).toBe(3 * took);
});
