/** Says the scripts' sentences in the language of the page: its data, or the English words. */

const island = globalThis.document?.getElementById("page-words");
const known = island ? JSON.parse(island.textContent) : {};

/** A sentence by its English pattern, with `{names}` put in. */
export function word(english, parts = {}) {
  const pattern = known[english] ?? english;
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole);
}

/** The language that dates are written in. */
const lang = globalThis.document?.documentElement.lang || "en";
export const dateLanguage = lang === "en" ? "en-GB" : lang;
