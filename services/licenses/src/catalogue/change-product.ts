/** Products: add, change, retire. */
import * as facts from '@membership/contracts/events/licenses';
import { changesNothing } from '@membership/platform/given';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { ApplicationRegister } from './application-register.ts';
import type { CatalogueRepository } from './catalogue-repository.ts';
import { productFact, type Product } from '../domain/product.ts';

export type ProductStores = {
  readonly products: CatalogueRepository<Product>;
  readonly applications: ApplicationRegister;
  readonly ids: Ids;
};
export type ProductFields = Pick<Product, 'name' | 'version' | 'description' | 'applicationId' | 'isActive'>;

const announce = (
  scope: TenantScope,
  event: typeof facts.productCreated | typeof facts.productUpdated | typeof facts.productDeleted,
  product: Product,
  unit: UnitOfWork,
) =>
  unit.announce(scope, event, {
    subject: product._id,
    sequence: product.sequence,
    data: productFact(product),
  });

/** Adds a product. Refuses an unknown application (400 for its field). */
export async function addProduct(
  { products, applications, ids }: ProductStores,
  scope: TenantScope,
  fields: ProductFields,
  now: Date,
  unit: UnitOfWork,
): Promise<Product> {
  await applications.require(scope, fields.applicationId, unit);
  const product: Product = {
    ...fields,
    _id: await ids.next('products'),
    tenantId: scope.tenantId,
    isRetired: false,
    sequence: 1,
    createdAt: now,
    updatedAt: now,
  };
  await products.add(scope, product, unit.session);
  announce(scope, facts.productCreated, product, unit);
  return product;
}

/** Changes the fields that are given. Refuses an unknown product (404) and application (400). */
export async function changeProduct(
  { products, applications }: ProductStores,
  scope: TenantScope,
  id: number,
  fields: Partial<ProductFields>,
  now: Date,
  unit: UnitOfWork,
): Promise<Product> {
  await applications.require(scope, fields.applicationId, unit);
  const current = await products.get(scope, id, unit.session);
  if (changesNothing(current, fields)) return current;
  const product: Product = { ...current, ...fields, sequence: current.sequence + 1, updatedAt: now };
  await products.save(scope, product, unit);
  announce(scope, facts.productUpdated, product, unit);
  return product;
}

/** Retires a product: licences that exist go on. Refuses an unknown one (404). */
export async function retireProduct(
  { products }: ProductStores,
  scope: TenantScope,
  id: number,
  now: Date,
  unit: UnitOfWork,
): Promise<void> {
  const current = await products.get(scope, id, unit.session);
  const product: Product = { ...current, isRetired: true, sequence: current.sequence + 1, updatedAt: now };
  await products.save(scope, product, unit);
  announce(scope, facts.productDeleted, product, unit);
}
