/**
 * What shows on a form page, what is required, locked, offered and worked out: the twin of
 * formdefs/state.py for the questions of one page. Hidden means null to all later rules. After one
 * change only what depends on it is worked out again. No DOM here.
 */

import { compiled, Decimal, numberText, typed } from "../formdefs/rules.js";
import { answerOf } from "./worth.js";
import { planOf } from "./plan.js";

/**
 * Work a page out. `page` is what casework.pageforms.script gives, `answers` what is typed on it.
 *
 * Places are told by the id of a node and the ids of the rows it stands in, from the outermost in.
 */
export function stateOf(page, answers) {
  const plan = planOf(page);
  const top = scopeOf(null, null, "");
  Object.assign(top.view, seenOutside(page.outside, page.answers));
  open(top, page.nodes, answers);
  const settleAll = () => settleAgain(page, plan, top, EVERYTHING, new Map());
  /** Answer one question, or a repeat by all its rows, and settle what depends on it. */
  const put = (step, scope, answer) => {
    const { node } = step;
    const rows = [scope.rows];
    const again = new Map([[step.place, new Set(rows)]]);
    const decide = new Map();
    if (node.kind === "repeat") {
      openRows(scope, node, answer);
      for (const inner of plan.within.get(node.id)) again.set(plan.steps.get(inner).place, new Set(rows));
      for (const one of plan.decided) if (one.scopes.includes(node.id)) decide.set(one, new Set(rows));
    } else scope.answers[node.key] = answer;
    if (page.reads) settleAgain(page, plan, top, again, decide);
    else settleAll();
  };
  /** What is locked holds what was kept, what is open what is typed; which may open or lock others. */
  const settleLocks = () => {
    for (let turn = 0; turn <= plan.locking.length; turn++) {
      let changed = false;
      for (const step of plan.locking) {
        for (const scope of scopesOf(top, step.chain, [])) {
          const { locked } = scope.told.get(step.node.id);
          const wanted = locked ? keptFor(page, step, scope) : scope.typed[step.node.key];
          if (alike(scope.answers[step.node.key], wanted)) continue;
          put(step, scope, wanted);
          changed = true;
        }
      }
      if (!changed) return;
    }
  };
  settleAll();
  settleLocks();
  const at = (id, rows) => {
    const step = plan.steps.get(id);
    return step && scopesOf(top, step.chain.slice(0, rows.length), rows)[0];
  };
  const told = (id, rows) => at(id, rows)?.told.get(id) ?? NOTHING_TOLD;
  return {
    shows: (id, rows) => at(id, rows)?.shown.get(id) !== false,
    required: (id, rows) => told(id, rows).required,
    readonly: (id, rows) => told(id, rows).readonly,
    locked: (id, rows) => told(id, rows).locked,
    offered: (id, rows) => told(id, rows).offered,
    value: (id, rows) => at(id, rows)?.worth.get(id) ?? null,
    wrong: (id, rows) => told(id, rows).wrong,
    title: (id, rows) => rowAt(plan, top, id, rows)?.title ?? "",
    node: (id) => plan.steps.get(id)?.node,
    /** What a question begins with in a row that is new, or null. */
    default: (id, rows) => firstOf(plan.steps.get(id).node, at(id, rows) ?? top, page.facts),
    checks: plan.checks.map((check) => check.node),
    /** Every place where a node stands, as the ids of the rows. */
    places: (id) => scopesOf(top, plan.steps.get(id).chain, []).map((scope) => scope.rows),
    /** Put one typed answer in place of another; the answer of a repeat is all its rows. */
    change(id, rows, answer) {
      const scope = at(id, rows);
      const step = plan.steps.get(id);
      const { key, kind, readonly } = step.node;
      if (!scope || readonly === true || alike(scope.typed[key], answer)) return;
      scope.typed[key] = answer ?? null;
      if (kind === "repeat" || !scope.told.get(id)?.locked) put(step, scope, answer ?? null);
      settleLocks();
    },
    /** Take in what is typed on the whole page now. */
    update(now) {
      updateScope(this, top, page.nodes, now);
    },
  };
}

