/**
 * Answers of reports, for as long as is set: in this process, and in Redis where there is one, so that several processes add up
 * once. An entry holds for the version of the tenant's tallies that was read before it was computed: a write anywhere makes
 * another version, so nobody is shown less than was written.
 */
import type { Answers } from '@membership/platform/answers/answers-of';

const CAPACITY = 1_000;

export class ReportCache {
  readonly #answers: Pick<Answers, 'read'>;
  readonly #entries = new Map<string, { version: number; until: number; value: Promise<unknown> }>();
  readonly #milliseconds: number;
  constructor(answers: Pick<Answers, 'read'>, seconds: number) {
    this.#answers = answers;
    this.#milliseconds = seconds * 1_000;
  }

  /** The kept answer of a tenant and this version, or what `compute` gives. */
  async of<T extends object>(
    tenantId: number,
    key: string,
    version: number,
    compute: () => Promise<T>,
  ): Promise<T> {
    if (this.#milliseconds === 0) return compute();
    const kept = this.#entries.get(key);
    if (kept && kept.version === version && kept.until > Date.now()) return kept.value as Promise<T>;
    const value = this.#answers.read({ kind: 'license_statistics', tenantId }, `${version}:${key}`, compute);
    // A request that read an older version, yet comes later, does not replace a newer answer.
    if (!kept || kept.version <= version || kept.until <= Date.now()) {
      this.#entries.delete(key);
      this.#entries.set(key, { version, until: Date.now() + this.#milliseconds, value });
      if (this.#entries.size > CAPACITY) this.#entries.delete(this.#entries.keys().next().value as string);
    }
    value.catch(() => {
      if (this.#entries.get(key)?.value === value) this.#entries.delete(key);
    });
    return value;
  }
}
