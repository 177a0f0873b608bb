/** Answers the endpoints of products and plans. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { given } from '@membership/platform/given';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import { literally } from '@membership/platform/search';
import { sortOf } from '@membership/platform/sorting';
import { limitsFrom, planView, policyFrom, productView } from './catalogue.views.ts';
import { addPlan, changePlan, retirePlan, type PlanStores } from './change-plan.ts';
import { addProduct, changeProduct, retireProduct, type ProductStores } from './change-product.ts';

const ORDERINGS = { created_at: 'createdAt', name: 'name' };

export function catalogueRoutes(stores: ProductStores & PlanStores): Implementation[] {
  const { products, plans } = stores;
  return [
    implement(contracts.listProducts, async ({ scope, query }) => {
      const filter = given({
        applicationId: query.application_id,
        isActive: query.is_active,
        name: query.search ? literally(query.search) : undefined,
      });
      const found = await products.list(scope, filter, sortOf(query.ordering, ORDERINGS), {
        page: query.page,
        size: query.page_size,
      });
      return { ...found, items: found.items.map(productView) };
    }),
    implementWrite(contracts.createProduct, async ({ scope, body, http, unit }) => {
      const { application_id: applicationId, is_active: isActive, ...fields } = body;
      return productView(
        await addProduct(stores, scope, { ...fields, applicationId, isActive }, http.now, unit),
      );
    }),
    implement(contracts.getProduct, async ({ scope, params }) => {
      const product = await products.get(scope, params.id);
      return {
        ...productView(product),
        plan_count: (await plans.count(scope, { productId: product._id })).count,
      };
    }),
    implementWrite(contracts.updateProduct, async ({ scope, params, body, http, unit }) => {
      const { application_id: applicationId, is_active: isActive, ...fields } = body;
      return productView(
        await changeProduct(
          stores,
          scope,
          params.id,
          given({ ...fields, applicationId, isActive }),
          http.now,
          unit,
        ),
      );
    }),
    implementWrite(contracts.deleteProduct, ({ scope, params, http, unit }) =>
      retireProduct(stores, scope, params.id, http.now, unit),
    ),

    implement(contracts.listPlans, async ({ scope, query }) => {
      const filter = given({
        productId: query.product_id,
        isActive: query.is_active,
        name: query.search ? literally(query.search) : undefined,
      });
      const found = await plans.list(scope, filter, sortOf(query.ordering, ORDERINGS), {
        page: query.page,
        size: query.page_size,
      });
      return { ...found, items: found.items.map(planView) };
    }),
    implementWrite(contracts.createPlan, async ({ scope, body, http, unit }) => {
      const { product_id: productId, default_limits: limits, policy, is_active: isActive, ...fields } = body;
      return planView(
        await addPlan(
          stores,
          scope,
          productId,
          { ...fields, isActive, defaultLimits: limitsFrom(limits), policy: policyFrom(policy) },
          http.now,
          unit,
        ),
      );
    }),
    implement(contracts.getPlan, async ({ scope, params }) => planView(await plans.get(scope, params.id))),
    implementWrite(contracts.updatePlan, async ({ scope, params, body, http, unit }) => {
      const { default_limits: limits, policy, is_active: isActive, ...fields } = body;
      const change = given({
        ...fields,
        isActive,
        defaultLimits: limits && limitsFrom(limits),
        policy: policy && policyFrom(policy),
      });
      return planView(await changePlan(stores, scope, params.id, change, http.now, unit));
    }),
    implementWrite(contracts.deletePlan, ({ scope, params, http, unit }) =>
      retirePlan(stores, scope, params.id, http.now, unit),
    ),
  ];
}
