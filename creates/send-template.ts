import { samples } from "../src/api/samples/index.ts";
import { sendTemplate } from "../src/operations/send-template.ts";
import { toCreate } from "../zapier/action.ts";
import { readTemplateInput } from "../zapier/input/template-values.ts";
import { templateFields } from "../zapier/input/templates.ts";
import { sentMessageRecord } from "../zapier/records/message.ts";
import { clientReferenceField } from "../zapier/send/client-reference.ts";

export default toCreate(sendTemplate, {
  noun: "Template Message",
  description: "Sends an approved WhatsApp template to a customer, inside or outside the 24-hour window.",
  fields: (field) => [
    field("to", {
      label: "Phone",
      helpText:
        "The customer's WhatsApp number, with the country code, from the trigger or an earlier step; never guess one.",
    }),
    field("template", {
      dynamic: "template_list.id.name",
      altersDynamicFields: true,
      helpText: "Choose an approved template, or type its name. Its language and its variables follow.",
    }),
    templateFields,
    field("metadata", {
      helpText: "Data of your own, such as a campaign. It is kept with the message and comes back in triggers.",
    }),
    clientReferenceField,
  ],
  readInput: readTemplateInput,
  lock: "send-{{bundle.inputData.to}}",
  record: sentMessageRecord,
  sample: samples.sentTemplate,
});
