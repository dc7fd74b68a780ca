import { dropdown } from "../zapier/input/dropdowns.ts";
import { bodyOf, sendable } from "../zapier/input/templates.ts";

export default dropdown("template_list", "Template", async (step) => {
  const byName = Map.groupBy(await sendable(step), ({ name }) => name);
  return [...byName].map(([name, [first]]) => ({
    id: name,
    name: first && bodyOf(first) ? `${name}: ${bodyOf(first)}` : name,
  }));
});
