/**
 * Levels and benefits to be shown: out of Redis where there is one, never older than what was written in whichever process;
 * without, out of memory, where what another process wrote is within a second. Nothing is decided by them.
 */
import type { AnswerKind } from '@membership/platform/answer-subjects';
import type { Answers } from '@membership/platform/answers/answers-of';
import type { TenantScope } from '@membership/platform/scope';
import type { Benefit } from '../domain/benefit.ts';
import type { Definitions } from '../domain/definitions.ts';
import type { Level } from '../domain/level.ts';
import type { MemberLevel } from '../domain/member-level.ts';
import type { Listed, TenantDefinitions } from './tenant-definitions.ts';

const KIND_OF = {
  levels: 'levels',
  memberLevels: 'levels',
  benefits: 'benefits',
} as const satisfies Record<Listed, AnswerKind>;

export class ShownDefinitions {
  readonly #answers: Answers;
  readonly #definitions: TenantDefinitions;
  constructor(answers: Answers, definitions: TenantDefinitions) {
    this.#answers = answers;
    this.#definitions = definitions;
  }

  /** The ladder by points. */
  levels(scope: TenantScope): Promise<readonly Level[]> {
    return this.#read(scope, 'levels');
  }

  /** The ladder by spending, the lowest first. */
  memberLevels(scope: TenantScope): Promise<readonly MemberLevel[]> {
    return this.#read(scope, 'memberLevels');
  }

  benefits(scope: TenantScope): Promise<readonly Benefit[]> {
    return this.#read(scope, 'benefits');
  }

  async #read<Name extends Listed>(scope: TenantScope, name: Name): Promise<Definitions[Name]> {
    const kind = KIND_OF[name];
    if (!this.#answers.keeps(kind)) return (await this.#definitions.of(scope))[name];
    // What is kept is read anew: memory may be a second old, and would be kept under the version of after a change.
    const load = async () => ({ items: await this.#definitions.stored(scope, name) });
    const { items } = await this.#answers.read({ kind, tenantId: scope.tenantId }, name, load);
    // What somebody else has put there counts as not there.
    return Array.isArray(items) ? items : (await load()).items;
  }
}
