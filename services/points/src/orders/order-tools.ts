/** What the verbs of an order need. */
import type { Ledger } from '../ledger/ledger.ts';
import type { ProfileOpening } from '../ledger/profile-opening.ts';
import type { OrderRepository } from './order-repository.ts';

export type OrderTools = {
  readonly ledger: Ledger;
  readonly opening: ProfileOpening;
  readonly orders: OrderRepository;
};
