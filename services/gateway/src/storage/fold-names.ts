/** Brings the keys of names and addresses to the case that Unicode folds, where a version before wrote them in lower case. */
import type { Connection } from 'mongoose';
import { isDuplicateKey } from '@membership/platform/transaction-failures';
import { FOLDED_OTHERWISE, nameKey } from '../domain/member.ts';

type Keyed = { readonly _id: number; readonly usernameKey: string; readonly emailKey: string };

/**
 * Folds what is left and returns how many keys it changed. An index finds them, without a look at the members. Where two of a
 * tenant would become one, whichever it meets second keeps the key that it has.
 */
export async function foldNames(connection: Connection, signal: AbortSignal): Promise<number> {
  const members = connection.collection<Keyed>('members');
  let folded = 0;
  for (const [key, hint] of [
    ['usernameKey', { usernameKey: 1, passwordHash: 1 }],
    ['emailKey', { tenantId: 1, emailKey: 1 }],
  ] as const)
    for await (const row of members.find({ [key]: FOLDED_OTHERWISE }, { hint, projection: { [key]: 1 } })) {
      if (signal.aborted) return folded;
      const wanted = nameKey(row[key]);
      if (wanted === row[key]) continue;
      try {
        const filter = { _id: row._id, [key]: row[key] };
        folded += (await members.updateOne(filter, { $set: { [key]: wanted } })).modifiedCount;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    }
  return folded;
}
