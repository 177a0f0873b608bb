import { codeOfHost } from './tenant-host.ts';

test.each([
  ['acme.members.example.com', 'https://members.example.com', 'acme'],
  ['ACME.Members.Example.com:8443', 'https://members.example.com', 'acme'],
  ['acme.localhost:8000', 'http://localhost:8000', 'acme'],
  ['members.example.com', 'https://members.example.com', undefined],
  ['a.b.members.example.com', 'https://members.example.com', undefined],
  ['acme.evil.example', 'https://members.example.com', undefined],
  ['evilmembers.example.com', 'https://members.example.com', undefined],
  ['.members.example.com', 'https://members.example.com', undefined],
  ['__proto__.members.example.com', 'https://members.example.com', undefined],
  ['{"$gt":""}.members.example.com', 'https://members.example.com', undefined],
  ['127.0.0.1:8000', 'http://127.0.0.1:8000', undefined],
  [undefined, 'http://localhost:8000', undefined],
])('%s asked of %s names %s', (host, publicUrl, code) => expect(codeOfHost(host, publicUrl)).toBe(code));
