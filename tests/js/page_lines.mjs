/**
 * Work out the form pages that come in, one JSON case a line, and write an outcome a line.
 *
 * A case is {page, sent, paths, changes?}: what casework.pageforms.script gives, what a browser would
 * send, [node id, row ids…] of each place to tell of, and what is sent later. An outcome is {answers,
 * places: [[shows, required, read-only, value, codes offered]…]}, with {later: [{changed, anew}…]},
 * the places after each change as they are and as they would be anew.
 */
import { register } from "node:module";
import { createInterface } from "node:readline";

register("./served.mjs", import.meta.url);
const scripts = "../../platform/casework/web/static/casework";
const { stateOf } = await import(`${scripts}/state.js`);
const { answersOf } = await import(`${scripts}/typed.js`);

const told = (state, paths) =>
  paths.map(([id, ...rows]) => [
    state.shows(id, rows),
    state.required(id, rows),
    state.readonly(id, rows),
    state.value(id, rows),
    state.offered(id, rows) && [...state.offered(id, rows)],
    state.title(id, rows),
    state.wrong(id, rows),
  ]);

/** Every node and check, and every row, wherever it stands. */
function everyPlace(state, page) {
  const ids = [...page.order, ...page.checks.map((check) => check.id)].filter((id) => state.node(id));
  return ids.flatMap((id) => state.places(id).map((rows) => [id, ...rows]));
}

for await (const line of createInterface({ input: process.stdin })) {
  const { page, sent, paths, changes = [] } = JSON.parse(line);
  const answers = answersOf(page.nodes, new Map(Object.entries(sent)));
  const state = stateOf(page, answers);
  const places = told(state, paths);
  const later = changes.map((now) => {
    state.update(now);
    const all = everyPlace(state, page);
    return { changed: told(state, all), anew: told(stateOf(page, now), all) };
  });
  process.stdout.write(`${JSON.stringify({ answers, places, later })}\n`);
}
