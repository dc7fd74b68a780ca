import { createPagedDropdown } from "../zapier/input/dropdowns.ts";

export default createPagedDropdown("conversation_list", "Conversation", async (query, { onsync, signal }) => {
  const { data, nextCursor } = await onsync.conversations.list(query, { signal });
  return { data: data.map(({ id, status }) => ({ id, name: `${id} (${status})` })), nextCursor };
});
