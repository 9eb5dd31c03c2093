/** Shows and hides at once, by the same rules as the server, and says so to who cannot see it. */

import { fill } from "./filling.js";
import { offer } from "./offering.js";
import { stateOf } from "./state.js";
import { keepTelling } from "./telling.js";
import { answersOf } from "./typed.js";
import { inWords } from "./wording.js";

/** What the form would send, by name. */
export function sentBy(form) {
  const sent = new Map();
  for (const [name, value] of new FormData(form)) {
    const text = typeof value === "string" ? value : value.name;
    if (sent.has(name)) sent.get(name).push(text);
    else sent.set(name, [text]);
  }
  return sent;
}

/**
 * Keep the page as its rules want it. Returns a function that looks again, in silence, after rows
 * came or went; given a row that is new, it first begins its questions with their defaults.
 */
export function keepShowing(form, page, say) {
  const state = stateOf(page, answersOf(page.nodes, sentBy(form)));
  const tell = keepTelling(say);
  let waiting = 0;
  let touched = false; // nothing is found wrong before anything is typed
  const look = (aloud) => {
    waiting = 0;
    state.update(answersOf(page.nodes, sentBy(form)));
    const focused = document.activeElement;
    const changed = apply(form, state, touched);
    keepFocus(form, focused);
    if (aloud) tell(changed);
  };
  const soon = (aloud) => {
    waiting ||= requestAnimationFrame(() => look(aloud));
  };
  for (const event of ["input", "change"]) {
    form.addEventListener(event, () => {
      touched = true;
      soon(true);
    });
  }
  form.addEventListener("focusout", () => soon(false)); // what stayed for the focus may go now
  look(false);
  return (row) => {
    look(false);
    if (row && begin(row, page.nodes, state)) look(false);
  };
}

/** Fill a new row with what its rules say it begins with; say whether anything was. */
function begin(row, nodes, state) {
  let filled = false;
  for (const element of row.querySelectorAll("[data-question]")) {
    const node = state.node(element.dataset.id);
    if (node?.default === undefined || node.readonly === true) continue;
    fill(element, node, state.default(node.id, rowsAround(element)));
    filled = true;
  }
  return filled;
}

function apply(form, state, touched) {
  const changed = { shown: [], hidden: 0, workedOut: [], required: [], offered: [], locked: [], wrong: [] };
  for (const element of form.querySelectorAll("[data-question], [data-node], [data-repeat]")) {
    const id = element.dataset.id ?? element.dataset.node;
    const rows = rowsAround(element);
    const hidden = !state.shows(id, rows);
    const came = element.hidden && !hidden;
    if (element.hidden !== hidden) {
      element.hidden = hidden;
      if (hidden) changed.hidden += 1;
      else changed.shown.push(element);
    }
    if (element.dataset.question === undefined) continue;
    const news = markQuestion(element, state.node(id), rows, state);
    if (hidden || came) continue; // one sentence about a question is enough
    for (const what of news) changed[what].push(element);
  }
  for (const row of form.querySelectorAll("[data-row]")) title(row, state);
  if (touched) for (const check of state.checks) markCheck(form, check, state, changed);
  return changed;
}

/** Bring one question up to date; return in which ways it is another for who fills it in. */
function markQuestion(element, node, rows, state) {
  const news = [];
  const id = element.dataset.id;
  const optional = element.querySelector("[data-optional]");
  if (optional) {
    const required = state.required(id, rows);
    if (required && !optional.hidden) news.push("required");
    optional.hidden = required;
  }
  const offered = state.offered(id, rows);
  if (offered && offer(element, offered)) news.push("offered");
  if (node?.readonly !== undefined && node.readonly !== true) {
    if (lock(element, state.readonly(id, rows))) news.push("locked");
  }
  const output = element.querySelector("[data-output]");
  if (output && node?.type === "calculated") {
    const text = inWords(state.value(id, rows), node.result);
    if (output.textContent !== text) {
      output.textContent = text;
      news.push("workedOut");
    }
  }
  return news;
}

/** Show a question's inputs, or its answer in words; say whether that is new. */
function lock(element, locked) {
  const open = element.querySelector("[data-open]");
  if (!open || open.hidden === locked) return false;
  open.hidden = locked;
  element.querySelector("[data-locked]").hidden = !locked;
  // Once open it is sent as typed: whether it may be, the server says.
  if (!locked) open.querySelector("[name=_editable]").disabled = false;
  return true;
}

function markCheck(form, check, state, changed) {
  for (const element of form.querySelectorAll(`[data-id="${CSS.escape(check.at)}"]`)) {
    const id = `${element.dataset.question ?? element.dataset.repeat}.check-${check.id}`;
    const wrong = state.wrong(check.id, rowsAround(element));
    const note = document.getElementById(id);
    if (wrong === Boolean(note)) continue;
    const group = element.querySelector("fieldset, input:not([type=hidden]), select, textarea");
    const described = new Set((group?.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    if (wrong) {
      const told = noted(id, check);
      element.append(told);
      described.add(id);
      changed.wrong.push({ note: told, message: check.message });
    } else {
      note.remove();
      described.delete(id);
    }
    if (described.size) group?.setAttribute("aria-describedby", [...described].join(" "));
    else group?.removeAttribute("aria-describedby");
  }
}

function noted(id, check) {
  const note = document.createElement("p");
  const kind = check.severity === "warning" ? "warning" : "error";
  note.id = id;
  note.className = `app-check app-check--${kind}`;
  note.textContent = `${kind === "warning" ? "Please check" : "Must be put right"}: ${check.message}`;
  return note;
}

/** When what had the focus has been hidden, go on at the next thing that can be answered. */
function keepFocus(form, focused) {
  if (!focused || !form.contains(focused) || !focused.closest("[hidden]")) return;
  const all = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button, summary, a[href]")];
  const open = (one) => !one.closest("[hidden]") && !one.disabled;
  const place = all.indexOf(focused);
  const next = all.slice(place + 1).find(open) ?? all.slice(0, Math.max(place, 0)).findLast(open);
  next?.focus();
}

/** The ids of the rows that an element stands in, from the outermost in. */
function rowsAround(element) {
  const row = (element.dataset.repeat === undefined ? element : element.parentElement).closest("[data-row]");
  return row ? row.dataset.row.split(".").filter((_part, place) => place % 2) : [];
}

function title(row, state) {
  const heading = row.querySelector("[data-row-title]");
  const repeat = row.parentElement.closest("[data-repeat]");
  if (!heading || !repeat) return;
  const rows = row.dataset.row.split(".").filter((_part, place) => place % 2);
  const place = rowsOf(repeat).indexOf(row) + 1;
  const text =
    state.title(repeat.dataset.id, rows).trim() || `${repeat.dataset.label}: ${place}`;
  if (heading.textContent === text) return;
  heading.textContent = text;
  const remove = row.querySelector("[data-remove-row] .govuk-visually-hidden");
  if (remove) remove.textContent = ` ${text}`;
}

/** The rows of a repeat, without those of repeats inside it. */
export function rowsOf(repeat) {
  return [...repeat.querySelectorAll("[data-row]")].filter(
    (row) => row.parentElement.closest("[data-repeat]") === repeat,
  );
}
