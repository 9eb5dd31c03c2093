/** Adds and removes rows, and names, without loading the page again. */

import { initAll } from "../govuk/govuk-frontend.min.js";
import { word } from "./words.js";
import { rowsOf } from "./showing.js";

/** Take over the buttons for rows; `changed` is called after each change, with a row that is new. */
export function keepRows(form, say, changed) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row], [data-remove-row], [data-add-person]");
    if (!button || !form.contains(button)) return;
    event.preventDefault();
    let row;
    if (button.dataset.addRow !== undefined) row = add(button, say);
    else if (button.dataset.removeRow !== undefined) remove(button, say, changed);
    else addPerson(button);
    changed(row);
  });
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function add(button, say) {
  const repeat = button.closest("[data-repeat]");
  const template = [...repeat.children].find((child) => child.matches("template[data-row-of]"));
  const made = document.createElement("template");
  made.innerHTML = template.innerHTML.replaceAll(template.dataset.placeholder, newId());
  const row = made.content.firstElementChild;
  const body = [...repeat.children].find((child) => child.matches("table"))?.tBodies[0];
  if (body) body.append(row);
  else template.before(row);
  initAll({ scope: row });
  full(repeat);
  row.focus();
  say(word("A row is added"));
  return row;
}

/** Take a row out, and leave in its place a way to put it back. */
function remove(button, say, changed) {
  const row = button.closest("[data-row]");
  const repeat = row.parentElement.closest("[data-repeat]");
  const title = row.querySelector("[data-row-title]")?.textContent ?? word("The row");
  const note = document.createElement(row.matches("tr") ? "tr" : "div");
  const holder = row.matches("tr") ? note.appendChild(document.createElement("td")) : note;
  if (row.matches("tr")) holder.colSpan = row.children.length;
  holder.className = "app-removed govuk-body";
  holder.append(`${word("Removed: {row}", { row: title })} `);
  const undo = document.createElement("button");
  undo.type = "button";
  undo.className = "govuk-button govuk-button--secondary app-row__remove";
  undo.textContent = word("Put it back");
  holder.append(undo);
  undo.addEventListener("click", () => {
    note.replaceWith(row);
    full(repeat);
    row.focus();
    say(word("{row} is back", { row: title }));
    changed();
  });
  row.replaceWith(note);
  full(repeat);
  undo.focus();
  say(word("{row} is removed", { row: title }));
}

function full(repeat) {
  const button = [...repeat.children].find((child) => child.matches("[data-add-row]"));
  button.hidden = rowsOf(repeat).length >= Number(repeat.dataset.most);
}

function addPerson(button) {
  const people = button.parentElement.querySelector("[data-people]");
  const copied = people.lastElementChild.cloneNode(true);
  const number = people.children.length + 1;
  const input = copied.querySelector("input");
  input.value = "";
  input.id = `${input.name}-${number}`;
  const label = copied.querySelector("label");
  label.htmlFor = input.id;
  label.textContent = word("Name {number}", { number });
  people.append(copied);
  input.focus();
}
