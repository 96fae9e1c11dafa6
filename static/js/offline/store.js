// What waits in this browser stands in a database per person: who logs in next opens another one.
export const me = document.querySelector("[data-me]")?.dataset.me;

export const number = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// this browser, as drafts know it: a number that says nothing of anybody
const lasting = () => { try { return (localStorage.hand ??= number()); } catch { return number(); } };
export const hand = me && lasting();

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const opened = (who) => {
  const asked = indexedDB.open(`baton-${who}`, 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("drafts", { keyPath: "place" });
    asked.result.createObjectStore("queue", { keyPath: "key" });
  };
  return done(asked).then((database) => {
    database.onversionchange = () => database.close(); // another tab logs out
    return database;
  });
};

const database = me ? opened(me) : Promise.reject(new Error("nobody"));
database.catch(() => {}); // no storage: the server's drafts remain

const within = async (stores, mode, act) => {
  const transaction = (await database).transaction(stores, mode);
  const result = await act(...stores.map((name) => transaction.objectStore(name)));
  if (mode === "readonly") return result;
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
};

export const kept = (store, key) => within([store], "readonly", (rows) => done(rows.get(key)));
export const all = (store) => within([store], "readonly", (rows) => done(rows.getAll()));
export const put = (store, row) => within([store], "readwrite", (rows) => void rows.put(row));
export const drop = (store, key) => within([store], "readwrite", (rows) => void rows.delete(key));

// from one to the other or not at all: what is queued is no draft any more, and the other way round
export const move = (from, key, to, row) => within([from, to], "readwrite", (old, rows) => void (old.delete(key), row && rows.put(row)));

// whether somebody else's words are nowhere but in this database: their session ended before they were sent
const waitsIn = async (name) => {
  const other = await done(indexedDB.open(name));
  try {
    const rows = (store) => done(other.transaction(store).objectStore(store).getAll());
    return (await rows("queue")).length > 0 || (await rows("drafts")).some((row) => !row.there);
  } finally {
    other.close();
  }
};

// everything in this browser but others' words that wait for them; whether there are any
export const empty = async () => {
  (await database.catch(() => null))?.close();
  const own = `baton-${me}`;
  const known = ((await indexedDB.databases?.()) ?? [{ name: own }]).map(({ name }) => name).filter((name) => name.startsWith("baton-"));
  let waits = false;
  for (const name of known) {
    if (name !== own && (await waitsIn(name).catch(() => false))) waits = true;
    else await done(indexedDB.deleteDatabase(name)).catch(() => {});
  }
  if ("caches" in window) await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  sessionStorage.clear();
  return waits;
};
