import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { matchesPage, type Sayings, shownMessage } from "./page.ts";
import { lastChange, saidAtLast, stories, type Told } from "./stories.ts";

function shownAtLast(told: Told): string {
  const said = saidAtLast(told);
  if (said.length === 0) return "nothing is said";
  return said
    .map(({ message, to, controls = [] }) =>
      [...(to === undefined ? [] : [`where the ${to} read:`]), shownMessage(message), ...controls].join("\n"),
    )
    .join("\n");
}

test("everything the bot says by itself is on the golden page", () => {
  const chapters = Object.entries(stories).map(([fact, each]): [string, Sayings] => [
    fact,
    Object.fromEntries(Object.entries(each).map(([name, one]) => [name || fact, shownAtLast(one)])),
  ]);
  matchesPage("announcements", Object.fromEntries(chapters));
});

describe("each story ends with the fact that it stands for", () => {
  for (const [fact, each] of Object.entries(stories)) {
    test(fact, () => {
      for (const { story } of Object.values(each)) {
        assert.ok(lastChange(story).some(({ type }) => type === fact));
      }
    });
  }
});
