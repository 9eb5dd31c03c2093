/**
 * A box to draw a signature in: the twin of platform/casework/pageforms/drawings.py. Without it a
 * signature is typed. What is drawn is kept in a hidden input as strokes of points.
 */

import { word } from "./words.js";

const WIDTH = 999;
const HEIGHT = 333;
const LEAST = 4; // between two points that are kept
const MOST = 20_000; // characters of a drawing
const DRAWING = /^[0-9]{1,3},[0-9]{1,3}(?:[ ;][0-9]{1,3},[0-9]{1,3})*$/;
const SVG = "http://www.w3.org/2000/svg";

/** Put a box into every signature of a form. */
export function keepSigning(form, say) {
  for (const element of form.querySelectorAll("[data-signature]:not([data-live])")) sign(element, say);
}

function sign(element, say) {
  element.dataset.live = "";
  const input = element.querySelector("input[type=hidden]");
  const box = document.createElement("div");
  box.className = "app-signature__box";
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  picture.setAttribute("role", "img");
  const path = picture.appendChild(document.createElementNS(SVG, "path"));
  const said = document.createElement("p");
  said.className = "govuk-hint govuk-!-margin-bottom-1";
  said.textContent = word("Sign in the box with a finger, pen or mouse, or tick below it.");
  const again = document.createElement("button");
  again.type = "button";
  again.className = "govuk-button govuk-button--secondary";
  again.textContent = word("Take the drawing away");
  box.append(picture);
  element.querySelector("[data-drawn]").replaceChildren(said, box, again);
  // The button stands for the tick of who has no script.
  const clear = element.querySelector("input[name$='.clear']");
  clear.checked = false;
  clear.closest(".govuk-checkboxes__item").hidden = true;

  let strokes = DRAWING.test(input.value) ? input.value.split(";").map((stroke) => stroke.split(" ")) : [];
  let drawing = null;
  const show = () => {
    path.setAttribute("d", strokes.map(([from, ...rest]) => `M${from}L${rest.join(" ") || from}`).join(""));
    picture.setAttribute("aria-label", strokes.length ? word("The signature as it was drawn") : word("Nothing is drawn yet"));
    again.hidden = !strokes.length;
  };
  const keep = () => {
    input.value = strokes.map((stroke) => stroke.join(" ")).join(";");
    input.dispatchEvent(new Event("input", { bubbles: true }));
    show();
  };
  const add = (event) => {
    const here = at(event, picture);
    const before = drawing.at(-1)?.split(",").map(Number);
    if (before && Math.hypot(here[0] - before[0], here[1] - before[1]) < LEAST) return;
    if (input.value.length + drawing.length * 8 > MOST - 8) return;
    drawing.push(here.join(","));
    show();
  };
  picture.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    picture.setPointerCapture(event.pointerId);
    drawing = [];
    strokes = [...strokes, drawing];
    add(event);
    if (!drawing.length) strokes.pop();
  });
  picture.addEventListener("pointermove", (event) => {
    if (drawing?.length) add(event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    picture.addEventListener(end, () => {
      if (drawing) keep();
      drawing = null;
    });
  }
  again.addEventListener("click", () => {
    strokes = [];
    keep();
    say(word("The drawing is taken away"));
    element.querySelector("input[name$='.agree']").focus();
  });
  show();
}

/** Where a pointer is in the box, in whole units that a drawing is kept in. */
function at(event, picture) {
  const around = picture.getBoundingClientRect();
  const part = (value, size, most) => Math.max(0, Math.min(most, Math.round((value / size) * most)));
  return [
    part(event.clientX - around.left, around.width, WIDTH),
    part(event.clientY - around.top, around.height, HEIGHT),
  ];
}
