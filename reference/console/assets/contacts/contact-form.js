/** Making a contact, and changing who it is. */
import { consoleApi, encodeId } from "../api.js";
import { h } from "../dom.js";
import { dialog } from "../elements/dialog.js";
import { field, form, select } from "../elements/form.js";
import { toast } from "../elements/toast.js";
import { platformNames } from "../platforms.js";

const inputs = [
  { name: "firstName", label: "First name", type: "text", dir: "auto" },
  { name: "lastName", label: "Last name", type: "text", dir: "auto" },
  { name: "phone", label: "Phone", type: "tel", placeholder: "+971500000001", help: "With the country code." },
  { name: "email", label: "E-mail", type: "email" },
];

/** The fields of a contact as a form has them; what is left empty is `null`. */
function contactFields({ channel, properties = {}, ...contact } = {}) {
  const controls = inputs.map(({ label, help, ...attributes }) => ({
    label,
    help,
    control: h("input", { ...attributes, value: contact[attributes.name] ?? "", autocomplete: "off" }),
  }));
  const channelChoice = select([["", "Unknown"], ...Object.entries(platformNames)], channel ?? "", { name: "channel" });
  const externalId = h("input", {
    name: "properties",
    type: "text",
    value: typeof properties.externalId === "string" ? properties.externalId : "",
    autocomplete: "off",
  });
  return {
    elements: [
      ...controls.map(({ label, control, help }) => field(label, control, help)),
      field("Channel", channelChoice),
      field("External id", externalId, "Its id in your CRM or shop."),
    ],
    read: () => ({
      ...Object.fromEntries(controls.map(({ control }) => [control.name, control.value.trim() || null])),
      channel: channelChoice.value || null,
      properties: { externalId: externalId.value.trim() || null },
    }),
  };
}

/** What was filled in; a contact that is new has nothing to clear. */
function leaveOutEmpty({ properties, ...fields }) {
  return {
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)),
    ...(properties.externalId !== null && { properties }),
  };
}

/** @param open is given the contact's id */
export function makeContact(open) {
  const fields = contactFields();
  dialog("New contact", (close) =>
    form(
      async () => {
        const { contact, created } = await consoleApi.post("contacts", leaveOutEmpty(fields.read()));
        close();
        if (!created) toast("There was a contact with these identifiers already: it was updated.");
        open(contact.id);
      },
      { label: "Make the contact" },
      ...fields.elements,
    ),
  );
}

/** What was changed in the form: the rest may be another by now, or hold what the form has no field for. */
function listChanged(read, before) {
  return Object.entries(read).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]));
}

export function editContact(contact) {
  const fields = contactFields(contact);
  const before = fields.read();
  dialog("Edit contact", (close) =>
    form(
      async () => {
        const changed = listChanged(fields.read(), before);
        if (changed.length > 0) await consoleApi.patch(`contacts/${encodeId(contact.id)}`, Object.fromEntries(changed));
        close();
      },
      { label: "Save" },
      ...fields.elements,
    ),
  );
}
