import assert from "node:assert/strict";
import { test } from "node:test";
import { exposition, Histogram } from "../../../src/service/exposition.ts";

test("a figure has its help, its type and its samples, with what could break a line escaped", () => {
  const samples = [{ value: 1.5, labels: { a: 'x"\\\ny', b: "" } }, { value: Number.POSITIVE_INFINITY }];
  assert.equal(
    exposition([{ name: "cordon_x", type: "gauge", help: "One\nline \\.", samples }]),
    [
      "# HELP cordon_x One\\nline \\\\.",
      "# TYPE cordon_x gauge",
      'cordon_x{a="x\\"\\\\\\ny",b=""} 1.5',
      "cordon_x +Inf",
      "",
    ].join("\n"),
  );
});

test("the classes of a histogram lie on top of each other, and the last holds all", () => {
  const histogram = new Histogram([0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 7]) histogram.observe(value);
  assert.equal(
    exposition([{ name: "t", type: "histogram", help: "T.", samples: histogram.samples() }]),
    [
      "# HELP t T.",
      "# TYPE t histogram",
      't_bucket{le="0.1"} 2',
      't_bucket{le="1"} 3',
      't_bucket{le="+Inf"} 4',
      "t_sum 7.65",
      "t_count 4",
      "",
    ].join("\n"),
  );
});
