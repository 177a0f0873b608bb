import { z } from 'zod';
import { exactText, text } from './characters.ts';
import type { Endpoint } from './endpoint.ts';
import { allEndpoints } from './endpoints/index.ts';
import { webhookBody } from './endpoints/points/webhooks.ts';
import { jsonObject, requiredText, search } from './schemas.ts';

const refuses = (schema: z.ZodType, value: unknown): boolean => !schema.safeParse(value).success;

/** Every schema of text inside a schema, with the path to it. Types of its own making (`z.unknown()`) count as text. */
function texts(schema: z.core.$ZodType, path = ''): [string, z.ZodType][] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'string':
    case 'unknown':
    case 'any':
      return [[path, schema as z.ZodType]];
    case 'object':
      return Object.entries(def.shape).flatMap(([name, inner]) => texts(inner, `${path}.${name}`));
    case 'array':
      return texts(def.element, `${path}[]`);
    case 'record':
      // Free-form JSON is checked as a whole.
      return (schema as z.core.$ZodType)._zod.def.checks?.length
        ? [[path, schema as z.ZodType]]
        : [...texts(def.keyType, `${path}.<key>`), ...texts(def.valueType, `${path}.<value>`)];
    case 'union':
      return def.options.flatMap((inner) => texts(inner, path));
    case 'pipe':
      // What a transform of text refuses, it refuses as a whole.
      return texts(def.in, path).map(([inner, leaf]) => [
        inner,
        inner === path ? (schema as z.ZodType) : leaf,
      ]);
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'nonoptional':
    case 'catch':
      return texts(def.innerType, path);
    default:
      return [];
  }
}
const partsOf = ({ params, query, body }: Endpoint) =>
  [params, query, body].filter((part) => part !== undefined);

const NUL = 'a\u0000b';
const HALVES = ['\ud800', 'k\udfff', 'x\udc00\ud800y'];

describe('no text that comes in', () => {
  /** RFC 6749 reads its own parameters; a file is read row by row, each by the rule of its field. */
  const OWN_WAY = ['issueServiceToken', 'importMembers'];
  /** What a shop says of an order is free-form, and checked as a whole. */
  const FREE = 'takeWebhook.event_data.items[]';
  const fields = allEndpoints
    .filter(({ name }) => !OWN_WAY.includes(name))
    .flatMap((one) =>
      partsOf(one).flatMap((part) =>
        texts(part).map(([path, schema]) => [`${one.name}${path}`, schema] as const),
      ),
    );

  test('is passed over by the next test', () => expect(fields.length).toBeGreaterThan(400));
  test('holds a NUL or half a character', () => {
    const open = fields
      .filter(([name]) => !name.startsWith(FREE))
      .filter(([, schema]) =>
        [NUL, ...HALVES].some((bad) => {
          // In an address, too, which a parser of addresses would take.
          if (!refuses(schema, `https://a.example/${bad}`)) return true;
          const isRecord = schema instanceof z.ZodRecord;
          const wrong = isRecord
            ? [{ [bad]: 1 }, { key: bad }, { key: [{ inner: bad }] }, { key: { [bad]: 1 } }]
            : [bad];
          return wrong.some((value) => !refuses(schema, value));
        }),
      );
    expect(open.map(([name]) => name)).toEqual([]);
  });
});

describe('text', () => {
  test('has one spelling', () => {
    expect(text().parse('Jose\u0301')).toBe('José');
    expect(search.parse(' e\u0301 ')).toBe('é');
  });
  test('keeps tabs, line ends, emoji and what joins them', () => {
    for (const fine of ['a\tb\r\nc', '👩‍👩‍👧', '\u{20000}', '\u202eabc', '\ufeffx'])
      expect(text().parse(fine)).toBe(fine);
  });
  test.each(['\u0000', '\u0001', '\u0008', '\u000b', '\u001b[31m', '\u007f', '\u0085'])(
    'refuses %j',
    (bad) => {
      expect(refuses(text(), `a${bad}b`)).toBe(true);
      expect(refuses(exactText(), `a${bad}b`)).toBe(true);
    },
  );
  test('that is a secret stays as it was sent', () => {
    expect(exactText().parse('e\u0301')).toBe('e\u0301');
  });
});

describe('a name', () => {
  const INVISIBLE = [
    '\u200b',
    '\u200b\u200d\u2060',
    '\u00ad',
    '\u3164',
    ' \u2800 ',
    '\ufe0f',
    '\u{e0020}',
    '\ufeff',
  ];
  const names = allEndpoints.flatMap((one) =>
    partsOf(one)
      .flatMap((part) => texts(part))
      // Claims of others' tokens are called as they are.
      .filter(([path]) => /(^|\.|_)(name|nickname|title)$/.test(path) && !path.startsWith('.claims'))
      .map(([path, schema]) => [`${one.name}${path}`, schema] as const),
  );
  test('is passed over by the next test', () => expect(names.length).toBeGreaterThan(30));
  test('has something to see in it', () => {
    // What trims to nothing is none where none may be given.
    const isTaken = (schema: z.ZodType, name: string) => Boolean(schema.safeParse(name).data);
    const unseen = names.filter(([, schema]) => INVISIBLE.some((name) => isTaken(schema, name)));
    expect(unseen.map(([path]) => path)).toEqual([]);
  });
  test('may hold what joins and parts letters', () => {
    for (const name of ['می\u200cخواهم', '👩\u200d👩\u200d👧', '❤\ufe0f', 'क्\u200dष'])
      expect(requiredText.parse(name)).toBe(name);
  });
});

test('what a shop says beside the fields of an event is checked, too', () => {
  const told = (event_data: object) =>
    webhookBody.safeParse({
      event_type: 'ORDER_COMPLETED',
      event_data: { user_id: 1, order_id: 'A1', order_amount: 1, ...event_data },
      timestamp: '2026-01-05T08:00:00Z',
    }).success;
  expect(told({ items: [{ name: '茶' }], note: 'x' })).toBe(true);
  for (const bad of [
    { items: [{ name: NUL }] },
    { items: [{ 'a\ud800': 1 }] },
    { note: '\udfff' },
    { [NUL]: 1 },
  ])
    expect(told(bad)).toBe(false);
});

test('free-form JSON names the key or the value that cannot be stored', () => {
  const problem = (value: unknown) => jsonObject.safeParse(value).error?.issues[0]?.path;
  expect(problem({ ok: [1, { bad: 'x\u0000' }] })).toEqual(['ok', '1', 'bad']);
  expect(problem({ 'a\ud800': 1 })).toEqual(['a\ud800']);
  expect(problem({ big: JSON.parse('1e400') as number })).toEqual(['big']);
  expect(problem({ tab: '\u000b' })).toBeUndefined();
});

test('numbers of free-form JSON come back as they were sent, or are refused', () => {
  const read = (text: string) => jsonObject.safeParse(JSON.parse(text));
  const kept = [
    '9007199254740991',
    '-9007199254740991',
    '4503599627370497',
    '0.1',
    '-12.5',
    '1e15',
    '5e-324',
  ];
  for (const number of kept) {
    const { data } = read(`{"a":[${number}]}`);
    expect((data as { a: number[] }).a[0]).toBe(Number(number));
  }
  // The first of these was another number by the time it was read; nobody can tell which of them were.
  for (const number of ['9007199254740993', '9007199254740992', '-12345678901234567890', '1e300', '1e400'])
    expect(read(`{"a":[${number}]}`).error?.issues[0]?.path).toEqual(['a', '0']);
});
