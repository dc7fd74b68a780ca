/** Dialogs. */
import { h } from "../dom.js";
import { button } from "./button.js";

/** A dialog with a title; `fill(close)` gives what is in it. Closed by Escape, too. */
export function dialog(title, fill) {
  const close = () => element.close();
  const element = h(
    "dialog",
    { "aria-labelledby": "dialog-title", on: { close: () => element.remove() } },
    h("h2", { id: "dialog-title" }, title),
  );
  element.append(...[fill(close)].flat());
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
