/**
 * Says what the rules changed on the page, in one breath after a pause, and not all of it: who
 * cannot see the page is told that it changed and where to look, never kept from typing.
 */

import { word } from "./words.js";

const PAUSE = 700; // milliseconds without another change
const MOST = 3; // sentences at a time

/** Return a function that takes what `apply` found changed, and says it when typing pauses. */
export function keepTelling(say) {
  let waiting = 0;
  let heard = nothing();
  return (changed) => {
    for (const what of Object.keys(heard)) {
      if (what === "hidden") heard.hidden += changed.hidden;
      else for (const one of changed[what]) heard[what].add(one);
    }
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const told = sentences(heard).slice(0, MOST);
      heard = nothing();
      if (told.length) say(told.map(ended).join(" "));
    }, PAUSE);
  };
}

const nothing = () => ({
  wrong: new Set(), shown: new Set(), hidden: 0, required: new Set(), locked: new Set(),
  offered: new Set(), workedOut: new Set(),
});

/** What counts most comes first. */
function sentences(heard) {
  const wrong = [...heard.wrong].filter(({ note }) => note.isConnected); // not what is right again
  const told = [...new Set(wrong.map(({ message }) => message))];
  const still = (elements) => [...elements].filter((element) => !element.closest("[hidden]"));
  const shown = still(heard.shown);
  const questions = labels(shown.filter((element) => element.dataset.question !== undefined));
  if (questions.length === 1) told.push(word("There is one more question: {question}", { question: questions[0] }));
  else if (questions.length) told.push(word("There are {number} more questions: {question}, and more", { number: questions.length, question: questions[0] }));
  else if (shown.length) told.push(word("There is more to fill in"));
  else if (heard.hidden) told.push(word("Questions that do not apply are hidden"));
  const about = (elements, one, many) => {
    const found = labels(still(elements));
    if (found.length === 1) told.push(one(found[0]));
    else if (found.length) told.push(many(found.length));
  };
  about(heard.required, (question) => word("{question} must be answered now", { question }), (number) => word("{number} more questions must be answered now", { number }));
  for (const element of still(heard.locked)) {
    const locked = element.querySelector("[data-locked]:not([hidden])");
    const question = labelOf(element);
    told.push(locked ? word("{question} cannot be changed now", { question }) : word("{question} can be answered now", { question }));
  }
  about(heard.offered, (question) => word("The answers to choose from for {question} have changed", { question }), (number) => word("The answers to choose from have changed in {number} questions", { number }));
  for (const element of still(heard.workedOut).slice(0, 1)) {
    const text = element.querySelector("[data-output]").textContent;
    told.push(`${labelOf(element)}: ${text || word("nothing yet")}`);
  }
  return told;
}

const ended = (sentence) => (/[.?!]$/.test(sentence) ? sentence : `${sentence}.`);
const labels = (elements) => elements.map(labelOf).filter(Boolean);

/** A question's own words, without what stands beside them for who can see. */
function labelOf(element) {
  const label = element.querySelector("legend, .govuk-label")?.cloneNode(true);
  label?.querySelector("[data-optional]")?.remove();
  return (label?.textContent ?? "").trim().replace(/\s+/g, " ");
}