function keptFor(page, { node }, scope) {
  const name = scope.prefix + node.key;
  return Object.hasOwn(page.kept ?? {}, name) ? page.kept[name] : firstOf(node, scope, page.facts);
}

function firstOf(node, scope, facts) {
  const given = node.default ?? null;
  const isRule = typeof given === "object" && given !== null && !Array.isArray(given);
  return isRule ? answerOf(node, worth(given, scope, facts)) : given;
}

const NOTHING_TOLD = { required: false, readonly: false, locked: false, offered: null, wrong: false };

function updateScope(state, scope, items, now) {
  for (const node of items) {
    if (node.kind === "section") updateScope(state, scope, node.items, now);
    else if (node.kind === "question" && node.type !== "calculated") {
      state.change(node.id, scope.rows, now[node.key] ?? null);
    } else if (node.kind === "repeat") {
      const rows = now[node.key] ?? [];
      const inner = scope.inner.get(node.id);
      const order = [...inner.keys()];
      if (order.length !== rows.length || rows.some((row, place) => order[place] !== row._id)) {
        state.change(node.id, scope.rows, rows);
      } else for (const row of rows) updateScope(state, inner.get(row._id), node.items, row);
    }
  }
}

// Scopes: the form level and every row, each inside the one above it.

function scopeOf(above, rowId, key) {
  const view = rowId === null ? {} : { _id: rowId };
  return {
    above, view,
    prefix: above ? `${above.prefix}${key}.${rowId}.` : "", // of the names of its inputs
    rows: above ? [...above.rows, rowId] : [],
    views: above ? [...above.views, view] : [view],
    typed: {}, answers: {}, shown: new Map(), worth: new Map(), told: new Map(), inner: new Map(), title: "",
  };
}

/** Answers of other pages, as they count, as rules read them. */
function seenOutside(nodes, answers) {
  const view = {};
  for (const node of nodes) {
    const value = answers[node.key];
    if (value === undefined) continue;
    view[node.key] =
      node.kind === "repeat"
        ? value.map((row) => ({ _id: row._id, ...seenOutside(node.items, row) }))
        : typed(node.as, value);
  }
  return view;
}

function open(scope, items, answers) {
  for (const node of items) {
    if (node.kind === "section") open(scope, node.items, answers);
    else if (node.kind === "repeat") openRows(scope, node, answers[node.key]);
    else if (node.kind === "question") {
      scope.typed[node.key] = scope.answers[node.key] = answers[node.key] ?? null;
    }
  }
}

function openRows(scope, node, answer) {
  scope.typed[node.key] = scope.answers[node.key] = answer ?? null;
  const inner = new Map();
  scope.inner.set(node.id, inner);
  for (const row of answer ?? []) {
    const here = scopeOf(scope, row._id, node.key);
    inner.set(row._id, here);
    open(here, node.items, row);
  }
}

/** The rows of nested repeats (by their ids) that lie in the rows named. */
function scopesOf(top, chain, rows) {
  let found = [top];
  for (let depth = 0; depth < chain.length; depth++) {
    if (depth < rows.length) {
      const row = found[0]?.inner.get(chain[depth])?.get(rows[depth]);
      found = row ? [row] : [];
    } else found = found.flatMap((scope) => [...(scope.inner.get(chain[depth])?.values() ?? [])]);
  }
  return found;
}

function rowAt(plan, top, id, rows) {
  const step = plan.steps.get(id);
  return step && scopesOf(top, [...step.chain, id], rows)[0];
}

const alike = (one, other) => one === (other ?? null) || JSON.stringify(one) === JSON.stringify(other ?? null);

// Working out: first what shows and what is worth what, in order; then what that decides.

const EVERYTHING = new Map();

