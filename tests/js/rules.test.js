/** The shared cases of the rule language, run by the browser's module, and what only it can show. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Decimal, evaluate, numberText, RuleError, typed } from "../../formdefs/browser/rules.js";
import { outcome, written } from "./evaluate_lines.mjs";

const pure = new URL("../pure/", import.meta.url);
const load = (name) => JSON.parse(readFileSync(new URL(name, pure), "utf8"));
const { facts, cases } = load("rules_cases.json");

test("every shared case holds", () => {
  for (const one of cases) {
    const got = outcome({ ...one, facts: facts[one.facts] ?? {} });
    const told = JSON.stringify(one);
    if (one.refused) {
      assert.equal(got.refused, one.refused, told);
      assert.equal(got.at, one.at ?? got.at, told);
    } else {
      assert.deepEqual(got.value, one.result, told);
    }
  }
});

test("answers are typed before rules see them", () => {
  for (const [kind, answer, worth] of load("typed_cases.json")) {
    assert.deepEqual(written(typed(kind, answer)), worth, `${kind} ${JSON.stringify(answer)}`);
  }
});

test("an answer that is not there is null", () => {
  assert.equal(typed("text", undefined), null);
  assert.equal(evaluate({ var: "a" }, { a: undefined }), null);
  assert.equal(evaluate({ var: "a" }, { a: NaN }), null);
});

test("decimals cannot be changed, and write themselves in JSON", () => {
  const quarter = evaluate({ "/": [1, 4] }, {});
  assert.ok(quarter instanceof Decimal);
  assert.equal(numberText(quarter), "0.25");
  assert.equal(JSON.stringify({ quarter }), '{"quarter":"0.25"}');
  assert.throws(() => (quarter.digits = 1n), TypeError);
});

test("a rule is refused every time it is asked", () => {
  const rule = { nope: [] };
  for (let turn = 0; turn < 2; turn++) {
    assert.throws(() => evaluate(rule, {}), (error) => error instanceof RuleError && error.at === "");
  }
});

test("what is not JSON is refused", () => {
  for (const rule of [undefined, NaN, Infinity, () => 1, { "==": [undefined, 1] }]) {
    assert.throws(() => evaluate(rule, {}), { code: "malformed" });
  }
});

test("the module uses nothing that a strict content security policy forbids", () => {
  const source = readFileSync(new URL("../../formdefs/browser/rules.js", import.meta.url), "utf8");
  assert.doesNotMatch(source, /\beval\(|new Function|\bimport\b/);
});
