import * as points from '@membership/contracts/endpoints/points/index';
import { errors, type ErrorCode } from '@membership/contracts/errors';
import { startLedgerKit } from './ledger-kit.ts';

export type MemberSystemKit = Awaited<ReturnType<typeof startMemberSystemKit>>;

/** The points service as the member system's callers see it. */
export async function startMemberSystemKit(environment: Record<string, string> = {}) {
  const ledger = await startLedgerKit(environment);
  const { kit } = ledger;
  const levels = async (tenantId = 1) => (await kit.as({ tenantId }).ask(points.listMemberLevels, {})).levels;
  return {
    ...ledger,
    levels,
    member: (userId: number) => kit.as({ userId }),
    membership: (userId: number) => kit.as({ userId }).ask(points.getMemberProfile, {}),
    levelId: async (code: string) =>
      (await levels()).find(({ level_code }) => level_code === code)?.level_id as number,
  };
}

/** The three benefits of document 003, for the levels that have them. */
export async function defineTheSeedsBenefits(system: MemberSystemKit): Promise<void> {
  const [bronze, silver] = [await system.levelId('BRONZE'), await system.levelId('SILVER')];
  for (const body of [
    {
      ...{ benefit_id: 'B001', benefit_name: '会员专享折扣', benefit_type: 'DISCOUNT' },
      ...{ description: '全场商品{discount}折优惠', required_level: bronze },
    },
    {
      ...{ benefit_id: 'B002', benefit_name: '免运费', benefit_type: 'FREE_SHIPPING', value: 1 },
      ...{ description: '全场免运费', required_level: silver },
    },
    {
      ...{ benefit_id: 'B003', benefit_name: '生日礼品', benefit_type: 'BIRTHDAY_GIFT', value: 1 },
      ...{ description: '生日月份专属礼品', required_level: bronze, usage_limit: 1, limit_period: 'year' },
    },
  ])
    await system.admin().ask(points.createBenefit, { body: body as never });
}

/** The envelope of the member system around an answer. */
export const success = (data: unknown, message = 'success') => ({
  code: 200,
  message,
  data,
  timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
});
export const refusal = (error_code: ErrorCode, message: string, data: unknown = {}) => ({
  code: errors[error_code].status,
  message,
  data,
  error_code,
  timestamp: expect.any(String),
});
export const AN_INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
