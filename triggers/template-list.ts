import { createDropdown } from "../zapier/input/dropdowns.ts";
import { getTemplateBody, listApprovedTemplates } from "../zapier/input/templates.ts";

export default createDropdown("template_list", "Template", async (context) => {
  const byName = Map.groupBy(await listApprovedTemplates(context), ({ name }) => name);
  return [...byName].map(([name, [first]]) => ({
    id: name,
    name: first && getTemplateBody(first) ? `${name}: ${getTemplateBody(first)}` : name,
  }));
});
