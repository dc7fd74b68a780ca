import { toHookTrigger } from "../zapier/trigger/hook-trigger.ts";

export default toHookTrigger("conversation.assigned");
