// Checks a document while it is typed, and shows every problem with its line and its fix.

const PAUSE = 600; // milliseconds without typing before the text is checked

const wordsOf = (findings) =>
  `${findings.length} ${findings.length === 1 ? "thing" : "things"} to mend before this can be published`;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function goTo(textarea, line, column) {
  const before = textarea.value.split("\n").slice(0, line - 1);
  const start = before.reduce((length, text) => length + text.length + 1, 0) + Math.max(column - 1, 0);
  textarea.focus();
  textarea.setSelectionRange(start, start);
  const lineHeight = textarea.scrollHeight / textarea.value.split("\n").length;
  textarea.scrollTop = Math.max((line - 4) * lineHeight, 0);
}

function item(finding) {
  const made = element("li", "cms-findings__item");
  const place = element("span", "cms-findings__place", finding.line ? "" : "Whole document");
  if (finding.line) {
    const link = element("a", "", `Line ${finding.line}`);
    link.href = `#L${finding.line}`;
    link.dataset.line = finding.line;
    link.dataset.column = finding.column;
    place.append(link);
  }
  if (finding.at) place.append(" ", element("code", "", finding.at));
  made.append(
    place, " ",
    element("span", "cms-findings__says", finding.says), " ",
    element("span", "cms-findings__fix", finding.fix),
  );
  return made;
}

function show(region, findings) {
  if (findings.length === 0) {
    region.replaceChildren(
      element("p", "cms-findings__fine", "Nothing to mend: this can be published."),
    );
    return;
  }
  const list = element("ol", "cms-findings__list");
  list.append(...findings.map(item));
  region.replaceChildren(element("p", "cms-findings__summary", wordsOf(findings)), list);
}

function watch(region) {
  const textarea = document.getElementById(region.dataset.for);
  let waiting;
  let newest = 0;
  const check = async () => {
    const asked = ++newest;
    const body = new FormData();
    body.set("text", textarea.value);
    body.set("key", region.dataset.key);
    body.set("csrfmiddlewaretoken", textarea.form.elements.csrfmiddlewaretoken.value);
    region.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(region.dataset.documentCheck, {
        method: "POST", body, headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const { findings } = await answer.json();
      if (asked === newest) show(region, findings);
    } catch {
      if (asked === newest) {
        region.replaceChildren(
          element("p", "", "The text could not be checked just now. Saving checks it too."),
        );
      }
    } finally {
      if (asked === newest) region.removeAttribute("aria-busy");
    }
  };
  textarea.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(check, PAUSE);
  });
  region.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    if (!link) return;
    event.preventDefault();
    goTo(textarea, Number(link.dataset.line), Number(link.dataset.column));
  });
}

for (const region of document.querySelectorAll("[data-document-check]")) watch(region);

// Wagtail's dialog about a newer save says that going on overwrites it. Here it never does.
const SAFE = "Nothing is overwritten: the page will show both texts, for you to put together.";
const dialog = document.querySelector("[data-edit-form]");
if (dialog) {
  new MutationObserver(() => {
    const subtitle = document.getElementById("subtitle-w-save-confirmation-dialog");
    if (subtitle?.textContent.includes("overwrite") && subtitle.textContent !== SAFE) {
      subtitle.textContent = SAFE;
    }
  }).observe(dialog, { childList: true, subtree: true, characterData: true });
}
