/** Whose days the figures are of: each projector's zone of a tenant is the one that the gateway has. */
import type { Books, Looked } from './books.ts';

/** Until one is told. */
const FIRST_ZONE = 'UTC';
type Generations = Readonly<Record<'figures' | 'boards' | 'retention', number | null>>;

export async function zonesOf(
  { books: { gateway, stats }, tenantId }: { readonly books: Books; readonly tenantId: number },
  { figures, boards, retention }: Generations,
): Promise<Looked> {
  const tenant = await gateway
    .collection<{ _id: number; timezone: string }>('tenants')
    // Of an erased one nothing is kept.
    .findOne({ _id: tenantId, erasedAt: null }, { projection: { timezone: 1 } });
  const timezone = tenant?.timezone;
  if (timezone === undefined) return { compared: 0, found: new Map() };
  const zoneIn = async (collection: string, generation: number) =>
    (
      await stats
        .collection<{ _id: string; zone: string }>(collection)
        .findOne({ _id: `${generation}/${tenantId}` })
    )?.zone;
  const zones: [string, string | undefined][] = [];
  if (figures !== null) {
    const row = await stats
      .collection<{ _id: string; state: { timezone: string } }>('rows')
      .findOne({ _id: `${figures}/${tenantId}:tenant:${tenantId}` });
    zones.push(['zone', row?.state.timezone]);
  }
  if (boards !== null) zones.push(['zone of leaderboards', await zoneIn('board_zones', boards)]);
  if (retention !== null) zones.push(['zone of retention', await zoneIn('retention_zones', retention)]);
  const wrong = zones.filter(([, counted = FIRST_ZONE]) => counted !== timezone);
  return {
    compared: zones.length,
    found: new Map(wrong.map(([name, counted = FIRST_ZONE]) => [name, `${timezone}, counted as ${counted}`])),
  };
}
