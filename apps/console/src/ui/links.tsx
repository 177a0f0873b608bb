/** Links between the pages of a tenant. */
import type { ReactNode } from 'react';
import { Link } from '@tanstack/react-router';
import { usePlace } from '../api/use-api.ts';

/** To a page of the same tenant, by its address there. */
export function To({
  path,
  search,
  children,
}: {
  path: string;
  search?: Readonly<Record<string, string>>;
  children: ReactNode;
}) {
  const { tenant } = usePlace();
  return (
    <Link to={`/t/${tenant}/${path}`} {...(search ? { search } : {})}>
      {children}
    </Link>
  );
}
export const MemberLink = ({ id, name }: { id: number; name?: string | null }) => (
  <To path={`members/${id}`}>{name ?? `#${id}`}</To>
);
