/**
 * What shows on a form page, and what is required and worked out: the twin of formdefs/state.py for
 * the questions of one page. Hidden means null to all later rules. No DOM here.
 */

import { Decimal, evaluate, numberText, typed } from "../formdefs/rules.js";

const KEY = (id, rows) => [id, ...rows].join(" ");

/** Work a page out. `page` is what casework.pageforms.script gives, `answers` what is typed on it. */
export function stateOf(page, answers) {
  const standing = new Map(); // repeats around a node, joined -> the scopes in which it stands
  const nodes = new Map();
  const top = read(page.outside, page.answers);
  const open = (items, values, chain, rows, views) => {
    const view = rows.length ? { _id: rows.at(-1) } : top;
    const scope = { rows, views: [...views, view] };
    const here = standing.get(chain.join(" ")) ?? [];
    standing.set(chain.join(" "), [...here, scope]);
    fill(items, values, chain, scope, null);
    return view;
  };
  const fill = (items, values, chain, scope, parent) => {
    for (const node of items) {
      nodes.set(node.id, { ...node, chain, parent });
      const view = scope.views.at(-1);
      if (node.kind === "section") fill(node.items, values, chain, scope, node.id);
      if (node.kind === "question" && node.type !== "calculated" && values[node.key] !== undefined) {
        view[node.key] = typed(node.as, values[node.key]);
      }
      if (node.kind !== "repeat") continue;
      const inner = [...chain, node.id];
      if (!standing.has(inner.join(" "))) standing.set(inner.join(" "), []);
      const rows = (values[node.key] ?? []).map((row) =>
        open(node.items, row, inner, [...scope.rows, row._id], scope.views));
      if (rows.length) view[node.key] = rows;
      else learn(node.items, inner, nodes);
    }
  };
  open(page.nodes, answers, [], [], []);
  return settle(page, nodes, standing);
}

/** Answers of other pages, as they count, as rules read them. */
function read(nodes, answers) {
  const view = {};
  for (const node of nodes) {
    const value = answers[node.key];
    if (value === undefined) continue;
    view[node.key] =
      node.kind === "repeat"
        ? value.map((row) => ({ _id: row._id, ...read(node.items, row) }))
        : typed(node.as, value);
  }
  return view;
}

/** Note the nodes of a repeat without rows. */
function learn(items, chain, nodes) {
  for (const node of items) {
    nodes.set(node.id, { ...node, chain, parent: null });
    if (node.items) learn(node.items, node.kind === "repeat" ? [...chain, node.id] : chain, nodes);
  }
}

function settle(page, nodes, standing) {
  const shown = new Map();
  const required = new Map();
  const workedOut = new Map();
  const offered = new Map();
  const titles = new Map();
  const run = (rule, scope, ...inner) => {
    const [answers, ...outer] = scope.views;
    return evaluate(rule, answers, [...outer, ...inner], page.facts);
  };
  const truth = (rule, scope, refused, ...inner) => {
    if (typeof rule === "boolean") return rule;
    try {
      const value = run(rule, scope, ...inner);
      return Array.isArray(value) ? value.length > 0 : Boolean(value);
    } catch {
      return refused;
    }
  };
  const holder = (node) => node.parent ?? node.chain.at(-1) ?? null;
  for (const id of page.order) {
    const node = nodes.get(id);
    if (!node) continue;
    for (const scope of standing.get(node.chain.join(" ")) ?? []) {
      const above = holder(node);
      const depth = above ? nodes.get(above).chain.length : 0;
      let shows = above === null || shown.get(KEY(above, scope.rows.slice(0, depth))) !== false;
      shows = shows && truth(node.visible ?? true, scope, true);
      shown.set(KEY(id, scope.rows), shows);
      const view = scope.views.at(-1);
      if (!shows && node.key) delete view[node.key];
      if (shows && node.type === "calculated") {
        const worth = answerOf(node, attempt(() => run(node.value, scope)));
        workedOut.set(KEY(id, scope.rows), worth);
        if (worth !== null) view[node.key] = typed(node.as, worth);
      }
    }
  }
  for (const node of nodes.values()) {
    for (const scope of standing.get(node.chain.join(" ")) ?? []) {
      const shows = shown.get(KEY(node.id, scope.rows)) !== false;
      if (node.kind === "question") {
        required.set(KEY(node.id, scope.rows), shows && truth(node.required ?? false, scope, false));
        if (node.options !== undefined) {
          const kept = page.lists[node.list].filter((option) => truth(node.options, scope, true, { option }));
          offered.set(KEY(node.id, scope.rows), new Set(kept.map((option) => option.code)));
        }
      }
    }
    if (node.row_title === undefined) continue;
    for (const scope of standing.get([...node.chain, node.id].join(" ")) ?? []) {
      const title = attempt(() => run(node.row_title, scope));
      titles.set(KEY(node.id, scope.rows), title === null ? "" : numberText(title));
    }
  }
  return {
    shows: (id, rows) => shown.get(KEY(id, rows)) !== false,
    required: (id, rows) => required.get(KEY(id, rows)) === true,
    offered: (id, rows) => offered.get(KEY(id, rows)) ?? null,
    value: (id, rows) => workedOut.get(KEY(id, rows)) ?? null,
    title: (id, rows) => titles.get(KEY(id, rows)) ?? "",
    node: (id) => nodes.get(id),
  };
}

const DATE = /^(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/;

/** A rule's result as the answer of a calculated question; null where it is not of its type. */
function answerOf(node, value) {
  if (node.as === "boolean") return typeof value === "boolean" ? value : null;
  if (node.as === "date") return typeof value === "string" && DATE.test(value) ? typed("date", value) : null;
  if (node.as !== "number") return typeof value === "string" ? value : null;
  if (typeof value !== "number" && !(value instanceof Decimal)) return null;
  if (Math.abs(Number(numberText(value))) > Number.MAX_SAFE_INTEGER) return null;
  if (node.result === "integer") return Number.isInteger(value) ? value : null;
  return rounded(numberText(value), node.places, node.result === "money");
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

function attempt(work) {
  try {
    return work();
  } catch {
    return null;
  }
}
