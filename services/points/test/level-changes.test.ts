import {
  checkProfileLevel,
  createUserLevel,
  deleteUserLevel,
  getProfileSummary,
  listUserLevels,
  setProfileLevel,
  updateUserLevel,
} from '@membership/contracts/endpoints/points/index';
import { eventually } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

let ledger: LedgerKit;
let member: number;
const levels: Record<string, number> = {};
beforeAll(async () => {
  ledger = await startLedgerKit();
  for (const { id, level_code } of (await ledger.admin().ask(listUserLevels, {})).items)
    levels[level_code] = id;
});
afterAll(() => ledger?.stop());
beforeEach(async () => {
  member = await ledger.aMember();
});
afterEach(async () => expect(await ledger.faults()).toEqual([]));
const policy = (downgrade: string, basis = 'total') =>
  ledger.settings({ level_policy: { basis, downgrade, review_days: 30 } });
const code = async () => (await ledger.profile(member)).current_level_info?.level_code;
const changes = () =>
  ledger.kit.heard
    .filter(({ type, subject }) => type === 'level.changed.v1' && subject === String(member))
    .map(({ data }) => [data.levelName, data.isUpgrade, data.reason]);
const setLevel = (level_id: number | null, reason = '客户关怀') =>
  ledger.admin().call(setProfileLevel, { params: { id: String(member) }, body: { level_id, reason } });
const reviewNow = () =>
  ledger.kit.connection
    .collection<{ _id: number }>('profiles')
    .updateOne({ _id: member }, { $set: { levelReviewAt: new Date(), nextExpiryAt: new Date() } });

describe.each([
  ['SILVER', 1_000, '青铜会员', '白银会员'],
  ['GOLD', 2_000, '白银会员', '黄金会员'],
  ['DIAMOND', 10_000, '黄金会员', '钻石会员'],
])('%s begins at %d', (_code, minimum, below, reached) => {
  test('one below does not reach it, the point that reaches it gives it at once, one above keeps it', async () => {
    await policy('none');
    expect((await ledger.earn(member, minimum - 1)).body.level_change.current_level).toBe(below);
    expect((await ledger.earn(member, 1)).body.level_change).toEqual({
      upgraded: true,
      previous_level: below,
      current_level: reached,
    });
    expect((await ledger.earn(member, 1)).body.level_change).toEqual({
      upgraded: false,
      previous_level: reached,
      current_level: reached,
    });
  });
});

test('none: the level stays when the points are spent', async () => {
  await policy('none');
  await ledger.earn(member, 2_000);
  await ledger.spend(member, 2_000);
  expect(await code()).toBe('GOLD');
  expect((await ledger.profile(member)).level_review_at).toBeNull();
});

test('recompute: the level follows the points down at once, in the transaction that took them, and is told', async () => {
  await policy('recompute');
  await ledger.earn(member, 2_001);
  await ledger.spend(member, 1);
  expect(await code()).toBe('GOLD');
  await ledger.spend(member, 1);
  expect(await code()).toBe('SILVER');
  const { body: hold } = await ledger.hold(member, 1_999);
  expect(await code()).toBe('SILVER');
  await ledger.capture(hold.id);
  expect(await code()).toBe('BRONZE');
  await ledger.kit.heardOne(
    'level.changed.v1',
    ({ subject, data }) => subject === String(member) && data.levelName === '青铜会员',
  );
  expect(changes()).toEqual([
    ['黄金会员', true, 'points'],
    ['白银会员', false, 'points'],
    ['青铜会员', false, 'points'],
  ]);
});

test('one step: a date is set, kept, and gone when the points are back; at the date one level goes', async () => {
  await policy('one_step');
  await ledger.earn(member, 10_000);
  await ledger.spend(member, 9_500);
  const first = (await ledger.profile(member)).level_review_at;
  expect(Math.round((Date.parse(first as string) - Date.now()) / 86_400_000)).toBe(30);
  await ledger.spend(member, 1);
  expect((await ledger.profile(member)).level_review_at).toBe(first);
  const { body: back } = await ledger.earn(member, 9_600);
  expect((await ledger.profile(member)).level_review_at).toBeNull();
  await ledger.cancel(back.record_id);
  await reviewNow();
  await eventually(async () => expect(await code()).toBe('GOLD'));
  expect((await ledger.profile(member)).level_review_at).not.toBeNull();
  await reviewNow();
  await eventually(async () => expect(await code()).toBe('SILVER'));
  await reviewNow();
  await eventually(async () => expect(await code()).toBe('BRONZE'));
  expect((await ledger.profile(member)).level_review_at).toBeNull();
  await eventually(() =>
    expect(changes().slice(1)).toEqual([
      ['黄金会员', false, 'review'],
      ['白银会员', false, 'review'],
      ['青铜会员', false, 'review'],
    ]),
  );
});

