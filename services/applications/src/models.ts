/** Collections of the applications service and their indexes: each list query of the contracts is covered by one. */
import { Schema, type Connection } from 'mongoose';
import { TenantCollection } from '@membership/platform/mongo';
import { IN_ANY_CASE } from '@membership/platform/spelling';
import type { Article } from './domain/article.ts';
import type { Application } from './domain/application.ts';
import type { Feedback } from './domain/feedback.ts';
import type { AssignmentRow, LicenseRow, ProductRow } from './domain/projected-rows.ts';

const plain = { strict: false, versionKey: false, id: false, minimize: false } as const;
const tenantId = { type: Number, required: true } as const;

/** Filters stand at the end of each ordering's index, so that they are decided without reading the document. */
const applications = () =>
  new Schema({ _id: Number, tenantId }, plain)
    .index({ tenantId: 1, code: 1 }, { unique: true })
    .index({ tenantId: 1, code: 1 }, { name: 'code_in_any_case', collation: IN_ANY_CASE })
    .index({ tenantId: 1, isDeleted: 1, createdAt: 1, _id: 1, status: 1, isActive: 1 })
    .index({ tenantId: 1, isDeleted: 1, updatedAt: 1, _id: 1, status: 1, isActive: 1 })
    .index({ tenantId: 1, isDeleted: 1, name: 1, _id: 1, status: 1, isActive: 1 })
    .index({ tenantId: 1, isDeleted: 1, code: 1, _id: 1, status: 1, isActive: 1 });

const articles = () =>
  new Schema({ _id: Number, tenantId }, plain)
    .index(
      { tenantId: 1, applicationId: 1, slug: 1 },
      { unique: true, partialFilterExpression: { isDeleted: false } },
    )
    .index({ tenantId: 1, 'author.id': 1 })
    .index({ tenantId: 1, applicationId: 1, isDeleted: 1, createdAt: 1, _id: 1 })
    .index({ tenantId: 1, applicationId: 1, isDeleted: 1, status: 1, createdAt: 1, _id: 1 });

const feedbacks = () =>
  new Schema({ _id: Number, tenantId }, plain)
    .index({ tenantId: 1, applicationId: 1, createdAt: 1, _id: 1 })
    .index({ tenantId: 1, applicationId: 1, status: 1, createdAt: 1, _id: 1 })
    .index({ tenantId: 1, memberId: 1, applicationId: 1, createdAt: 1, _id: 1, status: 1 });

const products = () => new Schema({ _id: Number, tenantId }, plain).index({ tenantId: 1, applicationId: 1 });
const licenses = () => new Schema({ _id: Number, tenantId }, plain).index({ tenantId: 1, productId: 1 });
const assignments = () =>
  new Schema({ _id: Number, tenantId }, plain).index({
    tenantId: 1,
    productId: 1,
    isActive: 1,
    licenseId: 1,
  });

/** Declares the collections on a connection. */
export const modelsOf = (connection: Connection) => ({
  applications: new TenantCollection<Application>(connection, 'applications', applications()),
  articles: new TenantCollection<Article>(connection, 'articles', articles()),
  feedbacks: new TenantCollection<Feedback>(connection, 'feedbacks', feedbacks()),
  products: new TenantCollection<ProductRow>(connection, 'license_products', products()),
  licenses: new TenantCollection<LicenseRow>(connection, 'license_rows', licenses()),
  assignments: new TenantCollection<AssignmentRow>(connection, 'assignment_rows', assignments()),
});
export type Models = ReturnType<typeof modelsOf>;
