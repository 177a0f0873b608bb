/** Reports of imports, kept for a day: what a repeated request is answered with. */
import { Schema, type ClientSession, type Connection } from 'mongoose';
import { TenantCollection } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { ImportedRow } from './import-rows.ts';

export type KeptReport = {
  readonly importId: string;
  readonly fingerprint: string;
  readonly rows: readonly ImportedRow[];
  readonly createdAt: Date;
};
type ReportDocument = Omit<KeptReport, 'importId'> & { _id: string; tenantId: number };

const DAY_SECONDS = 24 * 3600;
const reportSchema = new Schema(
  { _id: String, tenantId: { type: Number, required: true }, createdAt: Date },
  { strict: false, versionKey: false },
).index({ createdAt: 1 }, { expireAfterSeconds: DAY_SECONDS });

export class ImportReportRepository {
  readonly #rows: TenantCollection<ReportDocument>;
  constructor(connection: Connection) {
    this.#rows = new TenantCollection<ReportDocument>(connection, 'member_imports', reportSchema);
  }

  async find(scope: TenantScope, importId: string): Promise<KeptReport | null> {
    const row = await this.#rows.findOne(scope, { _id: importId });
    return (
      row && { importId: row._id, fingerprint: row.fingerprint, rows: row.rows, createdAt: row.createdAt }
    );
  }

  /** Throws a duplicate key when the same request was served meanwhile. */
  async keep(scope: TenantScope, { importId, ...report }: KeptReport, session: ClientSession): Promise<void> {
    await this.#rows.insert(scope, [{ _id: importId, tenantId: scope.tenantId, ...report }], { session });
  }
}
