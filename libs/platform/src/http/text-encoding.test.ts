import type { Refusal } from '@membership/contracts/errors';
import { charsetOf, fileText, utf8Text } from './text-encoding.ts';

const sentence = (work: () => unknown): string => {
  try {
    return `fine: ${JSON.stringify(work())}`;
  } catch (error) {
    const refusal = error as Refusal;
    return `${refusal.status}: ${JSON.stringify(refusal.details('en'))}`;
  }
};
const bytes = (text: string) => Buffer.from(text, 'latin1');
/** 姓名, 张三 as GBK. */
const GBK = bytes('\xd0\xd5\xc3\xfb\n\xd5\xc5\xc8\xfd\n');

describe('a body that must be UTF-8', () => {
  test('is read whole, its mark left out', () => {
    expect(utf8Text(Buffer.from('\uFEFF{"a":"张"}'))).toBe('{"a":"张"}');
    expect(utf8Text(Buffer.from('a\uFFFDb'))).toBe('a\uFFFDb');
  });
  test.each([
    ['{"a":"\n\xd5\xc5"}', 'line 2, byte 8'],
    ['\xff', 'line 1, byte 1'],
    ['abc\xe5\xbc', 'line 1, byte 4'],
    ['\xed\xa0\x80', 'line 1, byte 1'],
    ['\xc0\x80', 'line 1, byte 1'],
  ])('or refused, with the place: %j', (text, place) => {
    expect(sentence(() => utf8Text(bytes(text)))).toMatch(new RegExp(`^400: .*${place}`));
  });
});

describe('a file of rows', () => {
  test('says its encoding by a mark, by the request, or is UTF-8', () => {
    expect(fileText(Buffer.from('\uFEFF名'), undefined)).toEqual({ text: '名', encoding: 'utf-8' });
    expect(fileText(Buffer.from('\uFEFF名', 'utf16le'), 'text/csv')).toEqual({
      text: '名',
      encoding: 'utf-16le',
    });
    expect(fileText(Buffer.from('\uFEFF名', 'utf16le').swap16(), 'text/csv; charset=utf-8')).toEqual({
      text: '名',
      encoding: 'utf-16be',
    });
    for (const charset of ['gbk', 'GB18030', 'gb2312', '"gb18030"'])
      expect(fileText(GBK, `text/csv; charset=${charset}`).text).toBe('姓名\n张三\n');
    expect(fileText(bytes('M\xfcller'), 'text/csv;charset=windows-1252').text).toBe('Müller');
  });
  test.each([
    ['GBK that nobody named', GBK, 'text/csv', 'line 1.*CSV UTF-8.*charset=gb18030'],
    ['bytes that would do as GBK, but are none', bytes('name\nM\xfcller'), 'text/csv', 'line 2.*CSV UTF-8'],
    ['what is not what it says', bytes('a\xff'), 'text/csv; charset=gb18030', 'not valid gb18030'],
    ['half of a UTF-16 character', bytes('\xff\xfea'), 'text/csv', 'not valid utf-16le'],
    ['a workbook', bytes('PK\x03\x04rest'), 'text/csv', 'workbook'],
    ['an old workbook', bytes('\xd0\xcf\x11\xe0'), 'application/vnd.ms-excel', 'workbook'],
  ])('is refused with advice: %s', (_what, raw, type, advice) => {
    expect(sentence(() => fileText(raw, type))).toMatch(new RegExp(`^400: .*${advice}`));
  });
  test('in a charset that is none is 415', () => {
    expect(sentence(() => fileText(GBK, 'text/csv; charset=klingon'))).toMatch(/^415: .*klingon/);
  });
});

test.each([
  [undefined, undefined],
  ['text/csv', undefined],
  ['text/csv; charset=GBK', 'gbk'],
  ['text/csv; header=present; charset="utf-8"', 'utf-8'],
  ['text/csv;x-charset=a', undefined],
])('the charset of %j is %j', (type, charset) => expect(charsetOf(type)).toBe(charset));
