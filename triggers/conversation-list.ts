import { createDropdown, maxChoices } from "../zapier/input/dropdowns.ts";

export default createDropdown("conversation_list", "Conversation", async ({ onsync, signal }) => {
  const { data } = await onsync.conversations.list({ limit: maxChoices }, { signal });
  return data.map(({ id, status }) => ({ id, name: `${id} (${status})` }));
});
