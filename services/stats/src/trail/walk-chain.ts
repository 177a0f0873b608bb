/** Walks from one event to what led to it, and to what came of it. */
import { notFound } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { TrailEntry, TrailRepository } from './trail-repository.ts';

export type Chain = {
  readonly event: TrailEntry;
  /** The nearest first. */
  readonly causes: readonly TrailEntry[];
  /** In their order. */
  readonly effects: readonly TrailEntry[];
  /** Nothing was left out. */
  readonly isComplete: boolean;
};

const CAUSES_AT_MOST = 50;
const EFFECTS_AT_MOST = 500;

/** A cause that is not archived (yet) ends the way up. Refusals: NOT_FOUND for an event that is not the tenant's. */
export async function walkChain(trail: TrailRepository, scope: TenantScope, id: string): Promise<Chain> {
  const event = await trail.find(scope, id);
  if (!event) throw notFound();
  const [up, down] = await Promise.all([causesOf(trail, scope, event), effectsOf(trail, scope, event)]);
  return { event, ...up, ...down, isComplete: up.isWhole && down.isWhole };
}

async function causesOf(trail: TrailRepository, scope: TenantScope, event: TrailEntry) {
  const causes: TrailEntry[] = [];
  const known = new Set([event.envelope.id]);
  for (let next = event.envelope.causationid; next !== undefined && !known.has(next); ) {
    if (causes.length === CAUSES_AT_MOST) return { causes, isWhole: false };
    const cause = await trail.find(scope, next);
    if (!cause) break;
    known.add(next);
    causes.push(cause);
    next = cause.envelope.causationid;
  }
  return { causes, isWhole: true };
}

async function effectsOf(trail: TrailRepository, scope: TenantScope, event: TrailEntry) {
  const effects: TrailEntry[] = [];
  const known = new Set([event.envelope.id]);
  let isWhole = true;
  for (let causes = [event.envelope.id]; causes.length > 0 && isWhole; ) {
    const left = EFFECTS_AT_MOST - effects.length;
    const found = (await trail.listCausedBy(scope, causes, left + 1)).filter(
      ({ envelope }) => !known.has(envelope.id),
    );
    isWhole = found.length <= left;
    const fresh = found.slice(0, left);
    for (const { envelope } of fresh) known.add(envelope.id);
    effects.push(...fresh);
    causes = fresh.map(({ envelope }) => envelope.id);
  }
  return { effects: effects.sort((left, right) => left.position - right.position), isWhole };
}
