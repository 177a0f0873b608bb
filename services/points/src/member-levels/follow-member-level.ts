/** The ledger's side of the level by spending: what was spent gives it at once, in the same transaction. */
import type { MemberLevelChange } from '../ledger/movement.ts';
import { dueAt, type Turn } from '../ledger/turn.ts';
import { announceMemberLevel } from './announce-member-level.ts';
import { decideMemberLevel, memberLevelOf } from './member-level.ts';

/** Gives the level that the member stands on by now, and announces a change. */
export function followMemberLevel(turn: Turn, reason: 'spending' | 'check' = 'spending'): MemberLevelChange {
  const { batch, scope, profile, definitions } = turn;
  const { memberLevels, settings } = definitions;
  const previous = memberLevelOf(memberLevels, profile);
  const { level, reviewAt, because } = decideMemberLevel(
    memberLevels,
    profile,
    settings.levelPolicy,
    batch.now,
  );
  if ((profile.memberLevelReviewAt ?? null)?.getTime() !== reviewAt?.getTime()) {
    profile.memberLevelReviewAt = reviewAt;
    batch.touch(profile);
  }
  dueAt(turn, reviewAt);
  if (!level || level._id === previous?._id) return { changed: false, current: previous };
  profile.memberLevelId = level._id;
  batch.touch(profile);
  announceMemberLevel(batch.unit, scope, {
    memberId: profile._id,
    sequence: ++profile.sequence,
    previous,
    current: level,
    reason: because === 'review' ? 'review' : reason,
  });
  return { changed: true, current: level };
}
