import { untilClear } from './midnight.ts';

const at = (time: string) => untilClear('Asia/Shanghai', new Date(`2026-12-31T${time}+08:00`));

test('a day that has two minutes left is not waited for, one with less is', () => {
  expect([at('00:00:00.000'), at('12:00:00.000'), at('23:58:00.000')]).toEqual([0, 0, 0]);
  expect([at('23:58:00.001'), at('23:59:59.999')]).toEqual([119_999, 1]);
});
