/**
 * A long list, searched as one types: a combobox with a list of what is found (WAI-ARIA Authoring
 * Practices, "Editable combobox with list autocomplete"). The focus stays in the input; arrows go
 * through the list, Enter chooses, Escape closes. Without this module a button finds.
 */

import { word } from "./words.js";

const SOON = 250; // milliseconds after the last key

/** Take over every search of a form. */
export function keepSearching(form, say) {
  for (const element of form.querySelectorAll("[data-search]:not([data-live])")) {
    if (element.dataset.source || form.dataset.find) search(element, form, say);
  }
}

function search(element, form, say) {
  element.dataset.live = "";
  const input = element.querySelector("input[role=combobox], input[type=text]");
  const chosen = element.querySelector("[data-chosen]");
  const count = element.querySelector("[data-count]");
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "app-search__list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", word("What is found"));
  list.hidden = true;
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  element.querySelector("[name=_find]").hidden = true;
  element.querySelector("[data-how]").textContent = word(
    "Type part of the answer. What is found shows as you type: go through it with the arrow keys.",
  );
  count.setAttribute("role", "status");

  let active = -1;
  let timer = 0;
  let asked = 0;
  let typing = false; // since what is listed was found

  const options = () => [...list.children];
  const point = (place) => {
    active = place;
    for (const [n, option] of options().entries()) option.setAttribute("aria-selected", String(n === place));
    const option = options()[place];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    point(-1);
  };
  const show = (found, typed) => {
    list.replaceChildren(...found.entries.map((entry, n) => optionOf(entry, `${list.id}-${n}`)));
    list.hidden = !found.entries.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    point(-1);
    typing = false;
    count.textContent = inWords(found, typed);
  };
  const find = async () => {
    const typed = input.value.trim();
    const mine = ++asked;
    if (!typed) {
      close();
      count.textContent = "";
      return;
    }
    try {
      const found = await ask(element, form, input);
      if (mine === asked && document.activeElement === input) show(found, typed);
    } catch {
      if (mine === asked) count.textContent = word("The list cannot be searched just now. Try again in a moment.");
    }
  };
  const choose = (option) => {
    const { code, label } = option.dataset;
    close();
    input.value = "";
    count.textContent = "";
    asked += 1;
    const made = put(element, chosen, code, label);
    made.dispatchEvent(new Event("change", { bubbles: true }));
    say(word("{answer} is chosen", { answer: label }));
  };

  input.addEventListener("input", () => {
    typing = true;
    point(-1);
    clearTimeout(timer);
    timer = setTimeout(find, SOON);
  });
  input.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    const last = options().length - 1;
    const keys = {
      ArrowDown: () => (open ? point(active < last ? active + 1 : 0) : find()),
      ArrowUp: () => open && point(active > 0 ? active - 1 : last),
      Enter: () => (open && !typing ? (active >= 0 || last === 0) && choose(options()[Math.max(active, 0)]) : find()),
      Escape: () => (open ? close() : ((input.value = ""), find())),
    };
    if (!(event.key in keys) || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" && !input.value.trim()) return; // saves, as from any other input
    event.preventDefault();
    keys[event.key]();
  });
  if (document.activeElement === input && input.value !== input.defaultValue) find(); // typed before the script came
  input.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
}

async function ask(element, form, input) {
  const accept = { Accept: "application/json" };
  if (element.dataset.source) {
    const query = new URLSearchParams({ on: element.dataset.on, find: input.value.trim() });
    return answered(await fetch(`${element.dataset.source}?${query}`, { headers: accept, redirect: "error" }));
  }
  // What is offered depends on the other answers, so they go along.
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (typeof value !== "string") body.delete(name);
  body.set("_find", element.dataset.search);
  return answered(await fetch(form.dataset.find, { method: "POST", body, headers: accept, redirect: "error" }));
}

function answered(response) {
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

function optionOf(entry, id) {
  const option = document.createElement("li");
  option.id = id;
  option.className = "app-search__option";
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.dataset.code = entry.code;
  option.dataset.label = entry.label;
  option.textContent = entry.label;
  if (entry.hint) {
    const hint = document.createElement("span");
    hint.className = "app-found__hint";
    hint.textContent = ` ${entry.hint}`;
    option.append(hint);
  }
  return option;
}

function inWords(found, typed) {
  const number = found.entries.length;
  if (found.more) return word("The first {number} that match “{typed}” are shown. Type more to narrow them down.", { number, typed });
  if (!number) return word("Nothing in the list matches “{typed}”. Try another word, or only its beginning.", { typed });
  return number === 1 ? word("1 matches “{typed}”.", { typed }) : word("{number} match “{typed}”.", { number, typed });
}

/** Put an answer among those chosen, ticked; of a question with one answer, in the place of the other. */
function put(element, chosen, code, label) {
  const many = element.dataset.kind === "checkbox";
  const there = [...chosen.querySelectorAll("input")].find((input) => input.value === code);
  if (there && many) {
    there.checked = true;
    return there;
  }
  if (!many) {
    chosen.replaceChildren(itemOf(element, code, label, true), itemOf(element, "", word("No answer"), false));
    return chosen.querySelector("input");
  }
  for (const input of chosen.querySelectorAll("input:not(:checked)")) input.parentElement.remove();
  const item = itemOf(element, code, label, true);
  chosen.append(item);
  return item.querySelector("input");
}

let made = 0;

function itemOf(element, code, text, checked) {
  const block = element.dataset.kind === "checkbox" ? "govuk-checkboxes" : "govuk-radios";
  const item = document.createElement("div");
  item.className = `${block}__item`;
  const input = document.createElement("input");
  input.className = `${block}__input`;
  input.type = element.dataset.kind;
  input.id = `${element.dataset.search}-chosen-${(made += 1)}`;
  input.name = element.dataset.search;
  input.value = code;
  input.checked = checked;
  const label = document.createElement("label");
  label.className = `govuk-label ${block}__label`;
  label.htmlFor = input.id;
  label.textContent = text;
  item.append(input, label);
  return item;
}
