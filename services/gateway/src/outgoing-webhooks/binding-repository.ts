/** Which patterns of event types the service's queue is bound to: of all tenants together, as the queue is. */
import { mongo, Schema, type ClientSession, type Connection } from 'mongoose';
import { modelled } from '@membership/platform/mongo/bounded-reads';

/**
 * `binding`: somebody is about to; `bound`: the queue gets these events; `unbinding`: somebody is about to end it, and nobody else
 * may bind it before that is done.
 */
type State = 'binding' | 'bound' | 'unbinding';
type BindingDocument = { _id: string; state: State; since: Date; uses: number };
/** Milliseconds after which an unbinding that nobody finished is over: the broker has closed the connection of whoever began it. */
const UNFINISHED = 60_000;

const MAJORITY = { writeConcern: { w: 'majority' } } as const;
const bindingSchema = new Schema(
  { _id: String, state: String },
  { strict: false, versionKey: false, id: false },
);

export class BindingRepository {
  readonly #rows: mongo.Collection<BindingDocument>;
  constructor(connection: Connection) {
    this.#rows = modelled<BindingDocument>(
      connection.model('webhook_bindings', bindingSchema, 'webhook_bindings'),
    );
  }

  async bound(): Promise<string[]> {
    return (await this.#rows.find({ state: 'bound' }).toArray()).map(({ _id }) => _id);
  }

  /** Of these, those that must be bound first, made ready for it; `isBusy`: one is being unbound at this moment. */
  async prepare(patterns: readonly string[]): Promise<{ missing: string[]; isBusy: boolean }> {
    const rows = await this.#rows.find({ _id: { $in: [...patterns] } }).toArray();
    const states = new Map(rows.map(({ _id, state }) => [_id, state]));
    const missing = patterns.filter((pattern) => states.get(pattern) !== 'bound');
    for (const row of rows.filter(({ state }) => state === 'unbinding'))
      if (!isUnfinished(row) || !(await this.#takeOver(row, 'binding'))) return { missing, isBusy: true };
    const row = { state: 'binding', since: new Date(), uses: 0 } as const;
    for (const pattern of missing)
      await this.#rows.updateOne({ _id: pattern }, { $setOnInsert: row }, { upsert: true, ...MAJORITY });
    return { missing, isBusy: false };
  }

  /** False when somebody has ended one meanwhile: it must be bound again. */
  async markBound(patterns: readonly string[]): Promise<boolean> {
    const filter = { _id: { $in: [...patterns] }, state: { $in: ['binding', 'bound'] as State[] } };
    const marked = await this.#rows.updateMany(filter, { $set: { state: 'bound' } }, MAJORITY);
    return marked.matchedCount === patterns.length;
  }

  /** Of all who find that nobody finished an unbinding, one goes on with it. */
  async #takeOver({ _id, since }: BindingDocument, state: State): Promise<boolean> {
    const taken = await this.#rows.updateOne(
      { _id, state: 'unbinding', since },
      { $set: { state, since: new Date() } },
      MAJORITY,
    );
    return taken.matchedCount === 1;
  }

  /**
   * Counts on patterns being bound, in the transaction of whoever wants their events: it and an unbinding write the same row,
   * so one of them runs again. Where a row is not (yet) there, the transaction runs again.
   */
  async use(patterns: readonly string[], session: ClientSession): Promise<void> {
    for (const pattern of patterns) {
      const used = await this.#rows.updateOne(
        { _id: pattern, state: 'bound' },
        { $inc: { uses: 1 } },
        { session },
      );
      if (used.matchedCount === 1) continue;
      const again = new mongo.MongoError(`${pattern} is not bound in this snapshot`);
      again.addErrorLabel('TransientTransactionError');
      throw again;
    }
  }

  /** Begins to unbind a pattern. False when it is not bound. */
  async beginUnbinding(pattern: string, session: ClientSession): Promise<boolean> {
    const row = { _id: pattern, state: 'bound' } as const;
    const begun = await this.#rows.updateOne(
      row,
      { $set: { state: 'unbinding', since: new Date() } },
      { session },
    );
    return begun.matchedCount === 1;
  }

  async endUnbinding(pattern: string): Promise<void> {
    await this.#rows.deleteOne({ _id: pattern, state: 'unbinding' }, MAJORITY);
  }

  /** Patterns whose unbinding somebody else left unfinished: now it is the caller's. */
  async takeUnfinished(): Promise<string[]> {
    const taken: string[] = [];
    for (const row of await this.#rows.find({ state: 'unbinding' }).toArray())
      if (isUnfinished(row) && (await this.#takeOver(row, 'unbinding'))) taken.push(row._id);
    return taken;
  }
}

const isUnfinished = ({ since }: BindingDocument): boolean => Date.now() - since.getTime() > UNFINISHED;
