/** API keys: made with scopes, shown once, revoked. */
import { consoleApi, controlApi, encodeId } from "../api.js";
import { choices } from "../choices.js";
import { h, userText } from "../dom.js";
import { button, copyButton } from "../elements/button.js";
import { askToConfirm, dialog } from "../elements/dialog.js";
import { block, chip } from "../elements/display.js";
import { field, form } from "../elements/form.js";
import { toastErrors } from "../elements/toast.js";
import { withOrg } from "../org/address.js";
import { formatDateTime } from "../time/format.js";
import { createSettingsSection } from "./section.js";

const scopeMeanings = {
  "read:contacts": "Find and read contacts",
  "write:contacts": "Create and change contacts",
  "read:messages": "Read conversations",
  "write:messages": "Send messages",
  "read:webhooks": "List webhook endpoints",
  "write:webhooks": "Register and remove them",
};

function showNewKey(key) {
  return dialog("Your new key", (close) => [
    h("p", {}, "Copy it now. It is shown this once: only its hash is kept."),
    block(key, "The new key"),
    h("div", { class: "buttons" }, copyButton(key, "Copy the key"), button("Done", close, { kind: "primary" })),
  ]);
}

function generateKey() {
  const boxes = choices.scopes.map((scope) => {
    const input = h("input", { type: "checkbox", value: scope, checked: true });
    return {
      input,
      label: h(
        "label",
        { class: "check" },
        input,
        h("span", {}, h("code", {}, scope), h("small", {}, scopeMeanings[scope])),
      ),
    };
  });
  const label = h("input", {
    name: "label",
    type: "text",
    autocomplete: "off",
    maxlength: "100",
    placeholder: "Staging",
  });
  dialog("Generate a key", (close) =>
    form(
      async () => {
        const chosen = boxes.flatMap(({ input }) => (input.checked ? [input.value] : []));
        const { key } = await controlApi.post(
          "keys",
          withOrg({ scopes: chosen, ...(label.value.trim() && { label: label.value }) }),
        );
        close();
        showNewKey(key);
      },
      { label: "Generate" },
      field("Label", label, "What it is for, so that you know it again."),
      h(
        "fieldset",
        { class: "checks" },
        h("legend", {}, "What it may do"),
        boxes.map(({ label }) => label),
      ),
    ),
  );
}

async function revokeKey({ id: keyId, prefix }) {
  const sure = await askToConfirm(
    `Revoke ${prefix}…?`,
    "Requests with it are refused from now on, with 401. Other keys go on working. This cannot be undone.",
    "Revoke",
  );
  if (sure) await toastErrors(() => controlApi.delete(`keys/${encodeId(keyId)}`));
}

function keyItem(key) {
  return h(
    "li",
    { class: `row ${key.revokedAt ? "off" : ""}` },
    h(
      "div",
      { class: "row-head" },
      h(
        "span",
        { class: "key-name" },
        key.label !== null && userText(key.label, "span", { class: "strong" }),
        h("code", { class: key.label === null ? "strong" : "soft" }, `${key.prefix}…`),
      ),
      key.revokedAt
        ? chip("revoked", "bad")
        : button("Revoke", () => revokeKey(key), { "aria-label": `Revoke ${key.prefix}…` }),
    ),
    h("p", { class: "chips" }, key.scopes.length === 0 ? chip("no scopes") : key.scopes.map((scope) => chip(scope))),
    h(
      "p",
      { class: "soft" },
      `Made ${formatDateTime(key.createdAt)}`,
      key.lastUsedAt ? `, last used ${formatDateTime(key.lastUsedAt)}` : ", not used yet",
      key.revokedAt && `, revoked ${formatDateTime(key.revokedAt)}`,
    ),
  );
}

export function createKeysSection(place) {
  return createSettingsSection(place, {
    lead: "A key per environment, with the scopes it needs. Rotate keys quarterly, and revoke what is not used.",
    add: button("Generate key", generateKey, { kind: "primary" }),
    read: async () => (await consoleApi.get("keys")).data,
    keyOf: (key) => key.id,
    item: keyItem,
    none: ["No keys", "Generate one to call the API."],
    kind: "key",
  });
}
