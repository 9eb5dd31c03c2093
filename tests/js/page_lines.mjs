/**
 * Work out the form pages that come in, one JSON case a line, and write an outcome a line.
 *
 * A case is {page, sent, paths}: what casework.pageforms.script gives, what a browser would send, and
 * [node id, row ids…] of each place to tell of. An outcome is {answers, places: [[shows, required,
 * value, codes offered]…]}.
 */
import { register } from "node:module";
import { createInterface } from "node:readline";

register("./served.mjs", import.meta.url);
const scripts = "../../platform/casework/web/static/casework";
const { stateOf } = await import(`${scripts}/state.js`);
const { answersOf } = await import(`${scripts}/typed.js`);

for await (const line of createInterface({ input: process.stdin })) {
  const { page, sent, paths } = JSON.parse(line);
  const answers = answersOf(page.nodes, new Map(Object.entries(sent)));
  const state = stateOf(page, answers);
  const places = paths.map(([id, ...rows]) => [
    state.shows(id, rows),
    state.required(id, rows),
    state.value(id, rows),
    state.offered(id, rows) && [...state.offered(id, rows)],
  ]);
  process.stdout.write(`${JSON.stringify({ answers, places })}\n`);
}
