import { RouteTable, pathFor } from './routes.ts';

const route = (method: 'get' | 'post' | 'delete', path: string) => ({ method, path });
const table = new RouteTable([
  route('get', '/api/v1/things/'),
  route('post', '/api/v1/things/'),
  route('get', '/api/v1/things/:id/'),
  route('get', '/api/v1/things/summary/'),
  route('post', '/api/v1/things/:id/parts/:part/'),
]);
const found = (method: string, path: string) => {
  const match = table.match(method, path);
  return match.found ? [match.target.path, match.params] : match.allow;
};

test.each(['/api/v1/things/', '/api/v1/things'])('%s is found with and without its slash', (path) =>
  expect(found('GET', path)).toEqual(['/api/v1/things/', {}]),
);
test('parameters are read, a literal wins over them', () => {
  expect(found('GET', '/api/v1/things/7/')).toEqual(['/api/v1/things/:id/', { id: '7' }]);
  expect(found('get', '/api/v1/things/summary/')).toEqual(['/api/v1/things/summary/', {}]);
  expect(found('POST', '/api/v1/things/7/parts/x')).toEqual([
    '/api/v1/things/:id/parts/:part/',
    { id: '7', part: 'x' },
  ]);
});
test('a known path names the methods that it allows, HEAD with GET', () => {
  expect(found('DELETE', '/api/v1/things/')).toEqual(['GET', 'HEAD', 'POST']);
  expect(found('DELETE', '/api/v1/things/7/parts/x/')).toEqual(['POST']);
  expect(found('DELETE', '/api/v1/nothing/')).toEqual([]);
});
test.each([
  '//api/v1/things/',
  '/api//v1/things/',
  '/api/v1/things//',
  '/api/v1/things/%2e%2e/',
  '/api/v1/things/..;/',
  '/api/v1/things/../',
  '/api/v1/things/7%2f/',
  '/',
  '',
  '/api/v1/things/7/parts/',
])('the trick %j matches nothing', (path) => expect(found('GET', path)).toEqual([]));
test('two endpoints of one method and path are a mistake', () =>
  expect(() => new RouteTable([route('get', '/a/:x/'), route('get', '/a/:y/')])).toThrow('Two endpoints'));
test('a path is filled and encoded; a missing parameter throws', () => {
  expect(pathFor('/a/:x/', { x: 'b/c' })).toBe('/a/b%2Fc/');
  expect(() => pathFor('/a/:x/')).toThrow(':x');
});
