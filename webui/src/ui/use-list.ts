import { useEffect, useState } from "preact/hooks";

/** A list of the gateway's, as far as it is known. */
export interface Listed<T> {
  /** null before it has come. */
  list: T[] | null;
  /** Why the last request failed; undefined while none did. */
  failure: unknown;
  /** Waits for a change to be carried out, then asks for the list again. */
  change: (carriedOut?: Promise<unknown>) => void;
}

/** Asks for a list when the view opens, and again after each change. */
export function useList<T>(load: () => Promise<T[]>): Listed<T> {
  const [list, setList] = useState<T[] | null>(null);
  const [failure, setFailure] = useState<unknown>(undefined);
  const change = (carriedOut: Promise<unknown> = Promise.resolve()) => {
    setFailure(undefined);
    carriedOut.then(load).then(setList, (err: unknown) => setFailure(err ?? true));
  };
  useEffect(() => change(), []);
  return { list, failure, change };
}
