import { parentPort, workerData } from "node:worker_threads";
import Sqlite from "better-sqlite3";

/** The thread of a copy that has to be settled; it says what SQLite found, which is `ok` where all is well. */
const copy = new Sqlite(String(workerData));
copy.pragma("journal_mode = DELETE");
const found = copy.pragma("integrity_check", { simple: true });
copy.close();
parentPort?.postMessage(found);