test('levels may count all that was ever earned: spending then costs none, a reversal does', async () => {
  await policy('recompute', 'earned');
  const { body: earned } = await ledger.earn(member, 1_500);
  await ledger.spend(member, 1_400);
  expect(await code()).toBe('SILVER');
  const summary = await ledger.as().ask(getProfileSummary, { params: { id: String(member) } });
  expect(summary.level_progress).toMatchObject({
    current_points: 1_500,
    points_to_next: 500,
    progress_percentage: 50,
  });
  await ledger.earn(member, 1_000);
  expect(await code()).toBe('GOLD');
  await ledger.cancel(earned.record_id);
  expect(await code()).toBe('SILVER');
});

test('a level set by hand holds from below until it is set again, and says who and why', async () => {
  await policy('recompute');
  await ledger.earn(member, 500);
  const { status, body } = await setLevel(levels.GOLD as number);
  expect(status).toBe(200);
  expect(body).toEqual({
    success: true,
    message: '等级调整成功',
    level_change: { upgraded: true, previous_level: '青铜会员', current_level: '黄金会员' },
    timestamp: expect.any(String),
  });
  expect((await ledger.profile(member)).level_set_by_hand).toEqual({
    level: levels.GOLD,
    reason: '客户关怀',
    operator_id: 1,
    set_at: expect.any(String),
  });
  await ledger.spend(member, 500);
  expect(await code()).toBe('GOLD');
  await ledger.earn(member, 10_000);
  expect(await code()).toBe('DIAMOND');
  await ledger.spend(member, 9_000);
  expect(await code()).toBe('GOLD');
  expect((await setLevel(null)).body.level_change).toEqual({
    upgraded: false,
    previous_level: '黄金会员',
    current_level: '白银会员',
  });
  expect((await ledger.profile(member)).level_set_by_hand).toBeNull();
  expect(
    await ledger.kit.heardOne(
      'level.changed.v1',
      ({ subject, data }) => subject === String(member) && data.reason === 'manual',
    ),
  ).toMatchObject({ actor: 'user:1', data: { levelName: '黄金会员', note: '客户关怀', isUpgrade: true } });
});

test('an unknown level, a missing reason, another role and another tenant are refused', async () => {
  expect((await setLevel(999_999)).body.error.details).toEqual({ level_id: ['无效的等级ID'] });
  expect((await setLevel(levels.GOLD as number, ' ')).status).toBe(400);
  const call = { params: { id: String(member) }, body: { level_id: levels.GOLD as number, reason: 'x' } };
  expect((await ledger.as({ userId: member }).call(setProfileLevel, call)).status).toBe(403);
  expect((await ledger.as().call(setProfileLevel, call)).status).toBe(403);
  expect((await ledger.as({ role: 'admin', tenantId: 2 }).call(setProfileLevel, call)).status).toBe(404);
  expect(await code()).toBe('BRONZE');
});

test('a check says what stands and when it was looked at', async () => {
  await policy('none');
  await ledger.earn(member, 1_000);
  const { body } = await ledger.admin().call(checkProfileLevel, { params: { id: String(member) } });
  expect(body).toEqual({
    success: true,
    message: '等级检查完成',
    level_change: { upgraded: false, previous_level: '白银会员', current_level: '白银会员' },
    timestamp: expect.any(String),
  });
  expect((await ledger.profile(member)).last_level_check).toBe(body.timestamp);
});

test('a level that another process still gave in the moment of its removal is nobody’s for long', async () => {
  await ledger.earn(member, 1_200);
  const { id } = await ledger.admin().ask(createUserLevel, {
    body: {
      ...{ level_name: '白金会员', level_code: 'PLATINUM', level_order: 9 },
      ...{ min_points: 1_100, is_active: false },
    },
  });
  await ledger.admin().ask(deleteUserLevel, { params: { id: String(id) } });
  await ledger.kit.connection
    .collection<{ _id: number }>('profiles')
    .updateOne({ _id: member }, { $set: { levelId: id } });
  await eventually(async () => expect(await code()).toBe('SILVER'));
});

test('a new policy or ladder is followed by everybody, also by who does nothing', async () => {
  await policy('none');
  await ledger.earn(member, 2_000);
  await ledger.spend(member, 1_500);
  const other = await ledger.aMember();
  await ledger.earn(other, 600);
  expect(await code()).toBe('GOLD');
  await policy('recompute');
  await eventually(async () => expect(await code()).toBe('BRONZE'));
  await eventually(() => expect(changes().at(-1)).toEqual(['青铜会员', false, 'check']));

  const params = { id: String(levels['SILVER']) };
  const silver = (min_points: number) =>
    ledger.admin().ask(updateUserLevel, { params, body: { min_points } });
  await silver(1_001);
  await ledger.admin().ask(updateUserLevel, {
    params: { id: String(levels['BRONZE']) },
    body: { max_points: 599 },
  });
  await silver(600);
  await eventually(async () =>
    expect((await ledger.profile(other)).current_level_info?.level_code).toBe('SILVER'),
  );
  expect(await code()).toBe('BRONZE');
  await silver(1_000);
  await eventually(async () =>
    expect((await ledger.profile(other)).current_level_info?.level_code).toBe('BRONZE'),
  );
  const asked = ledger.kit.connection.collection('points_settings');
  await eventually(async () =>
    expect(await asked.findOne({ tenantId: 1 })).not.toHaveProperty('levelsToFollow'),
  );
});
