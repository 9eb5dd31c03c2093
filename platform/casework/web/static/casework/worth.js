/** A rule's result as an answer: the twin of `from_rules`. No DOM here. */

import { Decimal, numberText, typed } from "../formdefs/rules.js";

const DATE = /^(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/;

/** A rule's result as the answer of a calculated question, or a default; null if it is none of its type. */
export function answerOf(node, value) {
  const result = node.result ?? node.type;
  if (node.as === "list" || node.as === "object") return null;
  if (node.as === "boolean") return typeof value === "boolean" ? value : null;
  if (node.as === "date") return typeof value === "string" && DATE.test(value) ? typed("date", value) : null;
  if (node.as !== "number") return typeof value === "string" ? value : null;
  if (typeof value !== "number" && !(value instanceof Decimal)) return null;
  if (Math.abs(Number(numberText(value))) > Number.MAX_SAFE_INTEGER) return null;
  if (result === "integer") return Number.isInteger(value) ? value : null;
  return rounded(numberText(value), node.places ?? 2, result === "money");
}

/** Plain digits rounded to so many places, half to even. */
function rounded(text, places, keepZeros) {
  const [whole, fraction = ""] = text.replace("-", "").split(".");
  let digits = BigInt(whole + fraction.padEnd(places, "0").slice(0, places));
  const rest = fraction.slice(places);
  const half = "5".padEnd(rest.length, "0");
  if (rest && (rest > half || (rest === half && digits % 2n === 1n))) digits += 1n;
  const padded = String(digits).padStart(places + 1, "0");
  if (padded.length - places > 15) return null;
  const kept = padded.slice(padded.length - places);
  const tail = keepZeros ? kept : kept.replace(/0+$/, "");
  const sign = text.startsWith("-") && digits !== 0n ? "-" : "";
  return sign + padded.slice(0, padded.length - places) + (tail ? `.${tail}` : "");
}
