import type { IncomingMessage, ServerResponse } from 'node:http';
import { earnPoints, getProfile } from '@membership/contracts/endpoints/points/index';
import { createLogger } from '@membership/platform/log';
import type { accessLogs } from '../config.ts';
import { accessLogOf, type Answered } from './access-log.ts';

/** The lines of some requests, as they are written: a read and a change that went well, a read that was refused, one whose client left. */
function textsOf(
  which: (typeof accessLogs)[number],
  options: Parameters<typeof accessLogOf>[2] = {},
  url = '/api/v1/points/profiles/7/?token=secret&email=a@b.c',
): string[] {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = accessLogOf(which, createLogger({ service: 'gateway', level: 'info', destination }), options);
  const answered = (method: string, statusCode: number, writableFinished = true): Answered => ({
    request: { method, url } as IncomingMessage,
    response: { statusCode, writableFinished } as ServerResponse,
    marks: { requestId: 'r1', language: 'zh' },
    address: '198.51.100.7',
    caller: { sub: 'user:7', tenant: { _id: 2 } } as Answered['caller'],
  });
  log(answered('GET', 200), getProfile, 1.26);
  log(answered('POST', 201), earnPoints, 2);
  log(answered('GET', 404), undefined, 3);
  log(answered('GET', 200, false), getProfile, 4);
  return lines;
}
const linesOf = (...args: Parameters<typeof textsOf>) =>
  textsOf(...args).map((line) => JSON.parse(line) as Record<string, unknown>);

test('a line says who asked what, and how it ended, and nothing else', () => {
  const [read] = linesOf('all');
  expect(read).toEqual({
    ...{ level: 'info', time: expect.any(String), service: 'gateway', msg: 'access' },
    ...{ upstream: 'points' },
    ...{ requestId: 'r1', method: 'GET', path: '/api/v1/points/profiles/7/', route: getProfile.path },
    ...{ status: 200, ms: 1.3, tenant: 2, caller: 'user:7', from: '198.51.100.7' },
  });
});

test('no name stands twice in a line: what collects logs refuses such a one', () => {
  for (const line of textsOf('all')) {
    const names = [...line.matchAll(/"(\w+)":/g)].map(([, name]) => name);
    expect(names).toEqual([...new Set(names)]);
  }
});

test('secrets that somebody writes into a path are left out', () => {
  const key = `mk_f3Kx0Vw92aQd_${'a1B'.repeat(14)}`;
  const pathOf = (url: string): unknown => {
    const [line] = linesOf('all', {}, url);
    return line?.path;
  };
  expect(pathOf(`/api/v1/api-keys/${key}/`)).toBe('/api/v1/api-keys/mk_f3Kx0Vw92aQd_…/');
  expect(pathOf(`/${'x'.repeat(150)}/${key}`)).toBe(`/${'x'.repeat(150)}/mk_f3Kx0Vw92aQd_…`);
  expect(pathOf('http://amy:secret@host/api/v1/')).toBe('http://host/api/v1/');
  expect(pathOf('amy:secret@host:443')).toBe('host:443');
  expect(pathOf('/api/v1/a@b/')).toBe('/api/v1/a@b/');
});

test('of changes: all but reads that went well', () => {
  const statuses = (which: (typeof accessLogs)[number]) =>
    linesOf(which).map(({ method, status, isWhole = true }) => [method, status, isWhole]);
  const [read, ...others] = [
    ['GET', 200, true],
    ['POST', 201, true],
    ['GET', 404, true],
    ['GET', 200, false],
  ];
  expect(statuses('all')).toEqual([read, ...others]);
  expect(statuses('changes')).toEqual(others);
  expect(statuses('refusals')).toEqual(others.slice(1));
  expect(statuses('none')).toEqual([]);
});

test('of what went well and would leave no line, a share does; what did not go well always does', () => {
  const drawn = [0.2, 0.01, 0.05, 0.049];
  const random = () => drawn.shift() as number;
  const statusesOf = (which: (typeof accessLogs)[number], sample: number) =>
    linesOf(which, { sample, random }).map(({ method, status }) => `${method} ${status}`);
  expect(statusesOf('changes', 0.05)).toEqual(['POST 201', 'GET 404', 'GET 200']);
  expect(statusesOf('refusals', 0.05)).toEqual(['GET 200', 'GET 404', 'GET 200']);
  expect(statusesOf('changes', 0.05)).toEqual(['GET 200', 'POST 201', 'GET 404', 'GET 200']);
  expect(statusesOf('none', 1)).toEqual([]);
});
