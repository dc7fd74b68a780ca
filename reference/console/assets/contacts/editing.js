/** A contact's tags and properties, as a teammate changes them. */
import { consoleApi, encodeId } from "../api.js";
import { h, userText } from "../dom.js";
import { button } from "../elements/button.js";
import { toastErrors } from "../elements/toast.js";

function changeContact(contact, patch) {
  return toastErrors(() => consoleApi.patch(`contacts/${encodeId(contact.id)}`, patch));
}

export function tagsEditor(contact) {
  const input = h("input", { type: "text", "aria-label": "New tag", placeholder: "New tag", dir: "auto", size: "12" });
  return h(
    "form",
    {
      class: "tags",
      on: {
        submit: (event) => {
          event.preventDefault();
          const tag = input.value.trim();
          input.value = "";
          if (tag) changeContact(contact, { tags: [...contact.tags, tag] });
        },
      },
    },
    contact.tags.map((tag) =>
      h(
        "span",
        { class: "chip accent" },
        userText(tag),
        button("×", () => changeContact(contact, { tags: contact.tags.filter((each) => each !== tag) }), {
          kind: "bare",
          "aria-label": `Remove the tag ${tag}`,
        }),
      ),
    ),
    input,
    h("button", { type: "submit", class: "quiet" }, "Add"),
  );
}

export function propertiesEditor(contact) {
  const name = h("input", { type: "text", "aria-label": "Name of the property", placeholder: "Name", size: "12" });
  const value = h("input", { type: "text", "aria-label": "Value", placeholder: "Value", dir: "auto", size: "16" });
  const entries = Object.entries(contact.properties);
  return h(
    "div",
    {},
    entries.length > 0 &&
      h(
        "dl",
        { class: "facts" },
        entries.map(([key, each]) =>
          h(
            "div",
            {},
            h("dt", {}, userText(key)),
            h(
              "dd",
              {},
              userText(String(each)),
              button("×", () => changeContact(contact, { properties: { [key]: null } }), {
                kind: "bare",
                "aria-label": `Remove the property ${key}`,
              }),
            ),
          ),
        ),
      ),
    h(
      "form",
      {
        class: "tags",
        on: {
          submit: (event) => {
            event.preventDefault();
            if (name.value.trim()) changeContact(contact, { properties: { [name.value.trim()]: value.value } });
          },
        },
      },
      name,
      value,
      h("button", { type: "submit", class: "quiet" }, "Set"),
    ),
  );
}
