/** The script of a page of a record: showing at once, rows, and keeping what is typed. */

import { keepSaving } from "./autosave.js";
import { keepRows } from "./rows.js";
import { keepSearching } from "./search.js";
import { keepShowing } from "./showing.js";
import { keepSigning } from "./signature.js";

const form = document.querySelector("form[data-page]");
const rules = document.getElementById("page-rules");
const aloud = document.querySelector("[data-said]");

function say(text) {
  if (aloud) aloud.textContent = text;
}

if (form && rules) {
  const flag = form.querySelector("[name=_js]");
  if (flag) flag.value = "1";
  document.body.classList.add("app-live");
  const saving = form.dataset.autosave ? keepSaving(form) : () => {};
  const look = keepShowing(form, JSON.parse(rules.textContent), say);
  const begin = () => {
    keepSearching(form, say);
    keepSigning(form, say);
  };
  begin();
  keepRows(form, say, (row) => {
    begin();
    look(row);
    saving();
  });
}
