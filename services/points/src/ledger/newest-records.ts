/**
 * The newest records of members' lists, kept in memory as they were last read. Whatever changes what a record shows tells a
 * fact of its profile, under the next number and in the same transaction: while the profile says the same number, the records
 * are the same. What this process commits is taken in at once; after what another committed, a list is read anew.
 */
import { markFields, recordsMade, type Changes } from './changes.ts';
import type { Profile } from '../domain/profile.ts';
import { isInList, type RecordList } from './record-filter.ts';
import type { PointsRecord } from '../domain/record.ts';

/** A first page is answered from memory up to this size. */
export const KEPT_PAGE = 20;
/** One more says whether there is another page. */
const LENGTH = KEPT_PAGE + 1;
/** Records of all members together: some fifteen megabytes. */
const RECORDS_AT_MOST = 20_000;

type Kept = { readonly list: RecordList; readonly records: readonly PointsRecord[] };
type OfMember = { readonly sequence: number; readonly lists: ReadonlyMap<string, Kept> };

export class NewestRecords {
  readonly #maximum: number;
  readonly #members = new Map<number, OfMember>();
  #size = 0;
  constructor(maximum = RECORDS_AT_MOST) {
    this.#maximum = maximum;
  }

  /** The newest of a list, whole or one more than a page; undefined: they are to be read. */
  of({ _id, sequence }: Profile, list: RecordList): readonly PointsRecord[] | undefined {
    const known = this.#members.get(_id);
    const kept = known?.sequence === sequence ? known.lists.get(nameOf(list)) : undefined;
    // Whoever is asked for goes last.
    if (known && kept) this.#members.delete(_id);
    if (known && kept) this.#members.set(_id, known);
    return kept?.records;
  }

  /** Keeps what was read of a list after its profile was. */
  keep({ _id, sequence }: Profile, list: RecordList, records: readonly PointsRecord[]): void {
    const known = this.#members.get(_id);
    if (known && known.sequence > sequence) return;
    const lists = new Map(known?.sequence === sequence ? known.lists : []);
    lists.set(nameOf(list), { list, records: records.slice(0, LENGTH) });
    this.#set(_id, { sequence, lists });
  }

  /** Takes in what this process has committed. */
  commit(changes: Changes, now: Date): void {
    const made = recordsMade(changes, now).map(({ taken: _taken, lot: _lot, ...record }) => record);
    for (const [memberId, { before, after }] of changes.profiles) {
      const known = this.#members.get(memberId);
      if (!known || known.sequence >= after.sequence) continue;
      if (known.sequence !== before.sequence) {
        this.#forget(memberId);
        continue;
      }
      const own = made.filter((record) => record.memberId === memberId);
      const lists = [...known.lists].map(([name, { list, records }]): [string, Kept] => [
        name,
        { list, records: taken(records, own, list, changes, now) },
      ]);
      this.#set(memberId, { sequence: after.sequence, lists: new Map(lists) });
    }
  }

  #set(memberId: number, known: OfMember): void {
    this.#forget(memberId);
    this.#members.set(memberId, known);
    this.#size += sizeOf(known);
    for (const oldest of this.#members.keys()) {
      if (this.#size <= this.#maximum) break;
      this.#forget(oldest);
    }
  }

  #forget(memberId: number): void {
    const known = this.#members.get(memberId);
    if (known && this.#members.delete(memberId)) this.#size -= sizeOf(known);
  }
}

const nameOf = ({ type, category, isManual }: RecordList): string => `${type} ${isManual} ${category}`;
const sizeOf = ({ lists }: OfMember): number =>
  [...lists.values()].reduce((size, { records }) => size + 1 + records.length, 0);

/** A list after a commit: what is new of it, and what later records did to those that were there. */
function taken(
  before: readonly PointsRecord[],
  made: readonly PointsRecord[],
  list: RecordList,
  { marks }: Changes,
  now: Date,
): readonly PointsRecord[] {
  const were = before.map((record) => {
    const mark = marks.get(record._id);
    const isLeft = mark?.status === 'expired' && record.status !== 'active';
    return mark && !isLeft ? { ...record, ...markFields(mark, now) } : record;
  });
  const known = new Set(before.map(({ _id }) => _id));
  const added = made.filter((record) => !known.has(record._id) && isInList(record, list));
  return [...added, ...were].sort(newestFirst).slice(0, LENGTH);
}

const newestFirst = (left: PointsRecord, right: PointsRecord): number =>
  right.createdAt.getTime() - left.createdAt.getTime() || right._id - left._id;
