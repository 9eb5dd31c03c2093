/** Puts an answer into a question's inputs: the other way round than typed.js, for defaults. */

/** `answer` is null for none. Composed answers have no default. */
export function fill(element, node, answer) {
  const text = answer === null ? "" : String(answer);
  const codes = new Set(Array.isArray(answer) ? answer : [node.type === "yes_no" ? yesNo(answer) : text]);
  for (const input of element.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (input.matches("[type=radio], [type=checkbox]")) input.checked = answer !== null && codes.has(input.value);
    else if (/\.(day|month|year|time)$/.test(input.name)) input.value = partOf(text, input.name);
    else if (input.type !== "file") input.value = text;
  }
}

const yesNo = (answer) => (answer ? "yes" : "no");

/** The part of a date, a part of one, or a date-time, that belongs in an input. */
function partOf(text, name) {
  const [, year = "", month = "", day = "", time = ""] =
    /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:T(\d{2}:\d{2}))?/.exec(text) ?? [];
  const part = { year, month, day, time }[name.slice(name.lastIndexOf(".") + 1)];
  return part.includes(":") ? part : part.replace(/^0/, "");
}
