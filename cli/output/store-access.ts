/** Opens a store for one command and closes it again, whatever happens. */
import { escapeInJson } from '../../store/escape-control.ts';
import { openStore, type Store } from '../../store/store.ts';

export function withStore<T>(dir: string, use: (store: Store) => T, mode: 'read' | 'write' = 'read'): T {
  const store = openStore({ dir, mode });
  try {
    return use(store);
  } finally {
    store.close();
  }
}

export const printJson = (value: unknown): void => {
  process.stdout.write(`${escapeInJson(JSON.stringify(value, null, 2))}\n`);
};
