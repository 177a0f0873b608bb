import { answerProblems } from './answers.ts';
import type { Endpoint } from './endpoint.ts';
import { createApplication, deleteApplication } from './endpoints/applications/index.ts';
import { issueServiceToken } from './endpoints/gateway/index.ts';
import {
  checkProfileLevel,
  getStatement,
  listPointsTransactions,
  pageBenefits,
  spendPoints,
} from './endpoints/points/index.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const problems = (one: Endpoint, status: number, body: unknown, type = JSON_TYPE) =>
  answerProblems(one, { status, body, type });
const refusal = (code: string) => ({
  success: false,
  error: { code, message: 'x', details: {} },
  timestamp: '2026-02-14T02:00:00.000Z',
  request_id: 'r',
});
const spent = {
  success: true,
  message: 'x',
  record_id: 1,
  new_total_points: 1,
  remaining_points: 1,
  timestamp: '2026-02-14T02:00:00.000Z',
};

test('a sentence with a place that nobody filled in is a problem', () => {
  expect(problems(spendPoints, 200, { ...spent, message: 'Spent {points} points' })).toEqual([
    'message: {points} is not filled in',
  ]);
  const error = { code: 'INSUFFICIENT_POINTS', message: '{available} are left', details: {} };
  expect(problems(spendPoints, 409, { ...refusal('INSUFFICIENT_POINTS'), error })).toEqual([
    'message: {available} is not filled in',
  ]);
});

test('an answer within its contract has no problem', () => {
  expect(problems(spendPoints, 200, spent)).toEqual([]);
  expect(problems(spendPoints, 409, refusal('INSUFFICIENT_POINTS'))).toEqual([]);
  expect(problems(deleteApplication, 204, '', '')).toEqual([]);
  expect(problems(issueServiceToken, 401, { error: 'invalid_client', error_description: 'x' })).toEqual([]);
  expect(problems(issueServiceToken, 429, refusal('RATE_LIMITED'))).toEqual([]);
  // Nobody asks for a body there, but one that comes is read.
  expect(problems(checkProfileLevel, 415, refusal('UNSUPPORTED_MEDIA_TYPE'))).toEqual([]);
  expect(problems(checkProfileLevel, 400, refusal('MALFORMED_JSON'))).toEqual([]);
  expect(problems(getStatement, 200, 'a,b', 'text/csv; charset=utf-8')).toEqual([]);
});
test('what stands beside the items of a list is of its contract', () => {
  const transactions = (summary: object) => ({
    code: 200,
    message: 'success',
    data: { transactions: [], pagination: { page: 1, limit: 20, total: 0, total_pages: 0 }, summary },
    timestamp: '2026-02-14T02:00:00.000Z',
  });
  const totals = { total_earned: 1, total_used: 0, current_balance: 1 };
  expect(problems(listPointsTransactions, 200, transactions(totals))).toEqual([]);
  expect(problems(listPointsTransactions, 200, transactions({ total_earned: 1 }))).not.toEqual([]);
});
test.each([
  ['another status', spendPoints, 201, spent, JSON_TYPE],
  ['a field of another type', spendPoints, 200, { ...spent, record_id: '1' }, JSON_TYPE],
  ['a field too few', spendPoints, 200, { ...spent, timestamp: undefined }, JSON_TYPE],
  ['an envelope of another family', pageBenefits, 200, { count: 0, results: [] }, JSON_TYPE],
  ['a refusal that is not among its own', spendPoints, 409, refusal('OUT_OF_STOCK'), JSON_TYPE],
  ['a status that it never refuses with', spendPoints, 410, refusal('CONFLICT'), JSON_TYPE],
  ['a refusal of another family', createApplication, 400, refusal('VALIDATION_ERROR'), JSON_TYPE],
  ['a body where there is none', deleteApplication, 204, 'x', JSON_TYPE],
  ['another media type', getStatement, 200, '<html>', 'text/html'],
] as const)('%s is one', (_what, one, status, body, type) =>
  expect(problems(one as Endpoint, status, body, type)).not.toEqual([]),
);
