/** Imports members: each row by itself, all of them in one transaction, the report kept under the request's key. */
import { randomUUID } from 'node:crypto';
import { memberCreated, memberImported } from '@membership/contracts/events/gateway';
import type { RequestFacts } from '@membership/platform/http/implement';
import { isSameRequest, usedOtherwise, type Operation } from '@membership/platform/idempotency';
import { isDuplicateKey } from '@membership/platform/transaction-failures';
import type { TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import type { ImportReportRepository } from './import-report-repository.ts';
import type { ImportRow, ImportedRow } from './import-rows.ts';
import { joining, takenFields, type MemberTools, type NewMember } from './manage-members.ts';
import { adminsOf, emailKey, memberStateOf, nameKey, type Member } from '../domain/member.ts';

export type ImportReport = {
  readonly importId: string;
  readonly rows: readonly ImportedRow[];
  readonly isRepeated: boolean;
};
export type ImportTools = MemberTools & {
  readonly imports: ImportReportRepository;
  readonly transactions: Transactions;
};
type Candidate = { readonly row: number; readonly username: string | null; readonly member: NewMember };

/** Imports rows. A bad row is reported and undoes nothing else. Refuses (IDEMPOTENCY_CONFLICT) a key that was used for another file. */
export async function importMembers(
  tools: ImportTools,
  scope: TenantScope,
  rows: readonly ImportRow[],
  operation: Operation | undefined,
  { now, deadline }: Pick<RequestFacts, 'now' | 'deadline'>,
): Promise<ImportReport> {
  const known = await findReport(tools, scope, operation);
  if (known) return known;
  const { candidates, refused } = await hashPasswords(tools, scope, rows);
  const importId = operation?.id ?? randomUUID();
  for (let attempt = 1; ; attempt++)
    try {
      const fingerprint = operation?.fingerprint ?? '';
      const done = await tools.transactions.run(
        (unit) => importOnce(tools, scope, { importId, fingerprint, candidates, refused, now }, unit),
        { deadline },
      );
      return { importId, rows: done, isRepeated: false };
    } catch (error) {
      // A name was taken, or the same request was served, between the look and the write: look again.
      if (!isDuplicateKey(error) || attempt === 5) throw error;
      const winner = await findReport(tools, scope, operation);
      if (winner) return winner;
    }
}

async function findReport(
  { imports }: ImportTools,
  scope: TenantScope,
  operation: Operation | undefined,
): Promise<ImportReport | null> {
  const kept = operation && (await imports.find(scope, operation.id));
  if (!kept) return null;
  if (!isSameRequest(operation, kept.fingerprint)) throw usedOtherwise('body', kept.createdAt);
  return { importId: kept.importId, rows: kept.rows, isRepeated: true };
}

/**
 * Hashes before the transaction: a thousand passwords take longer than one may. One after the other, each in its tenant's turn:
 * however many rows there are, one of them waits.
 */
async function hashPasswords(
  { passwords }: ImportTools,
  { tenantId }: TenantScope,
  rows: readonly ImportRow[],
): Promise<{ candidates: Candidate[]; refused: ImportedRow[] }> {
  const refused: ImportedRow[] = [];
  const candidates: Candidate[] = [];
  for (const row of rows) {
    if ('errors' in row) {
      refused.push({ row: row.row, username: row.username, memberId: null, errors: row.errors });
      continue;
    }
    const { password, display_name: displayName, external_id: externalId, ...names } = row.member;
    const { username } = names;
    const passwordHash =
      password === undefined ? null : await passwords.make({ username, password }, tenantId);
    candidates.push({
      row: row.row,
      username: row.username,
      member: { ...names, displayName, externalId, passwordHash },
    });
  }
  return { candidates, refused };
}

type Work = {
  importId: string;
  fingerprint: string;
  candidates: readonly Candidate[];
  refused: readonly ImportedRow[];
  now: Date;
};

async function importOnce(
  tools: ImportTools,
  scope: TenantScope,
  { importId, fingerprint, candidates, refused, now }: Work,
  unit: UnitOfWork,
): Promise<ImportedRow[]> {
  const { accepted, rejected } = await sortOut(tools, scope, candidates, unit);
  const ids = await tools.ids.take('members', accepted.length);
  const members: Member[] = accepted.map(({ member }, index) =>
    joining(member, { id: ids[index] as number, tenantId: scope.tenantId, now }),
  );
  await tools.members.insert(scope, members, unit.session);
  const admins = members.reduce((sum, member) => sum + adminsOf(member), 0);
  await tools.tenants.count(
    scope.tenantId,
    { members: members.length, admins, adminsAtLeast: 0 },
    unit.session,
  );
  for (const member of members)
    unit.announce(scope, memberCreated, {
      subject: member.id,
      sequence: member.sequence,
      data: memberStateOf(member),
    });
  const created = accepted.map(({ row, username }, index) => ({
    row,
    username,
    memberId: ids[index] as number,
    errors: null,
  }));
  const rows = [...created, ...rejected, ...refused].sort((left, right) => left.row - right.row);
  unit.announce(scope, memberImported, {
    subject: importId,
    sequence: 1,
    data: { importId, total: rows.length, created: created.length, failed: rows.length - created.length },
  });
  await tools.imports.keep(scope, { importId, fingerprint, rows, createdAt: now }, unit.session);
  return rows;
}

/** Which rows can become members: names that neither the tenant nor an earlier row has. */
async function sortOut(
  { members }: ImportTools,
  scope: TenantScope,
  candidates: readonly Candidate[],
  unit: UnitOfWork,
): Promise<{ accepted: Candidate[]; rejected: ImportedRow[] }> {
  const known = await members.taken(
    scope,
    {
      usernames: candidates.map(({ member }) => member.username),
      emails: candidates.map(({ member }) => member.email),
      externalIds: candidates.flatMap(({ member }) => member.externalId ?? []),
    },
    unit.session,
  );
  const taken = {
    usernames: new Set(known.usernames),
    emails: new Set(known.emails),
    externalIds: new Set(known.externalIds),
  };
  const accepted: Candidate[] = [];
  const rejected: ImportedRow[] = [];
  for (const candidate of candidates) {
    const errors = takenFields(candidate.member, taken);
    if (Object.keys(errors).length > 0) {
      rejected.push({ row: candidate.row, username: candidate.username, memberId: null, errors });
      continue;
    }
    accepted.push(candidate);
    taken.usernames.add(nameKey(candidate.member.username));
    taken.emails.add(emailKey(candidate.member.email));
    if (candidate.member.externalId) taken.externalIds.add(candidate.member.externalId);
  }
  return { accepted, rejected };
}
