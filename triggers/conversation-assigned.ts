import { hookTrigger } from "../zapier/trigger.ts";

export default hookTrigger("conversation.assigned");
