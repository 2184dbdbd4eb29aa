/** Damages all that a page has stored in IndexedDB, whatever it is. Runs in the page. */

/**
 * `contents`: every value is text. `types`: every value's bytes are numbers. `tables`: databases of
 * the same name and version without tables. `version`: databases of a version to come.
 */
export type Damage = 'contents' | 'types' | 'tables' | 'version';

/** @returns how many values or databases were damaged. It is sent into the page: all of it is within. */
export async function damageDatabase(damage: Damage): Promise<number> {
  const settled = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const spoil = (value: unknown): unknown => {
    if (damage === 'contents') return 'not what was stored';
    const entries = Object.entries(value as object).map(([key, each]) => [
      key,
      ArrayBuffer.isView(each) || typeof each === 'string' ? 42 : { each },
    ]);
    return Object.fromEntries(entries);
  };
  let damaged = 0;
  for (const { name = '', version = 1 } of await indexedDB.databases()) {
    if (damage === 'tables') await settled(indexedDB.deleteDatabase(name));
    const database = await settled(
      indexedDB.open(name, damage === 'version' ? version + 100 : version),
    );
    if (damage === 'tables' || damage === 'version') damaged++;
    else {
      for (const table of database.objectStoreNames) {
        const store = database.transaction(table, 'readwrite').objectStore(table);
        for (const key of await settled(store.getAllKeys())) {
          await settled(store.put(spoil(await settled(store.get(key))), key));
          damaged++;
        }
      }
    }
    database.close();
  }
  return damaged;
}
