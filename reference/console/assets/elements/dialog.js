/** Dialogs. */
import { h } from "../dom.js";
import { button } from "./button.js";

function isOutside(element, { clientX, clientY }) {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

/** Closed by a press beside it: one that begins and ends there, so that whoever selects text and lets go outside stays. */
function closeByPressOutside(element) {
  let began = false;
  element.addEventListener("pointerdown", (event) => {
    began = event.target === element && isOutside(element, event);
  });
  element.addEventListener("click", (event) => {
    if (began && event.target === element && isOutside(element, event)) element.close();
    began = false;
  });
}

/** A dialog with a title; `fill(close)` gives what is in it. Closed by Escape, by its cross and by a press beside it, too. */
export function dialog(title, fill) {
  const close = () => element.close();
  const titleId = `dialog-${crypto.randomUUID()}`;
  const element = h(
    "dialog",
    { "aria-labelledby": titleId, on: { close: () => element.remove() } },
    h("h2", { id: titleId }, title),
  );
  // The cross comes last, so that what the dialog is for has the focus first.
  element.append(...[fill(close)].flat(), button("×", close, { kind: "bare cross", "aria-label": "Close" }));
  closeByPressOutside(element);
  document.body.append(element);
  element.showModal();
  return element;
}

/** Asks before something that cannot be taken back, in a paragraph or several. */
export function askToConfirm(title, text, yes) {
  return new Promise((resolve) => {
    const element = dialog(title, (close) => [
      ...[text].flat().map((paragraph) => h("p", {}, paragraph)),
      h(
        "div",
        { class: "buttons" },
        button(
          yes,
          () => {
            resolve(true);
            close();
          },
          { kind: "danger" },
        ),
        // What a hasty Enter does.
        button("Cancel", close, { autofocus: true }),
      ),
    ]);
    element.addEventListener("close", () => resolve(false));
  });
}
