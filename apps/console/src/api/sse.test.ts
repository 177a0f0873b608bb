import { eventsOf, type ServerEvent } from './sse.ts';

async function read(...chunks: string[]): Promise<ServerEvent[]> {
  const bytes = chunks.map((chunk) => new TextEncoder().encode(chunk));
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const chunk of bytes) controller.enqueue(chunk);
      controller.close();
    },
  });
  const events: ServerEvent[] = [];
  for await (const event of eventsOf(stream)) events.push(event);
  return events;
}

test('events come whole however they are cut; comments and what is unfinished say nothing', async () => {
  expect(
    await read(
      ': hello\n\nid: 7\nevent: over',
      'view\ndata: {"a":\ndata: 1}\n\nda',
      'ta:x\r\n\r\ndata: never ended',
    ),
  ).toEqual([
    { name: 'overview', data: '{"a":\n1}', id: '7' },
    { name: 'message', data: 'x', id: undefined },
  ]);
});

test('letters of several bytes are one letter across two chunks', async () => {
  const [first, second] = [new Uint8Array([0xe5]), new Uint8Array([0xbc, 0xa0])];
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode('data: '));
      controller.enqueue(first as Uint8Array);
      controller.enqueue(second as Uint8Array);
      controller.enqueue(new TextEncoder().encode('\n\n'));
      controller.close();
    },
  });
  const { value } = await eventsOf(stream).next();
  expect(value).toMatchObject({ data: '张' });
});
