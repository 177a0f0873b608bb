/** What is typed into a picker, and what is searched for: the same, once nothing was typed for a moment. */
import { useEffect, useState } from 'react';

const SEARCH_MS = 250;

export function useTyped() {
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSearch(typed.trim()), SEARCH_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return { typed, search, onSearch: setTyped };
}
