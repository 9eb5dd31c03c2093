/**
 * Evaluate the rules that come in, one JSON case a line, and write an outcome a line.
 *
 * A case is {rule, answers, scope?, facts?}; an outcome {value} or {refused, at}. {"$decimal": text}
 * stands for a decimal, because JSON cannot tell decimals apart.
 */
import { realpathSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { Decimal, evaluate, NO_FACTS, RuleError, typed } from "../../formdefs/browser/rules.js";

export function outcome({ rule, answers = null, scope = [], facts = NO_FACTS }) {
  try {
    return { value: written(evaluate(rule, read(answers), read(scope), facts)) };
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    return { refused: error.code, at: error.at };
  }
}

function read(value) {
  if (Array.isArray(value)) return value.map(read);
  if (value === null || typeof value !== "object") return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && keys[0] === "$decimal") return typed("number", value.$decimal);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, read(part)]));
}

export function written(value) {
  if (value instanceof Decimal) return { $decimal: String(value) };
  // A fraction inside a list that was passed on unread: read it now.
  if (typeof value === "number" && !Number.isInteger(value)) return written(evaluate(value, null));
  if (Array.isArray(value)) return value.map(written);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, written(part)]));
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(outcome(JSON.parse(line)))}\n`);
  }
}
