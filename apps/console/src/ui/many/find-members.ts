/** Whom a row means: by id, or by username. Each is looked up, so that one sees the name before anything is done. */
import { MembershipError, type Member } from '@membership/client';
import type { Api } from '../../api/client.ts';
import type { Text } from '../../preferences.ts';
import { pageOf } from '../page-of.ts';
import { TWICE, type TableRow } from './table-text.ts';

/** A row whose member is known. */
export type ReadyRow = TableRow & { readonly member?: Pick<Member, 'id' | 'username' | 'display_name'> };
const AT_ONCE = 4;
/** What is told to come again, or found the platform away for a moment. */
const COME_AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const PATIENCE_MS = 5_000;
const TRIES = 24;
const UNKNOWN: Text = { zh: '没有这个成员', en: 'There is no such member' };

async function find(api: Api, asked: string): Promise<Member | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      if (/^#?\d+$/.test(asked)) {
        const path = { id: Number(asked.replace('#', '')) };
        return (await api<{ data: Member }>('get', '/api/v1/members/{id}/', { params: { path } })).data;
      }
      const query = { username: asked, page_size: 1 };
      return pageOf<Member>(await api('get', '/api/v1/members/', { params: { query } })).rows[0];
    } catch (error) {
      if (!(error instanceof MembershipError)) throw error;
      if (error.status === 404 || error.status === 400) return undefined;
      // A thousand names are more than an administrator may ask in a minute: the rest waits its turn. So it is with what passes.
      if (!COME_AGAIN.has(error.status) || tries === TRIES) throw error;
      await new Promise((done) => setTimeout(done, PATIENCE_MS));
    }
  }
}

/** Looks all of them up; `onProgress` hears how many are. */
export async function findMembers(
  api: Api,
  rows: readonly TableRow[],
  onProgress: (count: number) => void,
): Promise<ReadyRow[]> {
  const found: ReadyRow[] = [...rows];
  let next = 0;
  let count = 0;
  const worker = async () => {
    for (let index = next++; index < rows.length; index = next++) {
      const row = rows[index] as TableRow;
      if (row.problem === undefined) {
        const member = await find(api, row.cells['member'] ?? '');
        found[index] = member ? { ...row, member } : { ...row, problem: UNKNOWN };
      }
      onProgress(++count);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const seen = new Set<number>();
  return found.map((row) => {
    if (!row.member || row.problem) return row;
    const isAgain = seen.has(row.member.id);
    seen.add(row.member.id);
    return isAgain ? { ...row, problem: TWICE } : row;
  });
}
