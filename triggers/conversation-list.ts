import { dropdown, mostChoices } from "../zapier/input/dropdowns.ts";

export default dropdown("conversation_list", "Conversation", async ({ onsync, signal }) => {
  const { data } = await onsync.conversations.list({ limit: mostChoices }, { signal });
  return data.map(({ id, status }) => ({ id, name: `${id} (${status})` }));
});
