/**
 * Times the browser's evaluation of a form against json-logic-engine's, in one process, by CPU time.
 *
 * Reads {page, answers, rules, change, rounds, times} from standard input: a page's rules as the
 * server gives them, its answers, the rules that any engine can run ([repeats around, key of the
 * question, part, rule]), and one change. Prints milliseconds and, once, whether both came to the
 * same results.
 */
import { readFileSync } from "node:fs";
import { register } from "node:module";

import { LogicEngine } from "json-logic-engine";

register("../js/served.mjs", import.meta.url);
const { stateOf } = await import("../../platform/casework/web/static/casework/state.js");
const { compiled } = await import("../../formdefs/browser/rules.js");

const { page, answers, rules, change, rounds, times } = JSON.parse(readFileSync(0, "utf8"));
const chains = [[], ["needs"], ["needs", "actions"], ["needs", "actions", "steps"]];
const engine = new LogicEngine();
const levels = chains.map((chain) => rules.filter((rule) => rule[0].length === chain.length));
const read = levels.map((level) => [...new Set(level.flatMap(([, , , rule]) => namesIn(rule)))]);

function namesIn(rule) {
  if (Array.isArray(rule)) return rule.flatMap(namesIn);
  if (rule === null || typeof rule !== "object") return [];
  if (typeof rule.var === "string") return [rule.var];
  return Object.values(rule).flatMap(namesIn);
}

/**
 * Every rule in every row as a plain engine needs it: one object with what the rules of the level
 * read, of the row and of what lies around it, and no more.
 */
function plainly(runs) {
  const results = [];
  const level = (depth, scopes) => {
    const data = {};
    for (const name of read[depth]) {
      for (let place = depth; place >= 0; place--) {
        if (name in scopes[place]) {
          data[name] = scopes[place][name];
          break;
        }
      }
    }
    for (const run of runs[depth]) results.push(run(data));
    const next = chains[depth + 1]?.at(-1);
    if (next) for (const row of scopes[depth][next]) level(depth + 1, [...scopes, row]);
  };
  level(0, [answers]);
  return results;
}

/** The same with our evaluator alone: it looks through the scopes by itself. */
function ourRules(runs) {
  const results = [];
  const level = (depth, scopes) => {
    for (const run of runs[depth]) results.push(run(scopes, page.facts));
    const next = chains[depth + 1]?.at(-1);
    if (next) for (const row of scopes[depth][next]) level(depth + 1, [...scopes, row]);
  };
  level(0, [answers]);
  return results;
}

const built = levels.map((level) => level.map(([, , , rule]) => engine.build(rule)));
const interpreted = levels.map((level) => level.map(([, , , rule]) => (data) => engine.run(rule, data)));
const ours = levels.map((level) => level.map(([, , , rule]) => compiled(rule)));
const state = stateOf(page, answers);
let turn = 0;

const jobs = {
  "our form": () => stateOf(page, answers),
  "our rules": () => ourRules(ours),
  "engine, closures": () => plainly(interpreted),
  "engine, generated code": () => plainly(built),
  "one change": () => {
    for (const [id, rows, values] of change) state.change(id, rows, values[turn % 2]);
    turn += 1;
  },
};

const text = (results) => JSON.stringify(results.map((result) => (typeof result === "boolean" ? Boolean(result) : result)));
const alike = text(jobs["our rules"]()) === text(jobs["engine, closures"]()) && text(jobs["our rules"]()) === text(jobs["engine, generated code"]());

const samples = Object.fromEntries(Object.keys(jobs).map((name) => [name, []]));
for (const job of Object.values(jobs)) for (let warm = 0; warm < 5; warm++) job();
for (let round = 0; round < rounds; round++) {
  for (const [name, job] of Object.entries(jobs)) {
    const begun = process.cpuUsage();
    for (let time = 0; time < times; time++) job();
    const used = process.cpuUsage(begun);
    samples[name].push((used.user + used.system) / 1000 / times);
  }
}
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
const ms = Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, median(list)]));
process.stdout.write(JSON.stringify({ ms, alike, evaluations: jobs["our rules"]().length }));
