import { renderAnswer, renderRefusal, type Answer } from './dialects.ts';
import { Refusal, invalid, invalidState, refuse } from './errors.ts';

const now = new Date('2024-09-24T10:00:00Z');
const context = {
  language: 'zh',
  requestId: 'req_abc123def456',
  now,
  url: new URL('http://api.example.com/api/v1/license-assignments/?status=active'),
} as const;
const list = (more: Partial<Answer> = {}, page = {}): Answer => ({
  kind: 'list',
  value: { items: [1], count: 156, ...page },
  page: { number: 2, size: 20 },
  ...more,
});

test('drf: bare objects, lists with links, actions with a sentence', () => {
  expect(renderAnswer('drf', { kind: 'object', value: { a: 1 } }, context)).toEqual({ a: 1 });
  expect(renderAnswer('drf', list(), context)).toEqual({
    count: 156,
    next: 'http://api.example.com/api/v1/license-assignments/?status=active&page=3',
    previous: 'http://api.example.com/api/v1/license-assignments/?status=active&page=1',
    results: [1],
  });
  expect(renderAnswer('drf', { kind: 'action', value: { record_id: 1 }, message: '好' }, context)).toEqual({
    success: true,
    message: '好',
    record_id: 1,
  });
});
test('data: success and data, lists with page_info', () => {
  expect(
    renderAnswer('data', { kind: 'object', value: { a: 1 }, message: '许可证分配成功' }, context),
  ).toEqual({ success: true, message: '许可证分配成功', data: { a: 1 } });
  expect(renderAnswer('data', list(), context)).toMatchObject({
    success: true,
    data: { count: 156, results: [1], page_info: { current_page: 2, total_pages: 8, page_size: 20 } },
  });
});
test('code: 200, message, data, timestamp; lists under their own key', () => {
  expect(renderAnswer('code', { kind: 'object', value: { a: 1 } }, context)).toEqual({
    code: 200,
    message: 'success',
    data: { a: 1 },
    timestamp: '2024-09-24T10:00:00.000Z',
  });
  expect(
    renderAnswer(
      'code',
      list({ itemsKey: 'transactions' }, { beside: { summary: { total_used: 1 } } }),
      context,
    ),
  ).toMatchObject({
    data: {
      summary: { total_used: 1 },
      transactions: [1],
      pagination: { page: 2, limit: 20, total: 156, total_pages: 8 },
    },
  });
});
test('app: 2000 or the application’s own code', () => {
  expect(renderAnswer('app', { kind: 'object', value: { code: 'my-app' } }, context)).toEqual({
    success: true,
    code: 'my-app',
    message: '操作成功',
    data: { code: 'my-app' },
  });
  expect(renderAnswer('app', { kind: 'object', value: { a: 1 } }, context)).toMatchObject({ code: 2000 });
  expect(renderAnswer('app', list({ page: { number: 1, size: 10 } }, { count: 11 }), context)).toMatchObject({
    code: 2000,
    data: {
      pagination: { count: 11, previous: null, page_size: 10, current_page: 1, total_pages: 2 },
      results: [1],
    },
  });
});
test.each(['drf', 'data', 'code', 'app'] as const)(
  '%s: a count that was read before its page is not less than what the page shows',
  (dialect) => {
    const at = (number: number, count: number) =>
      JSON.stringify(renderAnswer(dialect, list({ page: { number, size: 1 } }, { count }), context));
    expect(at(1, 0)).toBe(at(1, 1));
    expect(at(3, 1)).toBe(at(3, 3));
  },
);
test('an estimate says so, and goes on while pages are full', () => {
  expect(
    renderAnswer('drf', list({ page: { number: 1, size: 1 } }, { count: 10_000, isEstimate: true }), context),
  ).toMatchObject({ count_is_estimate: true, next: expect.any(String) });
  expect(renderAnswer('drf', list({}, { count: 0, items: [] }), { ...context })).toMatchObject({
    count: 0,
    next: null,
  });
});

const wrongFields = invalid({
  member_id: { zh: '此字段为必填项', en: 'This field is required' },
  license_id: { zh: '无效的许可证ID', en: 'Unknown licence id' },
});
test('refusals: drf and data as seed 002 shows', () => {
  expect(renderRefusal('data', wrongFields, context)).toEqual({
    success: false,
    error: {
      code: 'VALIDATION_ERROR',
      message: '请求参数验证失败',
      details: { member_id: ['此字段为必填项'], license_id: ['无效的许可证ID'] },
    },
    timestamp: '2024-09-24T10:00:00.000Z',
    request_id: 'req_abc123def456',
  });
});
test('refusals: code as seed 003 shows, in English as its table', () => {
  expect(renderRefusal('code', wrongFields, context)).toMatchObject({
    code: 400,
    message: '请求参数错误',
    data: {
      errors: [
        { field: 'member_id', message: '此字段为必填项' },
        { field: 'license_id', message: '无效的许可证ID' },
      ],
    },
  });
  const short = refuse('INSUFFICIENT_POINTS', {
    details: { required_points: 500, available_points: 300, shortage: 200 },
  });
  expect(renderRefusal('code', short, context)).toEqual({
    code: 409,
    message: '积分余额不足',
    data: { required_points: 500, available_points: 300, shortage: 200 },
    error_code: 'INSUFFICIENT_POINTS',
    timestamp: '2024-09-24T10:00:00.000Z',
  });
  expect(renderRefusal('code', refuse('OUT_OF_STOCK'), context)).toMatchObject({
    code: 409,
    data: {},
    error_code: 'OUT_OF_STOCK',
  });
  expect(renderRefusal('code', short, { ...context, language: 'en' })).toMatchObject({ message: 'conflict' });
  expect(renderRefusal('code', refuse('AUTH_001'), { ...context, language: 'en' })).toMatchObject({
    code: 401,
    message: 'unauthorized',
    data: {},
  });
});
test('refusals: app as seed 004 shows', () => {
  const taken = invalid({
    code: { zh: 'code字段在当前租户下必须唯一', en: 'code must be unique in the tenant' },
  });
  expect(renderRefusal('app', taken, context)).toEqual({
    success: false,
    code: 4000,
    message: 'code字段在当前租户下必须唯一',
    data: null,
    error_code: 'VALIDATION_ERROR',
  });
  expect(
    ['AUTH_001', 'PERM_001', 'BIZ_001', 'CONFLICT', 'RATE_LIMITED', 'SYS_002'].map(
      (code) => (renderRefusal('app', new Refusal(code as 'AUTH_001'), context) as { code: number }).code,
    ),
  ).toEqual([4001, 4003, 4004, 4009, 4029, 5000]);
});
test('a state that forbids says what it allows', () => {
  expect(renderRefusal('data', invalidState('revoked', []), { ...context, language: 'en' })).toMatchObject({
    error: { code: 'INVALID_STATE', details: { current_state: 'revoked', allowed_actions: [] } },
  });
});
