/** Moves a member along the ladder by spending: what was spent gives a level at once. */
import { memberLevelChanged } from '@membership/contracts/events/member-system';
import { decideMemberLevel, memberLevelChange, memberLevelOf } from '../../domain/member-level.ts';
import type { Book } from '../book.ts';
import type { MemberLevelChange } from '../outcome.ts';
import { dueAt } from './book-steps.ts';

/** Gives the level that the member stands on by now, and tells a change. */
export function followMemberLevel(book: Book, reason: 'spending' | 'check' = 'spending'): MemberLevelChange {
  const { profile, definitions } = book;
  const { memberLevels, settings } = definitions;
  const previous = memberLevelOf(memberLevels, profile);
  const { level, reviewAt, because } = decideMemberLevel(
    memberLevels,
    profile,
    settings.levelPolicy,
    book.now,
  );
  if ((profile.memberLevelReviewAt ?? null)?.getTime() !== reviewAt?.getTime())
    profile.memberLevelReviewAt = reviewAt;
  dueAt(book, reviewAt);
  if (!level || level._id === previous?._id) return { changed: false, current: previous };
  profile.memberLevelId = level._id;
  const told = because === 'review' ? 'review' : reason;
  book.tell(
    memberLevelChanged,
    memberLevelChange({ memberId: profile._id, previous, current: level, reason: told }),
  );
  return { changed: true, current: level };
}