function settleAgain(page, plan, top, again, decide) {
  if (again === EVERYTHING) {
    for (const step of plan.order) for (const scope of scopesOf(top, step.chain, [])) settle(page, step, scope);
    for (const step of plan.decided) for (const scope of scopesOf(top, step.scopes, [])) tell(page, step, scope);
    return;
  }
  const places = [...again.keys()].sort((a, b) => a - b);
  while (places.length) {
    const place = places.shift();
    const step = plan.order[place];
    const outer = again.get(place);
    again.delete(place);
    for (const rows of outer) {
      for (const scope of scopesOf(top, step.chain, rows)) {
        if (!settle(page, step, scope)) continue;
        for (const [later, depth] of step.waiting) {
          if (!again.has(later)) {
            again.set(later, new Set());
            places.splice(lowest(places, later), 0, later);
          }
          again.get(later).add(scope.rows.slice(0, depth));
        }
        for (const [one, depth] of step.deciding) {
          if (!decide.has(one)) decide.set(one, new Set());
          decide.get(one).add(scope.rows.slice(0, depth));
        }
      }
    }
  }
  for (const [step, outer] of decide) {
    for (const rows of outer) for (const scope of scopesOf(top, step.scopes, rows)) tell(page, step, scope);
  }
}

/** Where a place belongs among sorted ones. */
function lowest(places, wanted) {
  let index = 0;
  while (index < places.length && places[index] < wanted) index += 1;
  return index;
}

/** Decide whether a node shows in a scope and what it is worth; say whether that is new. */
function settle(page, step, scope) {
  const { node } = step;
  const holding = step.inside ? scope.above : scope;
  let shows = step.holder === null || holding.shown.get(step.holder) !== false;
  shows = shows && holds(node.visible ?? true, scope, page.facts, true);
  const before = scope.shown.get(node.id);
  scope.shown.set(node.id, shows);
  if (!node.key || node.kind === "section") return before !== shows;
  const { view } = scope;
  const known = view[node.key];
  if (node.kind === "repeat") {
    const rows = shows ? [...scope.inner.get(node.id).values()].map((row) => row.view) : [];
    if (rows.length === (known?.length ?? 0) && rows.every((row, place) => row === known[place])) {
      return before !== shows;
    }
    if (rows.length) view[node.key] = rows;
    else delete view[node.key];
    return true;
  }
  let answer = scope.answers[node.key];
  if (node.type === "calculated") {
    answer = shows ? answerOf(node, worth(node.value, scope, page.facts)) : null;
    scope.worth.set(node.id, answer);
  }
  if (!shows || answer === null) delete view[node.key];
  else view[node.key] = typed(node.as, answer);
  return before !== shows || !same(known, view[node.key]);
}

function same(one, other) {
  if (one instanceof Decimal && other instanceof Decimal) return numberText(one) === numberText(other);
  if (typeof one !== "object" || typeof other !== "object") return one === other;
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Find what the settled answers decide of a node: it changes no result. */
function tell(page, step, scope) {
  const { node } = step;
  if (node.kind === "check") {
    scope.told.set(node.id, { wrong: scope.shown.get(node.at) !== false && holds(node.when, scope, page.facts, false) });
    return;
  }
  if (node.kind === "repeat") {
    const title = worth(node.row_title, scope, page.facts);
    scope.title = title === null || typeof title === "object" && !(title instanceof Decimal) ? "" : numberText(title);
    return;
  }
  const shows = scope.shown.get(node.id) !== false;
  const locked = holds(node.readonly ?? false, scope, page.facts, false);
  const told = {
    required: shows && holds(node.required ?? false, scope, page.facts, false),
    readonly: shows && locked, locked, offered: null, wrong: false,
  };
  if (node.options !== undefined) {
    const kept = page.lists[node.list].filter((option) => holds(node.options, scope, page.facts, true, { option }));
    told.offered = new Set(kept.map((option) => option.code));
  }
  scope.told.set(node.id, told);
}

function holds(rule, scope, facts, refused, innermost) {
  if (typeof rule === "boolean") return rule;
  try {
    const scopes = innermost ? [...scope.views, innermost] : scope.views;
    const value = compiled(rule)(scopes, facts);
    return Array.isArray(value) ? value.length > 0 : Boolean(value);
  } catch {
    return refused;
  }
}

function worth(rule, scope, facts) {
  try {
    return compiled(rule)(scope.views, facts);
  } catch {
    return null;
  }
}
