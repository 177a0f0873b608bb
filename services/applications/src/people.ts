/** How this service names the people that it knows from the gateway's facts. */
import type { Directory, Member } from '@membership/platform/directory';
import type { TenantScope } from '@membership/platform/scope';

type Known = { readonly id: number; readonly name?: string };
export type Person = { readonly id: number; readonly username: string | null; readonly email: string | null };

/** People by id, as clients see them. Somebody who is no member of the tenant keeps the name that he acted under. */
export async function peopleOf(
  directory: Directory,
  scope: TenantScope,
  known: readonly (Known | null)[],
): Promise<(person: Known | null) => Person | null> {
  const wanted = known.filter((person) => person !== null).map(({ id }) => id);
  const members: ReadonlyMap<number, Member> =
    wanted.length > 0 ? await directory.membersById(scope, wanted) : new Map();
  return (person) => {
    if (!person) return null;
    const member = members.get(person.id);
    return { id: person.id, username: member?.username ?? person.name ?? null, email: member?.email ?? null };
  };
}
