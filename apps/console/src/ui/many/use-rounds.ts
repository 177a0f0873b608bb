/** Many rows, sent some at a time: how far it is, and going on after an answer that got lost, with nothing done twice. */
import { useRef, useState } from 'react';
import { newKey } from '../../api/use-api.ts';
import { isDecided } from '../decided.ts';
import { partsOf } from './table-text.ts';

type Send<Row, Result> = (rows: readonly Row[], key: string) => Promise<readonly Result[]>;
export type Rounds<Row, Result> = {
  /** What became of those that are done, in their order; undefined before it began. */
  readonly results: readonly Result[] | undefined;
  readonly isRunning: boolean;
  /** Why it stands still before its end. */
  readonly problem: unknown;
  readonly start: (rows: readonly Row[], send: Send<Row, Result>) => Promise<void>;
  /** From where it stopped; what may have been done already is asked for under its old key. */
  readonly goOn: (send: Send<Row, Result>) => Promise<void>;
  readonly reset: () => void;
};

export function useRounds<Row, Result>(size: number): Rounds<Row, Result> {
  const left = useRef<Row[][]>([]);
  const key = useRef(newKey());
  const [results, setResults] = useState<readonly Result[]>();
  const [isRunning, setRunning] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const goOn = async (send: Send<Row, Result>) => {
    setRunning(true);
    setProblem(undefined);
    try {
      for (let rows = left.current[0]; rows; rows = left.current[0]) {
        const done = await send(rows, key.current);
        setResults((before = []) => [...before, ...done]);
        left.current.shift();
        key.current = newKey();
      }
    } catch (error) {
      if (isDecided(error)) key.current = newKey();
      setProblem(error);
    } finally {
      setRunning(false);
    }
  };
  const start = (rows: readonly Row[], send: Send<Row, Result>) => {
    left.current = partsOf(rows, size);
    setResults([]);
    return goOn(send);
  };
  const reset = () => {
    left.current = [];
    setResults(undefined);
    setProblem(undefined);
  };
  return { results, isRunning, problem, start, goOn, reset };
}
