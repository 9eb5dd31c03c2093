/**
 * How a form page is worked out: its nodes in order, and who waits for whom: the twin of
 * formdefs/plan.py. No DOM here.
 */

const RESULTS = new Set(["visible", "value"]);

/**
 * A step for every node. `chain`: the repeats around it; `holder`: what holds it, null on a page;
 * `inside`: whether that is the repeat whose row it stands in; `waiting`: places in the order of who
 * is worked out after it, `deciding`: the steps of who is decided by it, each with how many of the
 * rows around both are the same; `scopes`: the repeats in whose rows it is decided.
 */
export function planOf(page) {
  const steps = new Map();
  const within = new Map();
  walk(page.nodes, [], null, false, steps, within);
  const order = page.order.map((id) => steps.get(id)).filter(Boolean);
  for (const [place, step] of order.entries()) step.place = place;
  const checks = (page.checks ?? []).map((check) => {
    const chain = steps.get(check.at).chain;
    return { node: { ...check, kind: "check" }, chain, scopes: chain, waiting: [], deciding: [] };
  });
  const decided = [...[...steps.values()].filter(decides), ...checks];
  const byId = new Map([...steps, ...checks.map((check) => [check.node.id, check])]);
  for (const step of steps.values()) {
    if (step.holder !== null) {
      const holder = steps.get(step.holder);
      holder.waiting.push([step.place, holder.chain.length]);
    }
    if (decides(step) && step.node.kind === "question") step.deciding.push([step, step.chain.length]);
  }
  for (const check of checks) steps.get(check.node.at).deciding.push([check, check.chain.length]);
  for (const [id, parts] of Object.entries(page.reads ?? {})) {
    const reader = byId.get(id);
    if (reader) for (const [part, read] of Object.entries(parts)) wait(reader, part, read, steps, within);
  }
  // A page's checks are told with its nodes.
  for (const check of checks) steps.set(check.node.id, check);
  const locking = [...steps.values()].filter((step) => step.node.readonly !== undefined);
  return { steps, within, order, decided, checks, locking };
}

function walk(items, chain, holder, inside, steps, within) {
  for (const node of items) {
    const scopes = node.kind === "repeat" ? [...chain, node.id] : chain;
    steps.set(node.id, { node, chain, holder, inside, scopes, waiting: [], deciding: [] });
    for (const repeat of chain) within.get(repeat).push(node.id);
    if (node.kind === "repeat") within.set(node.id, []);
    if (node.items) walk(node.items, scopes, node.id, node.kind === "repeat", steps, within);
  }
}

function decides({ node }) {
  if (node.kind === "repeat") return node.row_title !== undefined;
  return node.required !== undefined || node.readonly !== undefined || node.options !== undefined;
}

function wait(reader, part, read, steps, within) {
  for (const id of read) {
    const direct = steps.get(id);
    if (!direct) continue; // on another page: it does not change here
    for (const one of [id, ...(within.get(id) ?? [])]) {
      const step = steps.get(one);
      if (RESULTS.has(part)) step.waiting.push([reader.place, direct.chain.length]);
      else step.deciding.push([reader, direct.chain.length]);
    }
  }
}
