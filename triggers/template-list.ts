import { findTemplateBody } from "../src/api/template/template-text.ts";
import { createDropdown } from "../zapier/input/dropdowns.ts";
import { listApprovedTemplates } from "../zapier/input/known-template.ts";

export default createDropdown("template_list", "Template", async (context) => {
  const byName = Map.groupBy(await listApprovedTemplates(context), ({ name }) => name);
  return [...byName].map(([name, [first]]) => {
    const body = first && findTemplateBody(first);
    return { id: name, name: body ? `${name}: ${body}` : name };
  });
});
