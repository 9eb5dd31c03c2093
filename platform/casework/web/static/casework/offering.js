/** Leaves only the answers that are offered, and what is chosen already, which is then said. */

const NO_LONGER = " (no longer offered)";
const everyOption = new WeakMap(); // select -> its options, also those that are taken out

/** `offered` are codes. Returns whether what a worker can choose from is another than before. */
export function offer(element, offered) {
  let news = false;
  for (const item of element.querySelectorAll(".govuk-radios__item, .govuk-checkboxes__item")) {
    const input = item.querySelector("input");
    const gone = !offered.has(input.value);
    // What has the focus stays till it has moved on.
    const hidden = gone && !input.checked && document.activeElement !== input;
    const said = item.querySelector("[data-gone]");
    if (item.hidden !== hidden || (said && said.hidden === gone)) news = true;
    item.hidden = hidden;
    if (said) said.hidden = !gone;
  }
  const select = element.querySelector("select");
  if (select && offerIn(select, offered)) news = true;
  const none = element.querySelector("[data-none-offered]");
  if (none) none.hidden = offered.size > 0;
  return news;
}

/** Options are taken out, for not every browser hides them. */
function offerIn(select, offered) {
  if (!everyOption.has(select)) everyOption.set(select, [...select.options]);
  const chosen = select.selectedOptions[0];
  const kept = everyOption.get(select).filter((option) => {
    const gone = option.value !== "" && !offered.has(option.value);
    const text = option.text.replace(NO_LONGER, "");
    const told = gone && option === chosen ? text + NO_LONGER : text;
    if (option.text !== told) option.text = told;
    option.hidden = option.disabled = gone && option !== chosen;
    return !gone || option === chosen;
  });
  const same = kept.length === select.options.length && kept.every((option, place) => option === select.options[place]);
  if (same) return false;
  select.replaceChildren(...kept);
  if (chosen) chosen.selected = true;
  return true;
}
