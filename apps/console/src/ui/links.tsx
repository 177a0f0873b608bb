/** Links between the pages of a tenant. */
import type { ReactNode } from 'react';
import { Link, useRouter } from '@tanstack/react-router';
import { Button } from 'antd';
import { useMemberName } from '../api/member-names.ts';
import { usePlace } from '../api/use-api.ts';
import { useSay, type Text } from '../preferences.ts';

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
/** To a member, by its name; one that the list does not tell is looked up. */
export const MemberLink = ({ id, name }: { id: number; name?: string | null }) => (
  <To path={`members/${id}`}>{name ?? <MemberName id={id} />}</To>
);
/** The id, until the name is there, and of one that the tenant does not have. */
function MemberName({ id }: { id: number }) {
  return <span title={`#${id}`}>{useMemberName(id) ?? `#${id}`}</span>;
}

/** To a page where something is done, beside the acts of this one. */
export function ToPage({
  path,
  search,
  label,
}: {
  path: string;
  search?: Readonly<Record<string, string>>;
  label: Text;
}) {
  const { tenant } = usePlace();
  const router = useRouter();
  const say = useSay();
  const place = { to: `/t/${tenant}/${path}`, ...(search ? { search } : {}) };
  return (
    <Button
      href={router.buildLocation(place).href}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        void router.navigate(place);
      }}
    >
      {say(label)}
    </Button>
  );
}
