/** Idempotency keys: the answer of a write is stored in the write's own transaction, and given again to the same request. */
import { isUtf8 } from 'node:buffer';
import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf } from './mongo/bounded-reads.ts';
import { invalid, refuse, type Refusal } from '@membership/contracts/errors';
import type { Text } from '@membership/contracts/text';
import { actorName, digest, type TenantScope } from './scope.ts';
import type { Transactions } from './transaction.ts';
import { isDuplicateKey } from './transaction-failures.ts';

export type Operation = {
  /** Tenant, caller and key. */
  readonly id: string;
  /**
   * Method, path and body: another request under the same key is refused. A MAC under a key of the service's own: bodies hold
   * passwords, and from a plain hash of one, somebody who reads the database could guess it.
   */
  readonly fingerprint: string;
  /** The same under keys of before, which answers that are kept may have been stored under. */
  readonly olderFingerprints: readonly string[];
  /** Method and path alone, so that a refusal can say which part is another. */
  readonly place: string;
  readonly tenantId: number;
};
/** Keys of fingerprints: what is stored now is made with the first. */
export type FingerprintKeys = () => readonly [KeyObject, ...KeyObject[]];
export type StoredAnswer = { readonly status: number; readonly body: unknown };
type OperationRow = {
  _id: string;
  tenantId: number;
  fingerprint: string;
  /** Absent in rows of before. */
  place?: string;
  status: number;
  body: string;
  createdAt: Date;
};

const rows = (connection: Connection) => collectionOf<OperationRow>(connection, 'operations');

/** Whether what was stored under an operation's id was the same request. */
export const isSameRequest = (operation: Operation, fingerprint: string): boolean =>
  fingerprint === operation.fingerprint || operation.olderFingerprints.includes(fingerprint);

const OTHER: Readonly<Record<'path' | 'body', Text>> = {
  path: {
    zh: '该幂等键已用于另一个方法或路径：每个请求请使用各自的键',
    en: 'This idempotency key was used for another method or path: each request takes a key of its own',
  },
  body: {
    zh: '该幂等键已用于不同的请求体：新的请求请换用新的键；重试请原样发送之前的请求体',
    en: 'This idempotency key was used with another body: take a new key for a new request; to repeat the first one, send its body as it was',
  },
};
/** The refusal (422) of a key that was used for another request: which part of it is another, and when it was used. */
export function usedOtherwise(other: 'path' | 'body' | undefined, usedAt: Date): Refusal {
  const details = { ...(other && { differs_in: other }), used_at: usedAt.toISOString() };
  return refuse('IDEMPOTENCY_CONFLICT', { details, ...(other && { text: OTHER[other] }) });
}

/** The key of a service's fingerprints, out of a secret that all its replicas have: a repeat matches in each, and after a restart. */
export const fingerprintKeyOf = (secret: string): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'fingerprints-of-requests', 32)));

/** Enough to tell a path from the few others that a caller might have used its key for. */
const PLACE_LENGTH = 11;

/** The operation of a request that carries an `Idempotency-Key`, or undefined. Refuses a key that is empty or over 255 characters. */
export function operationOf(
  fingerprintKeys: FingerprintKeys,
  scope: Pick<TenantScope, 'tenantId' | 'actor'>,
  key: string | undefined,
  method: string,
  path: string,
  body: Uint8Array | undefined,
): Operation | undefined {
  if (key === undefined) return undefined;
  if (key.length === 0 || key.length > 255)
    throw invalid({
      'Idempotency-Key': { zh: '长度应为 1 到 255 个字符', en: 'Must have 1 to 255 characters' },
    });
  const place = [method, path.replace(/\/$/, '')].join('\0');
  const asked = [place, body ? textOf(body) : ''].join('\0');
  const [fingerprint, ...olderFingerprints] = fingerprintKeys().map((one) =>
    createHmac('sha256', one).update(asked).digest('base64url'),
  ) as [string, ...string[]];
  return {
    id: digest(String(scope.tenantId), actorName(scope.actor), key),
    fingerprint,
    olderFingerprints,
    place: digest(place).slice(0, PLACE_LENGTH),
    tenantId: scope.tenantId,
  };
}

/** Bytes as text of their own: two files in another encoding than UTF-8 must not look alike. */
const textOf = (body: Uint8Array): string =>
  Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString(isUtf8(body) ? 'utf8' : 'latin1');

/** Answers stored under these operations. */
export async function findAnswers(
  connection: Connection,
  operations: readonly Operation[],
  session?: ClientSession,
): Promise<Map<string, OperationRow>> {
  if (operations.length === 0) return new Map();
  const found = await rows(connection)
    .find({ _id: { $in: operations.map((one) => one.id) } }, session ? { session } : {})
    .toArray();
  return new Map(found.map((row) => [row._id, row]));
}

/** The stored answer of an operation. Refuses (422) when the key was used for another request. */
export function replayOf(operation: Operation, row: OperationRow): StoredAnswer {
  if (!isSameRequest(operation, row.fingerprint)) {
    const other = row.place && (row.place === operation.place ? 'body' : 'path');
    throw usedOtherwise(other || undefined, row.createdAt);
  }
  return { status: row.status, body: JSON.parse(row.body) };
}

/** Stores the answers of operations in the transaction of their effect. Two at once: one commits, the other runs again and finds it. */
export async function storeAnswers(
  connection: Connection,
  answers: readonly { operation: Operation; answer: StoredAnswer }[],
  session: ClientSession,
): Promise<void> {
  if (answers.length === 0) return;
  const createdAt = new Date();
  await rows(connection).insertMany(
    answers.map(({ operation, answer }) => ({
      _id: operation.id,
      tenantId: operation.tenantId,
      fingerprint: operation.fingerprint,
      place: operation.place,
      status: answer.status,
      body: JSON.stringify(answer.body ?? null),
      createdAt,
    })),
    { session },
  );
}

/** The operation of one step of a request that takes several transactions: repeated under its key, it goes on where it stopped. */
export const stepOf = (operation: Operation, step: string): Operation => ({
  ...operation,
  id: digest(operation.id, step),
});

type Keeping = {
  readonly connection: Connection;
  readonly transactions: Transactions;
  readonly deadline: number;
};

/**
 * What `make` gives, kept under the operation for whoever asks again; made each time without one. For what takes transactions
 * of its own: two at once may both make it, and both get what was kept first.
 */
export async function keptUnder<T>(
  operation: Operation | undefined,
  make: () => Promise<T>,
  { connection, transactions, deadline }: Keeping,
): Promise<{ readonly value: T; readonly isRepeated: boolean }> {
  if (!operation) return { value: await make(), isRepeated: false };
  const find = async () => {
    const row = (await findAnswers(connection, [operation])).get(operation.id);
    return row && { value: replayOf(operation, row).body as T, isRepeated: true };
  };
  const known = await find();
  if (known) return known;
  const value = await make();
  const answer = { status: 200, body: value };
  try {
    await transactions.run(({ session }) => storeAnswers(connection, [{ operation, answer }], session), {
      deadline,
    });
    return { value, isRepeated: false };
  } catch (error) {
    const winner = isDuplicateKey(error) ? await find() : undefined;
    if (!winner) throw error;
    return winner;
  }
}
