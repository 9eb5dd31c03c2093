/** Shows and hides at once, by the same rules as the server, and says so to who cannot see it. */

import { stateOf } from "./state.js";
import { answersOf } from "./typed.js";

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

/** Keep the page as its rules want it; return a function that looks again, in silence. */
export function keepShowing(form, page, say) {
  let waiting = 0;
  const look = (aloud) => {
    waiting = 0;
    const state = stateOf(page, answersOf(page.nodes, sentBy(form)));
    const changed = apply(form, state);
    if (aloud) tell(changed, say);
  };
  const soon = () => {
    if (!waiting) waiting = requestAnimationFrame(() => look(true));
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("focusout", () => waiting || (waiting = requestAnimationFrame(() => look(false))));
  look(false);
  return () => look(false);
}

function apply(form, state) {
  const changed = { shown: [], hidden: 0 };
  for (const element of form.querySelectorAll("[data-question], [data-node], [data-repeat]")) {
    const id = element.dataset.id ?? element.dataset.node;
    const rows = rowsAround(element);
    const hidden = !state.shows(id, rows);
    if (element.hidden !== hidden) {
      element.hidden = hidden;
      if (hidden) changed.hidden += 1;
      else changed.shown.push(element);
    }
    if (element.dataset.question !== undefined) markQuestion(element, id, rows, state);
  }
  for (const row of form.querySelectorAll("[data-row]")) title(row, state);
  return changed;
}

function markQuestion(element, id, rows, state) {
  const optional = element.querySelector("[data-optional]");
  if (optional) optional.hidden = state.required(id, rows);
  const offered = state.offered(id, rows);
  if (offered) offer(element, offered);
  const node = state.node(id);
  const output = element.querySelector("[data-output]");
  if (output && node?.type === "calculated") {
    const text = inWords(state.value(id, rows), node.result);
    if (output.textContent !== text) output.textContent = text;
  }
}

const NO_LONGER = " (no longer offered)";

/** Leave only the answers that are offered, and what is chosen already, which is then said. */
function offer(element, offered) {
  for (const item of element.querySelectorAll(".govuk-radios__item, .govuk-checkboxes__item")) {
    const input = item.querySelector("input");
    const gone = !offered.has(input.value);
    // What has the focus stays till it has moved on.
    item.hidden = gone && !input.checked && document.activeElement !== input;
    const said = item.querySelector("[data-gone]");
    if (said) said.hidden = !gone;
  }
  const select = element.querySelector("select");
  if (select) offerIn(select, offered);
  const none = element.querySelector("[data-none-offered]");
  if (none) none.hidden = offered.size > 0;
}

const everyOption = new WeakMap(); // select -> its options, also those that are taken out

/** Options are taken out, for not every browser hides them. */
function offerIn(select, offered) {
  if (!everyOption.has(select)) everyOption.set(select, [...select.options]);
  const chosen = select.selectedOptions[0];
  const kept = everyOption.get(select).filter((option) => {
    const gone = option.value !== "" && !offered.has(option.value);
    const text = option.text.replace(NO_LONGER, "");
    option.text = gone && option === chosen ? text + NO_LONGER : text;
    option.hidden = option.disabled = gone && option !== chosen;
    return !gone || option === chosen;
  });
  if (kept.length !== select.options.length || kept.some((option, place) => option !== select.options[place])) {
    select.replaceChildren(...kept);
    chosen.selected = true;
  }
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
  const text = state.title(repeat.dataset.id, rows).trim() || `${repeat.dataset.label}: ${place}`;
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

function tell(changed, say) {
  const questions = changed.shown.filter((element) => element.dataset.question !== undefined);
  const labels = questions.map((element) => labelOf(element)).filter(Boolean);
  if (labels.length === 1) say(`There is one more question: ${labels[0]}`);
  else if (labels.length) say(`There are ${labels.length} more questions: ${labels[0]}, and more`);
  else if (changed.shown.length) say("There is more to fill in");
  else if (changed.hidden) say("Questions that do not apply are hidden");
}

function labelOf(element) {
  return (element.querySelector("legend, .govuk-label")?.textContent ?? "").trim().replace(/\s+/g, " ");
}

function inWords(value, result) {
  if (value === null || value === undefined) return "";
  if (result === "yes_no") return value ? "Yes" : "No";
  const text = String(value);
  if (result === "date" && /^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(Date.parse(text));
  }
  if (result === "text") return text;
  const [whole, fraction = ""] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  if (result === "money") {
    const sign = grouped.startsWith("-") ? "-" : "";
    return `${sign}£${grouped.replace("-", "")}.${fraction.padEnd(2, "0").slice(0, 2)}`;
  }
  return fraction ? `${grouped}.${fraction}` : grouped;
}
