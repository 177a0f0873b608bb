/** That each member has as many tags that are active or in grace as its tags say: who has none is no active VIP. */
import { compareSums, type Looked, type Of } from './books.ts';

type Row = {
  readonly _id: string;
  readonly liveTags?: number;
  readonly state?: { readonly memberId: number; readonly isLive: boolean };
};

export async function liveTagsOf({ books, generation, tenantId }: Of): Promise<Looked> {
  const session = await books.stats.startSession({ snapshot: true });
  try {
    const rows = books.stats.collection<Row>('rows');
    const rowsOf = (kind: string) => {
      const prefix = `${generation}/${tenantId}:${kind}:`;
      return { _id: { $gte: prefix, $lt: `${prefix};` } };
    };
    const nameOf = (member: number | string) => `live tags of member ${member}`;
    const expected: Record<string, number> = {};
    const counted: Record<string, number> = {};
    const held = rows.find(
      { ...rowsOf('user_tag'), 'state.isLive': true },
      { session, projection: { 'state.memberId': 1 } },
    );
    for await (const { state } of held) {
      const name = nameOf(state?.memberId ?? '');
      expected[name] = (expected[name] ?? 0) + 1;
    }
    for await (const { _id, liveTags = 0 } of rows.find(rowsOf('vip'), { session }))
      counted[nameOf(_id.slice(_id.lastIndexOf(':') + 1))] = liveTags;
    return compareSums(expected, counted);
  } finally {
    await session.endSession();
  }
}
