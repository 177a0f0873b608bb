import * as points from '@membership/contracts/endpoints/points/index';
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

/** The envelope of the member system around an answer. */
export const success = (data: unknown, message = 'success') => ({
  code: 200,
  message,
  data,
  timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
});
export const refusal = (code: number, message: string, data: unknown = {}) => ({
  code,
  message,
  data,
  timestamp: expect.any(String),
});
export const AN_INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
