import { assignmentActivated, deviceBound, deviceUnbound } from '@membership/contracts/events/licenses';
import { Refusal } from '@membership/contracts/errors';
import { GroupCommit, type Item, type Settled, type Ticket } from '@membership/platform/group-commit';
import type { Metrics } from '@membership/platform/metrics';
import type { TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import type { Connection } from 'mongoose';
import { assignmentFact } from '../domain/assignment.ts';
import type { CatalogueNames } from '../catalogue/catalogue-names.ts';
import { TallySheet } from '../domain/tally.ts';
import type { Tallies } from '../storage/tallies.ts';
import type { Activation, ActivationCommand, DecidedActivation } from '../domain/activation.ts';
import type { ActivationStore } from './activation-store.ts';
import { sayChanged } from '../storage/assignment-repository.ts';
import { deviceFact } from '../domain/device.ts';

type Options = {
  readonly connection: Connection;
  readonly transactions: Transactions;
  readonly metrics: Metrics;
  readonly store: ActivationStore;
  readonly names: CatalogueNames;
  readonly tallies: Tallies;
};

/**
 * Activations that wait at the same moment share one transaction. It writes the licence whose slots it counted, so two
 * processes that race for the last slot conflict, and the loser decides again.
 */
export class Activations extends GroupCommit<ActivationCommand, Activation> {
  readonly #count: (outcome: string) => void;

  constructor({ connection, transactions, metrics, store, names, tallies }: Options) {
    super({
      name: 'activations',
      connection,
      transactions,
      metrics,
      keysOf: ({ assignmentId }) => [assignmentId],
      decide: (items, unit) => activateAll({ store, names, tallies }, items, unit),
    });
    const counter = metrics.counter('membership_license_activations_total', 'Activations by outcome', [
      'outcome',
    ]);
    this.#count = (outcome) => counter.inc({ outcome });
  }

  /** Activates. Refusals: see ActivationBatch.decide. */
  override async submit(ticket: Ticket<ActivationCommand, Activation>): Promise<Settled<Activation>> {
    try {
      const settled = await super.submit(ticket);
      this.#count('replayed' in settled ? 'replayed' : 'activated');
      return settled;
    } catch (error) {
      this.#count(error instanceof Refusal ? error.code : 'failed');
      throw error;
    }
  }
}

async function activateAll(
  { store, names, tallies }: Pick<Options, 'store' | 'names' | 'tallies'>,
  items: readonly Item<ActivationCommand>[],
  unit: UnitOfWork,
): Promise<(Activation | Refusal)[]> {
  const batch = await store.read(items, unit.session);
  const results: (Activation | Refusal)[] = [];
  const sheet = new TallySheet();
  for (const { scope, command } of items) {
    const decided = batch.decide(scope.tenantId, command);
    if (!(decided instanceof Refusal)) {
      const { assignment, isNew, isFirst, freed } = decided;
      const when = { day: await tallies.dayOf(scope, command.now), at: command.now, isUse: true };
      sheet.add(assignment, { activated: isFirst ? 1 : 0, bound: (isNew ? 1 : 0) - (freed ? 1 : 0) }, when);
      await announceBinding(names, scope, decided, unit);
    }
    results.push(decided);
  }
  sayChanged(batch.changedAssignments.values(), unit);
  await store.write(batch, unit.session);
  await tallies.write(sheet, unit.session);
  return results;
}

/** Facts in the order of their sequence, which ends with the assignment's. */
async function announceBinding(
  names: CatalogueNames,
  scope: TenantScope,
  { assignment, license, device, freed, isNew, isFirst }: DecidedActivation,
  unit: UnitOfWork,
): Promise<void> {
  const { _id: subject } = assignment;
  let sequence = assignment.sequence - [freed, isFirst, isNew].filter(Boolean).length;
  const left = license.boundDevices - (isNew ? 1 : 0);
  if (freed)
    unit.announce(scope, deviceUnbound, { subject, sequence: ++sequence, data: deviceFact(freed, left) });
  if (isFirst)
    unit.announce(scope, assignmentActivated, {
      subject,
      sequence: ++sequence,
      data: assignmentFact(assignment, await names.of(scope, assignment)),
    });
  if (isNew)
    unit.announce(scope, deviceBound, {
      subject,
      sequence: ++sequence,
      data: deviceFact(device, license.boundDevices),
    });
}
