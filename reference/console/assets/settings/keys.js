/** API keys: made with scopes, shown once, revoked. */
import { control, id, own } from "../api.js";
import { choices } from "../choices.js";
import { h } from "../dom.js";
import { inOrg } from "../org.js";
import { attempt, block, button, chip, confirmed, copyButton, dialog, form } from "../parts.js";
import { fullTime } from "../time.js";
import { rows } from "./rows.js";

const meanings = {
  "read:contacts": "Find and read contacts",
  "write:contacts": "Create and change contacts",
  "read:messages": "Read conversations",
  "write:messages": "Send messages",
  "read:webhooks": "List webhook endpoints",
  "write:webhooks": "Register and remove them",
};

function showOnce(key) {
  return dialog("Your new key", (close) => [
    h("p", {}, "Copy it now. It is shown this once: only its hash is kept."),
    block(key, "The new key"),
    h("div", { class: "buttons" }, copyButton(key, "Copy the key"), button("Done", close, { kind: "primary" })),
  ]);
}

function generate() {
  const boxes = choices.scopes.map((scope) => {
    const input = h("input", { type: "checkbox", value: scope, checked: true });
    return {
      input,
      label: h(
        "label",
        { class: "check" },
        input,
        h("span", {}, h("code", {}, scope), h("small", {}, meanings[scope])),
      ),
    };
  });
  dialog("Generate a key", (close) =>
    form(
      async () => {
        const chosen = boxes.flatMap(({ input }) => (input.checked ? [input.value] : []));
        const { key } = await control.post("keys", inOrg({ scopes: chosen }));
        close();
        showOnce(key);
      },
      { label: "Generate" },
      h(
        "fieldset",
        { class: "checks" },
        h("legend", {}, "What it may do"),
        boxes.map(({ label }) => label),
      ),
    ),
  );
}

async function revoke({ id: keyId, prefix }) {
  const sure = await confirmed(
    `Revoke ${prefix}…?`,
    "Requests with it are refused from now on, with 401. Other keys go on working. This cannot be undone.",
    "Revoke",
  );
  if (sure) await attempt(() => control.delete(`keys/${id(keyId)}`));
}

function keyItem(key) {
  return h(
    "li",
    { class: `row ${key.revokedAt ? "off" : ""}` },
    h(
      "div",
      { class: "row-head" },
      h("code", { class: "strong" }, `${key.prefix}…`),
      key.revokedAt
        ? chip("revoked", "bad")
        : button("Revoke", () => revoke(key), { "aria-label": `Revoke ${key.prefix}…` }),
    ),
    h("p", { class: "chips" }, key.scopes.length === 0 ? chip("no scopes") : key.scopes.map((scope) => chip(scope))),
    h(
      "p",
      { class: "soft" },
      `Made ${fullTime(key.createdAt)}`,
      key.revokedAt && `, revoked ${fullTime(key.revokedAt)}`,
    ),
  );
}

export function createKeys(place) {
  return rows(place, {
    lead: "A key per environment, with the scopes it needs. Rotate keys quarterly, and revoke what is not used.",
    add: button("Generate key", generate, { kind: "primary" }),
    read: async () => (await own.get("keys")).data,
    keyOf: (key) => key.id,
    item: keyItem,
    none: ["No keys", "Generate one to call the API."],
    kind: "key",
  });
}
