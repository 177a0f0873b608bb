/** Idempotency keys: the answer of a write is stored in the write's own transaction, and given again to the same request. */
import { isUtf8 } from 'node:buffer';
import type { ClientSession, Connection } from 'mongoose';
import { invalid, refuse } from '@membership/contracts/errors';
import { actorName, digest, type TenantScope } from './scope.ts';

export type Operation = {
  /** Tenant, caller and key. */
  readonly id: string;
  /** Method, path and body: another request under the same key is refused. */
  readonly fingerprint: string;
  readonly tenantId: number;
};
export type StoredAnswer = { readonly status: number; readonly body: unknown };
type OperationRow = {
  _id: string;
  tenantId: number;
  fingerprint: string;
  status: number;
  body: string;
  createdAt: Date;
};

const rows = (connection: Connection) => connection.collection<OperationRow>('operations');

/** The operation of a request that carries an `Idempotency-Key`, or undefined. Refuses a key that is empty or over 255 characters. */
export function operationOf(
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
  return {
    id: digest(String(scope.tenantId), actorName(scope.actor), key),
    fingerprint: digest(method, path.replace(/\/$/, ''), body ? textOf(body) : ''),
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
  if (row.fingerprint !== operation.fingerprint) throw refuse('IDEMPOTENCY_CONFLICT');
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
      status: answer.status,
      body: JSON.stringify(answer.body ?? null),
      createdAt,
    })),
    { session },
  );
}
