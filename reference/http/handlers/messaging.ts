import { sendMessage } from "../../inbox/messages.ts";
import { created, type Handlers } from "./handler.ts";

export const messaging: Handlers<"sendMessage"> = {
  sendMessage: ({ world, org, body }) => {
    const { message, templateWindowStatus } = sendMessage(world, org.id, body);
    return created({ ...message, ...(templateWindowStatus ? { templateWindowStatus } : {}) });
  },
};
