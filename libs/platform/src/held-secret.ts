/**
 * A secret that is changed while processes run: the present value and those of before, read anew when its file changes. What was
 * signed or sealed with one of before goes on being believed and opened; nothing restarts.
 */
import { readFileSync, statSync } from 'node:fs';
import { readOverlappingSecret, type OtherSecrets } from './config.ts';
import type { Logger } from './log.ts';

const LOOK_MILLISECONDS = 1_000;
/** Whoever sends what no value has made must not have the file read as often as he likes. */
const ASKED_MILLISECONDS = 100;

type Values = readonly string[];
type Options = {
  readonly name: string;
  readonly values: Values;
  /** Where they were read from; none: they stay as they are until a restart. */
  readonly file?: string | undefined;
  /** Milliseconds after a change of the file from which its new value is the present one. */
  readonly settleMilliseconds: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The other secrets of the process, none of whose values may be this one's. */
  readonly others: () => OtherSecrets;
  readonly logger: Pick<Logger, 'error' | 'info'>;
};

export class HeldSecret {
  readonly #options: Options;
  #values: Values;
  #changedAt = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Of what is made of each value. */
  readonly #makers: ((values: Values) => unknown)[] = [];
  #told = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#values = options.values;
    if (options.file && options.values.length > 1) this.#changedAt = changeOf(options.file);
  }

  /** Keeps looking at the file. */
  start(): void {
    if (!this.#options.file) return;
    this.#timer = setInterval(() => this.learn(), LOOK_MILLISECONDS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A new value that waits until everybody can have read it. */
  get next(): string | null {
    const [newest] = this.#values;
    return newest === this.values[0] ? null : (newest as string);
  }

  /** All values, the one that signs and seals first. A new one does once everybody can have read it. */
  get values(): Values {
    const [newest, before, ...older] = this.#values;
    const isSettled = Date.now() - this.#changedAt >= this.#options.settleMilliseconds;
    return isSettled || before === undefined ? this.#values : [before, newest as string, ...older];
  }

  /**
   * What is made of each value, once; the present one's first. A value of which `make` throws is not usable, nor are values of whose
   * things together `check` throws.
   */
  of<Made>(
    make: (value: string) => Made,
    check: (made: readonly [Made, ...Made[]]) => void = () => undefined,
  ): () => readonly [Made, ...Made[]] {
    let known = new Map<string, Made>();
    const madeOf = (values: Values) => {
      const made = values.map((value) => known.get(value) ?? make(value)) as [Made, ...Made[]];
      check(made);
      return made;
    };
    this.#makers.push((values) => {
      for (const [index, made] of madeOf(values).entries()) known.set(values[index] as string, made);
    });
    let last: { readonly values: Values; readonly made: readonly [Made, ...Made[]] } | undefined;
    return () => {
      const { values } = this;
      if (last?.values === values) return last.made;
      const made = madeOf(values);
      known = new Map(values.map((value, index) => [value, made[index] as Made]));
      last = { values, made };
      return made;
    };
  }

  /** As `learn`, ten times a second at most: for who has met something that no value has made. */
  learnWhenAsked(): boolean {
    const now = performance.now();
    if (now - this.#askedAt < ASKED_MILLISECONDS) return false;
    this.#askedAt = now;
    return this.learn();
  }

  /** Reads the file now. True: it has other values than before. One that is not usable changes nothing, and is told once. */
  learn(): boolean {
    const { file, name, environment, others, logger } = this.#options;
    if (!file) return false;
    try {
      const values = readOverlappingSecret(name, readFileSync(file, 'utf8'), {
        environment,
        others: others(),
      });
      const isChanged = values.join() !== this.#values.join();
      if (isChanged) for (const make of this.#makers) make(values);
      this.#told = '';
      if (!isChanged) return false;
      if (values[0] !== this.#values[0]) this.#changedAt = Date.now();
      this.#values = values;
      logger.info({ setting: name, values: values.length }, 'a secret was changed');
      return true;
    } catch (error) {
      const problem = (error as Error).message;
      if (problem !== this.#told)
        logger.error(
          { err: error, setting: name },
          'a secret was changed to what is not usable: the one before stays',
        );
      this.#told = problem;
      return false;
    }
  }
}

/** A secret of given values, which stays as it is. */
export const heldSecret = (...values: string[]): HeldSecret =>
  new HeldSecret({
    name: 'secret',
    values,
    settleMilliseconds: 0,
    environment: {},
    others: () => [],
    logger: { error: () => undefined, info: () => undefined },
  });

function changeOf(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}
