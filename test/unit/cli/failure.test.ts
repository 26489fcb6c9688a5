import assert from "node:assert/strict";
import { test } from "node:test";
import { exitCodes, explainFailure } from "../../../src/cli/failure.ts";

for (const [what, error, code, words] of [
  [
    "a database that goes away while it is read",
    Object.assign(new Error("terminating connection due to unexpected postmaster exit"), { code: "57P02" }),
    exitCodes.database,
    "PostgreSQL does not answer; start it, or mend the way to it.\n",
  ],
  [
    "a connection to it that breaks",
    new Error("Connection terminated unexpectedly"),
    exitCodes.database,
    "PostgreSQL does not answer; start it, or mend the way to it.\n",
  ],
  [
    "what nobody foresaw",
    new Error("odd"),
    exitCodes.fault,
    /^This is a fault of Cordon's own\. Error: odd\n/,
  ],
] as const) {
  test(`${what} is told as what it is, with the cure where there is one`, (t) => {
    const told: string[] = [];
    t.mock.method(process.stderr, "write", (text: string) => told.push(text) > 0);
    const given = explainFailure(error);
    t.mock.restoreAll();
    assert.equal(given, code);
    if (typeof words === "string") assert.equal(told.join(""), words);
    else assert.match(told.join(""), words);
  });
}
