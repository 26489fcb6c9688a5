import assert from "node:assert/strict";
import { test } from "node:test";
import { People } from "../../../src/chat/people.ts";
import { alice, bob, carol } from "../../support/incident.ts";
import { otherCarol } from "./heard.ts";

test("a name that several have", () => {
  const reader = new People("bank.example", [
    { user: carol, name: "Kim" },
    { user: otherCarol, name: "Kim" },
  ]);
  assert.deepEqual(reader.find({ text: "kim", from: 0, to: 3 }), {
    misread: "several-people",
    typed: "kim",
    people: [carol, otherCarol],
  });
});

test("whoever has the name as an id is meant, whatever others call themselves", () => {
  const reader = new People("bank.example", [
    { user: bob, name: "alice" },
    { user: alice, name: "Boss" },
  ]);
  assert.equal(reader.find({ text: "@Alice", from: 0, to: 6 }), alice);
});
