/** Activities: what they give, and when members may join. Pure. */
import { refuse, type Refusal } from '@membership/contracts/errors';

export type Activity = {
  readonly _id: number;
  readonly tenantId: number;
  title: string;
  description: string;
  category: string;
  requiredLevelId: number | null;
  startsAt: Date;
  endsAt: Date;
  maxParticipants: number | null;
  /** Who takes part so far: what the capacity is decided on. */
  readonly participants: number;
  benefits: string[];
  nextAction: string;
  isActive: boolean;
  /** Counts its facts. Absent: a version before made it, and none was told. */
  readonly sequence?: number;
  readonly createdAt: Date;
  updatedAt: Date;
};
export type Participation = {
  /** `<activity>:<member>` */
  readonly _id: string;
  readonly tenantId: number;
  readonly participationId: number;
  readonly activityId: number;
  readonly memberId: number;
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly createdAt: Date;
};

/** Refuses to join what has not begun or is over. */
export function whyNotNow(
  { startsAt, endsAt }: Pick<Activity, 'startsAt' | 'endsAt'>,
  now: Date,
): Refusal | undefined {
  if (now < startsAt)
    return refuse('CONFLICT', { text: { zh: '活动尚未开始', en: 'The activity has not begun' } });
  if (now > endsAt) return refuse('CONFLICT', { text: { zh: '活动已结束', en: 'The activity is over' } });
  return undefined;
}
export const whyJoined = (): Refusal =>
  refuse('CONFLICT', { text: { zh: '您已参与该活动', en: 'You take part in the activity already' } });
export const whyFull = ({ maxParticipants }: Pick<Activity, 'maxParticipants'>): Refusal =>
  refuse('CONFLICT', {
    text: { zh: '活动名额已满', en: 'The activity is full' },
    details: { max_participants: maxParticipants },
  });
