/** What this browser remembers between visits: small maps, of which what was written longest ago is forgotten first. */
import { getChosenOrgId } from "./org/address.js";

/** A browser may keep nothing for a page: then it is remembered until the page is left. */
function openStorage() {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

function parse(text) {
  try {
    return Object.entries(JSON.parse(text ?? "{}"));
  } catch {
    return [];
  }
}

/**
 * @param name of the map; each org has one of its own
 * @param maxEntries how many are kept
 */
export function createStoredMap(name, maxEntries, storage = openStorage(), getOrgId = getChosenOrgId) {
  const unsaved = new Map();
  const toKey = () => `onsync-console ${name} ${getOrgId() ?? ""}`;

  /** Read anew each time: another tab may have written. */
  function read() {
    const key = toKey();
    return new Map(unsaved.get(key) ?? parse(storage?.getItem(key)));
  }

  function write(entries) {
    const key = toKey();
    const kept = [...entries].slice(-maxEntries);
    try {
      storage.setItem(key, JSON.stringify(Object.fromEntries(kept)));
      unsaved.delete(key);
    } catch {
      unsaved.set(key, kept);
    }
  }

  return {
    read,
    get: (id) => read().get(id),
    set: (id, value) => {
      const entries = read();
      entries.delete(id);
      entries.set(id, value);
      write(entries);
    },
    delete: (id) => {
      const entries = read();
      if (entries.delete(id)) write(entries);
    },
  };
}
