/** What a database of a version before gets at the next start. */
import type { Connection } from 'mongoose';
import { dropIndexes, type Migration } from '@membership/platform/migrate';
import { isDuplicateKey } from '@membership/platform/transaction-failures';
import { emailKey, nameKey } from './domain/member.ts';

type Named = { readonly _id: number } & Readonly<
  Record<'username' | 'usernameKey' | 'email' | 'emailKey', string>
>;

/**
 * Names and addresses were compared in lower case, which tells `ß` from `ss`. Where two of a tenant would become one, the later
 * one keeps the key that it has.
 */
async function foldNames(connection: Connection): Promise<void> {
  const members = connection.collection<Named>('members');
  for (const [name, key, keyOf] of [
    ['username', 'usernameKey', nameKey],
    ['email', 'emailKey', emailKey],
  ] as const)
    for await (const row of members.find({ [key]: { $regex: '[^ -~]' } })) {
      const folded = keyOf(row[name]);
      if (folded === row[key]) continue;
      const change = members.updateOne({ _id: row._id, [name]: row[name] }, { $set: { [key]: folded } });
      await change.catch((error: unknown) => {
        if (!isDuplicateKey(error)) throw error;
      });
    }
}

export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'fewer indexes on password links',
    run: (connection) => dropIndexes(connection, [['password_links', 'tenantId_1__id_1']]),
  },
  { version: 2, name: 'names in the case that Unicode folds', run: foldNames },
];
