/** A worked-out answer in words: the twin of `say` in casework/pageforms/words.py, for those types. No DOM here. */

import { dateLanguage, word } from "./words.js";

export function inWords(value, result) {
  if (value === null || value === undefined) return "";
  if (result === "yes_no") return value ? word("Yes") : word("No");
  const text = String(value);
  if (result === "date" && /^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return new Intl.DateTimeFormat(dateLanguage, { dateStyle: "long", timeZone: "UTC" }).format(Date.parse(text));
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
