/**
 * Keeps what is typed: sent within five seconds, its state shown, and a warning before it is lost.
 *
 * Nothing is laid down in the browser, which others may use. When the session has ended the page
 * keeps the typing, offers to sign in in another tab, and tries again.
 */

import { word } from "./words.js";

const SOON = 2500; // milliseconds after the last key
const AT_MOST = 5000; // and no later than this after the first
const AGAIN = 8000;

/** Watch a form with `data-autosave`; return a function to call when something changed by script. */
export function keepSaving(form) {
  const status = form.querySelector("[data-status]");
  let changedAt = 0; // of the oldest typing that is not kept
  let timer = 0;
  let sending = false;
  let leaving = false;

  function changed() {
    changedAt ||= Date.now();
    wait(Math.max(0, Math.min(SOON, changedAt + AT_MOST - Date.now())));
  }

  function wait(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(send, milliseconds);
  }

  async function send() {
    if (sending || !changedAt || leaving) return;
    sending = true;
    const began = changedAt;
    changedAt = 0;
    const outcome = await post(form);
    sending = false;
    if (outcome.at) {
      show(status, word("Saved as you type, {time}", { time: outcome.at }));
      if (changedAt) wait(SOON);
      return;
    }
    changedAt ||= began;
    if (outcome.stop) return show(status, word("Not saved. {why}", { why: outcome.says }), true);
    if (outcome.signIn) {
      show(status, word("Not saved: you have been signed out. What you typed is still here."), true, {
        href: outcome.signIn, text: word("Sign in in a new tab"),
      });
    } else show(status, word("Not saved – trying again"), true);
    return wait(AGAIN);
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  addEventListener("pageshow", () => {
    leaving = false;
  });
  addEventListener("focus", () => changedAt && wait(0));
  addEventListener("beforeunload", (event) => {
    if ((changedAt || sending) && !leaving) event.preventDefault();
  });
  if ([...form.elements].some(typedBefore)) changed();
  return changed;
}

/** Whether somebody typed in this input before the script had come. */
function typedBefore(input) {
  if (!input.matches("input:not([type=hidden], [type=file]), textarea")) return false;
  return input.matches("[type=radio], [type=checkbox]")
    ? input.checked !== input.defaultChecked
    : input.value !== input.defaultValue;
}

async function post(form) {
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (typeof value !== "string") body.delete(name);
  try {
    const response = await fetch(form.dataset.autosave, {
      method: "POST", body, redirect: "error", headers: { Accept: "application/json" },
    });
    if (response.status === 401) return { signIn: form.dataset.signIn };
    if (response.status === 403) return await renewed(form);
    const answer = response.headers.get("Content-Type")?.includes("json") ? await response.json() : {};
    if (response.ok) return answer;
    return response.status === 409 || response.status === 404
      ? { stop: true, says: answer.says ?? word("This page cannot be saved any more.") }
      : {};
  } catch {
    return {};
  }
}

/** After signing in again the page's token is an old one: take a new one from the page itself. */
async function renewed(form) {
  const response = await fetch(form.action, { redirect: "manual" });
  if (response.ok) {
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const token = page.querySelector("#page-form [name=csrfmiddlewaretoken]")?.value;
    if (token) form.querySelector("[name=csrfmiddlewaretoken]").value = token;
  }
  return {};
}

function show(status, text, trouble = false, link = null) {
  if (!status) return;
  status.textContent = text;
  status.classList.toggle("app-status--trouble", trouble);
  status.setAttribute("role", "status");
  if (!link) return;
  const anchor = document.createElement("a");
  anchor.className = "govuk-link";
  anchor.href = link.href;
  anchor.target = "_blank";
  anchor.rel = "noopener";
  anchor.textContent = link.text;
  status.append(" ", anchor);
}
